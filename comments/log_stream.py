"""The stream that every log goes to: a log that cannot be written must not cost a reader the answer."""

import contextlib
from typing import TextIO


class LogStream:
    """Writes lines to another stream, and drops them while that one takes none: its disk is full, its pipe is closed.

    Nothing could be told about it anyway: this is where it would be told.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write if possible."""
        with contextlib.suppress(OSError, ValueError):  # ValueError: the stream is closed
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand on what is buffered if possible."""
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()
