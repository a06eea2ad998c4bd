"""The public API under /api/v1: post a comment, read a thread, count."""

from collections.abc import Mapping

from flask import Blueprint, Response, request

from comments.phrases import phrase
from comments.submission import FieldError, InvalidSubmission
from service import devices, form, proof_of_work, time_trap
from service.answers import json_answer
from service.body import FORMS, JSON, read_form, read_json, unsupported_type
from service.cross_origin import readable_by
from service.door import door
from service.links import receipt_url
from service.parts import parts
from service.posting import Kept, Sent, keep
from service.problems import Problem
from service.reply_form import HONEYPOT, NOTIFY

public = Blueprint("public", __name__, url_prefix="/api/v1")

MAX_IDEMPOTENCY_KEY_CHARS = 255


@public.post("/comments")
def post_comment() -> Response:
    """Keep a reply sent as JSON or as a form."""
    key = read_idempotency_key()
    if request.mimetype == JSON:
        sent = _sent_as_json(key)
        kept = keep(sent)
        return accepted(kept, device=kept.device if sent.device.is_wanted else "")
    if request.mimetype in FORMS:
        fields = read_form()
        _let_its_site_read(fields.get("site"))
        return form.post(fields, key, accepted)
    raise unsupported_type(JSON, *sorted(FORMS))


def _sent_as_json(idempotency_key: str | None) -> Sent:
    fields = read_json()
    site, thread = fields.get("site"), fields.get("thread")
    _let_its_site_read(site)
    thread_key = thread.get("key") if isinstance(thread, dict) else None
    return Sent(
        fields,
        idempotency_key,
        wants_notices=_wants(fields, NOTIFY),
        honeypot_filled=bool(fields.get(HONEYPOT)),
        seconds_to_submit=time_trap.read_seconds(
            parts().key, fields.get(time_trap.FIELD), site=str(site), thread=str(thread_key), now=parts().now()
        ),
        proof=fields.get(proof_of_work.FIELD),
        device=devices.read_header(is_wanted=_wants(fields, devices.FIELD)),
    )


def _wants(fields: Mapping[str, object], name: str) -> bool:
    sent = fields.get(name)
    if sent is None or isinstance(sent, bool):
        return bool(sent)
    raise InvalidSubmission([FieldError(name, "not_a_choice", phrase("Send true or false."))])


def _let_its_site_read(site_key: object) -> None:
    if request.headers.get("Origin") and isinstance(site_key, str):
        site = door().sites.find(site_key)
        if site is not None:
            readable_by(site)


def read_idempotency_key() -> str | None:
    """Return the client's own name for this request, None when it has none. Raises Problem."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 1 <= len(key) <= MAX_IDEMPOTENCY_KEY_CHARS or not (key.isascii() and key.isprintable()):
        raise Problem(400, "bad_idempotency_key", phrase("Use 1 to 255 printable ASCII characters as Idempotency-Key."))
    return key


def accepted(kept: Kept, *, device: str = "") -> Response:
    """Tell a program what was kept; `device` is the token it asked for."""
    url = receipt_url(kept.token)
    fields = {"id": kept.id, "status": kept.status.value, "receipt_url": url}
    answer = json_answer({**fields, "device_token": device} if device else fields, 202)
    answer.headers["Location"] = url
    return answer
