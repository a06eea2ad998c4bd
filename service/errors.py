"""Turns every exception into an answer, so that nobody ever sees a stack trace or a bare 500."""

import traceback
from pathlib import Path

from flask import Flask, Response, g
from werkzeug.exceptions import HTTPException

from service.answers import problem_answer
from service.problems import BROKEN, KNOWN_PROBLEMS, answer_for
from service.request_log import Log


def register(app: Flask, log: Log) -> None:
    """Answer every exception of this app with a problem."""

    def answer_known(error: Exception) -> Response:
        return problem_answer(answer_for(error))

    def answer_unknown(error: Exception) -> Response:
        log.error("request failed", request_id=g.get("request_id", ""), **_describe(error))
        return problem_answer(BROKEN)

    for known in (*KNOWN_PROBLEMS, HTTPException):
        app.register_error_handler(known, answer_known)
    app.register_error_handler(Exception, answer_unknown)


def _describe(error: Exception) -> dict[str, object]:
    """Return the kind of an error and where it happened; its message may hold what a reader typed."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        "where": [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-8:]],
    }
