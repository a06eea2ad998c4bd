"""An Email gives nothing away, whatever is done to it."""

import copy
import dataclasses
import json
import logging
import pickle
import pprint
import reprlib
import traceback
from collections.abc import Callable
from string import Template

import pytest
import structlog
from flask import Flask, jsonify
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from rich.pretty import pretty_repr

from comments.email import HIDDEN, Email
from comments.submission import Submission
from tests import factories

LOCAL, DOMAIN = "marker.local", "marker-domain.example"


def an_email() -> Email:
    return Email(LOCAL, DOMAIN)


def a_marked_submission() -> Submission:
    return factories.a_submission(email=f"{LOCAL}@{DOMAIN}")


PRINTERS: dict[str, Callable[[object], str]] = {
    "repr": repr,
    "str": str,
    "ascii": ascii,
    "format": lambda email: format(email, ">40"),
    "f-string": lambda email: f"{email} {email!r} {email!s} {email!a} {email:x}",
    "percent": lambda email: f"{email} {email!r}",
    "old percent": lambda email: "%s %r" % (email, email),  # noqa: UP031 - the old way is what is tried
    "str.format": "{0} {0!r} {0:>9}".format,
    "template": lambda email: Template("$it").substitute(it=email),
    "in a list": lambda email: str([email, {"it": email}]),
    "pprint": pprint.pformat,
    "reprlib": reprlib.repr,
    "rich": pretty_repr,
    "json with default=str": lambda email: json.dumps({"it": email}, default=str),
    "structlog as JSON": lambda email: str(structlog.processors.JSONRenderer()(None, "", {"it": email})),
    "structlog for people": lambda email: structlog.dev.ConsoleRenderer(colors=False)(None, "", {"it": email}),
    "logging": lambda email: logging.LogRecord("", 20, "", 1, "got %s %r", (email, email), None).getMessage(),
    "dir": lambda email: " ".join(dir(email)),
}
BREAKERS: dict[str, Callable[[object], object]] = {
    "pickle": pickle.dumps,
    "old pickle": lambda email: pickle.dumps(email, protocol=0),
    "copy": copy.copy,
    "deep copy": copy.deepcopy,
    "json": json.dumps,
    "vars": vars,
    "len": len,  # type: ignore[dict-item]  # it is refused, which is the point
    "iteration": list,  # type: ignore[dict-item]  # as above
    "hash": hash,
    "equality": lambda email: email == email,  # noqa: PLR0124 - no comparison is answered, not even this
    "sorting": lambda email: sorted([email, email]),  # type: ignore[type-var]  # as above
    "joining": "".join,  # type: ignore[dict-item]  # as above
    "bytes": bytes,  # type: ignore[dict-item]  # as above
}


def gives_away(text: object) -> bool:
    return any(word in str(text) for word in (LOCAL, DOMAIN, "marker"))


@pytest.mark.parametrize("name", PRINTERS)
def test_nothing_that_prints_an_email_shows_it(name: str) -> None:
    assert not gives_away(PRINTERS[name](an_email()))


# A dataclass takes no format specification, and `reprlib` and `dir` leave most of it out.
@pytest.mark.parametrize("name", sorted(PRINTERS.keys() - {"dir", "format", "f-string", "str.format", "reprlib"}))
def test_nothing_that_prints_a_submission_shows_its_address(name: str) -> None:
    printed = PRINTERS[name](a_marked_submission())

    assert not gives_away(printed)
    assert "Ada" in printed, "else this proves nothing"


@pytest.mark.parametrize("name", BREAKERS)
def test_what_would_copy_or_compare_an_email_is_refused(name: str) -> None:
    with pytest.raises(TypeError) as refused:
        BREAKERS[name](an_email())

    assert not gives_away(refused.value)


@pytest.mark.parametrize("name", ["pickle", "old pickle", "deep copy", "json", "hash"])
def test_what_would_copy_a_submission_is_refused(name: str) -> None:
    with pytest.raises(TypeError) as refused:
        BREAKERS[name](a_marked_submission())

    assert not gives_away(refused.value)


@given(st.text(max_size=20))
def test_no_format_specification_shows_it(spec: str) -> None:
    assert format(an_email(), spec) == HIDDEN


def test_a_dataclass_that_is_taken_apart_refuses() -> None:
    with pytest.raises(TypeError) as refused:
        dataclasses.asdict(a_marked_submission())

    assert not gives_away(refused.value)


@pytest.mark.parametrize("thing", [an_email(), {"it": an_email()}, a_marked_submission()])
def test_flask_cannot_answer_with_it(thing: object) -> None:
    with Flask("test").app_context(), pytest.raises(TypeError) as refused:
        jsonify(thing)

    assert not gives_away(refused.value)


def test_pydantic_cannot_dump_it() -> None:
    dumped = TypeAdapter(object).dump_python({"it": an_email()})
    assert not gives_away(dumped)

    with pytest.raises(ValueError, match="serialize") as refused:
        TypeAdapter(object).dump_json(an_email())
    assert not gives_away(refused.value)


def test_a_traceback_with_local_variables_does_not_show_it() -> None:
    def fail(email: Email, submission: Submission) -> None:
        raise RuntimeError(f"{email} in {submission}")

    try:
        fail(an_email(), a_marked_submission())
    except RuntimeError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())

    # The source lines of this file do not count, so the constants are taken from elsewhere.
    assert LOCAL not in shown
    assert DOMAIN not in shown
    assert HIDDEN in shown


def test_reveal_is_the_one_way_out() -> None:
    assert an_email().reveal() == (LOCAL, DOMAIN)
    assert not hasattr(an_email(), "__dict__")
