"""A log on a full disk costs no reader the answer."""

from io import TextIOWrapper
from pathlib import Path

import pytest
from flask import Flask

from service import request_log

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a disk that is always full")
def test_request_is_answered_though_the_log_is_full() -> None:
    # given
    with TextIOWrapper(FULL.open("wb", buffering=0), write_through=True) as full:
        app = Flask("test")
        request_log.register(app, request_log.open_log("info", full))
        app.add_url_rule("/", view_func=lambda: "here")
        with pytest.raises(OSError, match="No space left"):
            full.write("else this proves nothing")

        # when
        answer = app.test_client().get("/")

    # then
    assert answer.status_code == 200
