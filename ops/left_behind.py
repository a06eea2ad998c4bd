"""The doctor's look at what commands that were killed have left behind: whole copies of the database."""

from comments.settings import Settings
from comments.store import Store, StoreUnavailable
from comments.store.scratch import left_databases
from ops.examinations import Finding, State, ok, problem
from ops.working_copies import left_copies


def look_at_left_copies(settings: Settings, store: Store) -> Finding:  # noqa: ARG001 - every look has the same signature
    """Whoever reads a copy has read the database, and nobody takes care of one that was left."""
    left = [str(path) for path in left_copies(settings.data_dir)]
    try:
        left += left_databases(settings.database)
    except StoreUnavailable:
        if not left:
            return Finding(State.NOTE, "databases are not known while the server is away")
    if left:
        return problem(
            f"a backup, drill or restore was killed and has left copies of the database: {', '.join(left)}",
            "the next replydesk backup or drill removes them",
        )
    return ok("no copy of the database was left behind")


LEFT_BEHIND = (("left copies", look_at_left_copies),)
