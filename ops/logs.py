"""The log of every process: one JSON line for each event, on stderr, with ids and never words."""

import logging
import sys
from typing import TextIO, cast

import structlog

from comments.log_stream import LogStream

_SHARED: list[structlog.typing.Processor] = [
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure_logs(level: str) -> None:
    """Send our own events and those of the libraries to stderr as JSON."""
    structlog.configure(
        processors=[*_SHARED, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(_number(level)),
        logger_factory=structlog.WriteLoggerFactory(
            cast("TextIO", LogStream(sys.stderr))
        ),  # one write for a line, whoever else writes
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_SHARED, structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(level=max(_number(level), logging.WARNING), handlers=[handler], force=True)


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level.upper()]
