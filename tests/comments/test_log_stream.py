"""A log that cannot be written costs nobody anything but the log."""

from io import StringIO

import structlog

from comments.log_stream import LogStream


def test_lines_go_through() -> None:
    stream = StringIO()

    structlog.WriteLogger(LogStream(stream)).msg("one")

    assert stream.getvalue() == "one\n"


def test_closed_stream_takes_nothing_and_says_nothing() -> None:
    stream = StringIO()
    stream.close()

    structlog.WriteLogger(LogStream(stream)).msg("one")
