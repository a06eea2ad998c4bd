"""Expected failures: one line on stderr that says what to do, and a code that is not 0. Never a traceback."""

import contextlib
import sys
from collections.abc import Iterator

from comments.identity import KeyFileProblem
from comments.migrations import NewerDatabase, OutdatedDatabase
from comments.settings import BadSettings
from comments.store import StoreUnavailable
from comments.store.database import BadDatabaseUrl, RightMissing, TablesMissing
from workers.notifications_file import BadNotifications

EXIT_CODE = 1


class Problem(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with one line for the operator: what is wrong and what to do."""


_EXPECTED = (
    Problem,
    BadNotifications,
    BadSettings,
    KeyFileProblem,
    BadDatabaseUrl,
    NewerDatabase,
    OutdatedDatabase,
    RightMissing,
    TablesMissing,
)


@contextlib.contextmanager
def told_in_one_line() -> Iterator[None]:
    """End the command with the problem's line if it was an expected one."""
    try:
        yield
    except _EXPECTED as problem:
        _tell(str(problem))
    except StoreUnavailable as problem:
        _tell(f"the database cannot be reached ({problem}); check REPLYDESK_DATABASE_URL and that it is running")
    except OSError as problem:
        _tell(f"{problem.filename or 'the system'}: {problem.strerror or problem}")
    except KeyboardInterrupt:
        _tell("stopped")


def _tell(line: str) -> None:
    sys.stderr.write(f"replydesk: {' '.join(line.split())}\n")
    sys.exit(EXIT_CODE)
