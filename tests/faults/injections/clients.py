"""R-12: clients that go away: in the middle of a request, right after it, before its answer."""

import json
import socket
import time
from urllib.parse import urlsplit

from tests.faults.stage import Stage
from tests.faults.texts import Sample

ABORTS = 25


def abort_clients(stage: Stage) -> None:
    """R-12: every comment is begun by a client that hangs up and sent again with the same key: one row, its own."""
    for _ in range(ABORTS):
        comment = stage.write_down("The line went dead while I was writing this.")
        stage.journal.sent(comment)
        _hang_up(stage, comment)
        stage.post(comment)


def _hang_up(stage: Stage, comment: Sample) -> None:
    place = urlsplit(stage.chance.choice(stage.installation.urls))
    body = json.dumps(comment.fields()).encode()
    head = (
        f"POST /api/v1/comments HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nIdempotency-Key: {comment.key}\r\n\r\n"
    ).encode()
    whole = head + body
    with socket.create_connection((place.hostname, place.port), timeout=5) as connection:
        connection.sendall(whole[: stage.chance.choice((len(whole), len(whole), len(head) + 10, 40))])
        time.sleep(stage.chance.choice((0.0, 0.002, 0.01)))
