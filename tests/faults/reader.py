"""A reader's client: one keep-alive connection that posts, tries again with the same key, and reads pages."""

import contextlib
import http.client
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from tests.faults.journal import Journal
from tests.faults.texts import Sample, address_of

ANSWER_SECONDS = 10.0
PAUSE_SECONDS = 0.1
PAGE_TRIES = 50
# A client is told 5 s; a rig that waited so long after every fault would send little.
LONGEST_PAUSE_SECONDS = 0.5
_COME_BACK = {429, 503}


class Reader:
    """One client. It is not shared between threads."""

    def __init__(
        self, urls: Sequence[str], journal: Journal, chance: random.Random, address: str | None = None
    ) -> None:
        """Without an `address` it is somebody else with every comment."""
        self._urls = urls
        self._address = address
        self._journal = journal
        self._chance = chance
        self._connection: http.client.HTTPConnection | None = None

    def post_until_accepted(self, sample: Sample, is_over: Callable[[], bool]) -> int | None:
        """Post until there is a 202 and note it; return the comment's id, or None when it was over before that."""
        self._journal.sent(sample)
        while not is_over():
            comment_id = self._try(sample)
            if comment_id is not None:
                return comment_id or None
        return None

    def post_once(self, sample: Sample) -> int | None:
        """Post and note a 202; return the comment's id, None when it was turned away or nobody answered."""
        self._journal.sent(sample)
        return self._try(sample, pauses=False) or None

    def _try(self, sample: Sample, *, pauses: bool = True) -> int | None:
        """Return the id, 0 for an answer that must not be, None for one that asks to come back."""
        began = time.monotonic()
        headers = {"Content-Type": "application/json", "Idempotency-Key": sample.key}
        headers["X-Forwarded-For"] = self._address or address_of(sample.key)
        try:
            status, fields, body = self._ask("POST", "/api/v1/comments", json.dumps(sample.fields()).encode(), headers)
        except (OSError, http.client.HTTPException):
            self.close()
            time.sleep(PAUSE_SECONDS)
            return None
        if status == 202:
            comment_id = int(json.loads(body)["id"])
            self._journal.promised(sample, comment_id, time.monotonic() - began)
            return comment_id
        if status not in _COME_BACK or "Retry-After" not in fields or "problem+json" not in fields["Content-Type"]:
            self._journal.problem(f"answer {status} to {sample.key}: {body[:200]!r}")
            return 0
        if pauses:
            time.sleep(min(float(fields["Retry-After"]), LONGEST_PAUSE_SECONDS))
        return None

    def public(self, article: str, *, after: str = "") -> dict[str, Any] | None:
        """Return a page of a thread, None when nobody answers."""
        path = f"/api/v1/comments?site=demo&thread={quote(article)}&sort=newest{after}"
        try:
            status, fields, body = self._ask("GET", path, None, {})
        except (OSError, http.client.HTTPException):
            self.close()
            return None
        if status == 200:
            found: dict[str, Any] = json.loads(body)
            return found
        if status not in _COME_BACK or "Retry-After" not in fields:
            self._journal.problem(f"answer {status} to {path}: {body[:200]!r}")
        return None

    def every_public(self, article: str) -> Iterator[tuple[int, str]]:
        """Yield everything public in a thread. Raises OSError when a page does not come."""
        after = ""
        while True:
            page = self._page(article, after)
            yield from comments_in(page)
            if not page["next_after"]:
                return
            after = f"&after={quote(str(page['next_after']))}"

    def _page(self, article: str, after: str) -> dict[str, Any]:
        for _ in range(PAGE_TRIES):
            page = self.public(article, after=after)
            if page is not None:
                return page
            time.sleep(PAUSE_SECONDS)
        raise ConnectionError("no page")

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, str], bytes]:
        if self._connection is None:
            place = urlsplit(self._chance.choice(self._urls))
            self._connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=ANSWER_SECONDS)
        self._connection.request(method, path, body=body, headers=dict(headers))
        response = self._connection.getresponse()
        return response.status, response.headers, response.read()

    def close(self) -> None:
        """Hang up; the next request connects anew."""
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.close()
        self._connection = None


def comments_in(page: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield number and text of every comment on a page, replies too."""
    for conversation in page["comments"]:
        yield int(conversation["id"]), str(conversation["text"])
        for reply in conversation.get("replies", ()):
            yield int(reply["id"]), str(reply["text"])
