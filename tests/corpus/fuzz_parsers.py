"""Coverage-guided fuzzing of everything that reads what a stranger sent; atheris is installed apart from our locks.

    pip install atheris && python -m tests.corpus.fuzz_parsers -max_total_time=180

It ends with the input that broke a promise, or says how many it tried.
"""

import json
import re
import sys

import atheris

with atheris.instrument_imports(include=["comments", "service", "workers", "email_validator", "json"]):
    from comments.masking import find_addresses, mask_addresses
    from comments.submission import InvalidSubmission, parse_submission
    from comments.typed_text import has_forbidden_character
    from service.json_gate import BadJson, read_object
    from service.page_links import AFTER
    from service.problems import Problem
    from service.thread_page import is_thread_key, read_cursor
    from workers.normalise import normalise

_PLAIN_ADDRESS = re.compile(r"[a-z]{2}@[a-z]{2,9}\.[a-z]{2}")
_VALID = {
    "site": "demo",
    "thread": {"key": "a"},
    "name": "Ada",
    "email": "ada@example.org",
    "text": "Thank you.",
}


def fuzz_once(sent: bytes) -> None:
    """Put one input through the gate, the submission, the masking and the normaliser."""
    _fuzz_body(sent)
    # A form's text is UTF-8; a JSON string may also hold what is no character.
    text = sent.decode("utf-8", "surrogateescape")
    _fuzz_text(text)
    _fuzz_query(text)


def _fuzz_body(sent: bytes) -> None:
    try:
        found = read_object(sent)
    except BadJson:
        return
    json.dumps(found, allow_nan=False)
    _parse(found)


def _parse(fields: dict[str, object]) -> None:
    try:
        submission = parse_submission(fields)
    except InvalidSubmission:
        return
    for kept in (submission.name, submission.text, submission.thread.key, submission.thread.url):
        kept.encode()
        assert not has_forbidden_character(kept)


def _fuzz_text(text: str) -> None:
    for field in ("name", "email", "text"):
        _parse(_VALID | {field: text})
    for field in ("key", "url", "title"):
        _parse(_VALID | {"thread": {"key": "a"} | {field: text}})
    assert not _PLAIN_ADDRESS.search(mask_addresses(text))
    ends = 0
    for start, end in find_addresses(text):
        assert ends <= start < end <= len(text)
        ends = end
    normalised = normalise(text.encode(errors="replace").decode())
    assert len(normalised.text) <= 4 * len(text) + 16


def _fuzz_query(text: str) -> None:
    is_thread_key(text)
    try:
        read_cursor({AFTER: text})
    except Problem:
        return


if __name__ == "__main__":
    atheris.Setup(sys.argv, fuzz_once)
    atheris.Fuzz()
