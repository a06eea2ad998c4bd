"""The reply form as a browser posts it: back to the page it came from, or the form again with what was typed."""

from collections.abc import Callable, Mapping
from dataclasses import fields as fields_of

from flask import Response

from comments.metrics import Way
from service import devices, proof_of_work, time_trap
from service.answers import wants_html
from service.door import use_language_of
from service.form_answers import show_again, show_kept
from service.parts import parts
from service.posting import Kept, Sent, keep
from service.problems import KNOWN_PROBLEMS, answer_for
from service.reply_form import HONEYPOT, NOTIFY, Typed


def post(fields: Mapping[str, str], idempotency_key: str | None, answer_json: Callable[[Kept], Response]) -> Response:
    """Keep a reply sent as a form. A browser gets a page or a redirect, a program what JSON would get."""
    typed = Typed(**{known.name: fields.get(known.name, "") for known in fields_of(Typed)})
    sent = _sent(typed, fields, idempotency_key)
    if not wants_html():
        kept = keep(sent)
        return devices.remember(answer_json(kept), sent.device, typed.site, kept)
    use_language_of(typed.site)
    try:
        kept = keep(sent)
    except KNOWN_PROBLEMS as error:
        return show_again(typed, answer_for(error))
    return devices.remember(show_kept(typed, kept), sent.device, typed.site, kept)


def _sent(typed: Typed, fields: Mapping[str, str], idempotency_key: str | None) -> Sent:
    thread = {
        "key": typed.thread_key,
        "url": typed.thread_url,
        "title": typed.thread_title,
        "section": typed.thread_section,
        "lead": typed.thread_lead,
    }
    return Sent(
        {**fields, "thread": thread},
        idempotency_key,
        way=Way.FORM,
        honeypot_filled=bool(fields.get(HONEYPOT)),
        wants_notices=bool(fields.get(NOTIFY)),
        seconds_to_submit=time_trap.read_seconds(
            parts().key, fields.get(time_trap.FIELD), site=typed.site, thread=typed.thread_key, now=parts().now()
        ),
        proof=fields.get(proof_of_work.FIELD),
        device=devices.read_cookie(typed.site, is_wanted=bool(typed.remember)),
    )
