"""The export as JSON Lines: one object a line, named in docs/import.md. No address and nothing made from one."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from comments.masking import mask_addresses
from comments.store.exports import ExportedComment, ExportedThread
from comments.store.records import Site

FORMAT = "replydesk export 1"


def write_json_lines(site: Site, pieces: Iterable[ExportedThread | ExportedComment], now: datetime) -> Iterator[str]:
    """Return the file line by line."""
    yield _line({"kind": "site", "format": FORMAT, "key": site.key, "name": site.name, "exported_at": _time(now)})
    for piece in pieces:
        yield _line(_comment(piece) if isinstance(piece, ExportedComment) else _thread(piece))


def _thread(thread: ExportedThread) -> dict[str, object]:
    return {
        "kind": "thread",
        "key": thread.key,
        "url": thread.url,
        "title": thread.title,
        "section": thread.section,
        "created_at": _time(thread.created_at),
        "closed_at": _time(thread.closed_at),
    }


def _comment(comment: ExportedComment) -> dict[str, object]:
    return {
        "kind": "comment",
        "id": comment.id,
        "thread": comment.thread.key,
        "parent": comment.parent_id,
        "status": comment.status.value,
        "name": mask_addresses(comment.name),
        "by_newsroom": comment.by_newsroom or None,
        "text": mask_addresses(comment.text),
        "language": comment.language,
        "revision": comment.revision,
        "created_at": _time(comment.created_at),
        "edited_at": _time(comment.edited_at),
        "decided_at": _time(comment.decided_at),
        "decided_by": comment.decided_by,
        "reason": comment.reason,
        "explanation": [mask_addresses(sentence) for sentence in comment.explanation],
    }


def _line(told: dict[str, object]) -> str:
    # What is empty says nothing; a lone surrogate, should one ever be kept, is no UTF-8.
    kept = {name: value for name, value in told.items() if value not in (None, "", [])}
    return json.dumps(kept, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n"


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="microseconds").replace("+00:00", "Z")
