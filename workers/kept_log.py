"""The log for lines that somebody keeps as a record: written at every level of REPLYDESK_LOG_LEVEL."""

import logging

import structlog

# A wrapper of its own goes before that of the settings; where and how lines are written is still theirs.
kept_log: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
    None, wrapper_class=structlog.make_filtering_bound_logger(logging.INFO)
)
