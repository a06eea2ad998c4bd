"""How the audit trail says what was done, and by whom."""

import json
from collections.abc import Iterator

from comments.audit_export import TrailLine, masked
from comments.reasons import Reason
from comments.status import Status
from comments.trail_query import Kind, Who
from service.language import gettext
from service.review import finding_words, words


def what(line: TrailLine) -> str:
    """Return what a line is about: "Approved", "Rejected: insult", "Undone: held", or what the event calls itself."""
    if line.source == "event":
        return gettext(line.kind)
    if line.undoes_id is not None:
        return gettext("Undone: now %(status)s") % {"status": words.status(Status(line.new_status))}
    if line.old_status == line.new_status:
        return gettext("Looked at: stays %(status)s") % {"status": words.status(Status(line.new_status))}
    return _moved(Status(line.new_status), line)


def _moved(now: Status, line: TrailLine) -> str:
    said = {
        Status.PENDING: gettext("Sent to the checks") if line.old_status else gettext("Received"),
        Status.APPROVED: gettext("Approved"),
        Status.HELD: gettext("Held") if line.old_status else gettext("Written at the desk"),
        Status.REJECTED: gettext("Rejected"),
        Status.ERASED: gettext("Erased"),
    }[now]
    if line.reason not in set(Reason):
        return said
    return f"{said}: {finding_words.reason(Reason(line.reason)).lower()}"


def who(line: TrailLine) -> str:
    """Return who acted."""
    return line.moderator or {
        "policy": gettext("the site's rules"),
        "reader": gettext("the author"),
        "moderator": gettext("a moderator"),
        "system": "Replydesk",
        "import": gettext("an import"),
    }.get(line.made_by, line.made_by)


def details(line: TrailLine) -> Iterator[str]:
    """Return why, in sentences or as the event's own fields; no address of a reader is in them."""
    for sentence in line.explanation:
        yield str(masked(sentence))
    if line.detail:
        for name, value in dict(masked(json.loads(line.detail)) or {}).items():  # type: ignore[call-overload]  # an object
            yield f"{name}: {_plain(value)}"


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def kind_names() -> dict[str, str]:
    """Return what may be asked for, by the value in the address."""
    return {
        Kind.ANYTHING.value: gettext("anything"),
        Kind.DECISIONS.value: gettext("decisions"),
        Kind.RECEIVED.value: gettext("received"),
        Kind.APPROVED.value: gettext("approved"),
        Kind.HELD.value: gettext("held"),
        Kind.REJECTED.value: gettext("rejected"),
        Kind.ERASED.value: gettext("erased"),
        Kind.UNDONE.value: gettext("undone"),
        Kind.EVENTS.value: gettext("settings and accounts"),
    }


def who_names() -> dict[str, str]:
    """Return the kinds of actors that may be asked for, by the value in the address."""
    return {
        Who.ANYBODY.value: gettext("anybody"),
        Who.PEOPLE.value: gettext("moderators"),
        Who.MACHINE.value: gettext("the machine"),
        Who.READERS.value: gettext("authors"),
    }
