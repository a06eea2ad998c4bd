"""What a change of a site's settings would do to what was decided last: shown before anything is saved."""

from collections.abc import Callable
from dataclasses import dataclass

from comments.quality import Quality
from comments.status import Status
from comments.store.records import Site


@dataclass(frozen=True, slots=True)
class ChangedVerdict:
    """A comment that would be treated otherwise. `moderators` is None when nobody has decided on it."""

    comment_id: int
    text: str
    before: Status
    after: Status
    moderators: Status | None
    reasons: tuple[str, ...]

    @property
    def is_better(self) -> bool:
        """Say whether the new settings agree with the moderators where the old ones did not."""
        return self._agrees(self.after) and not self._agrees(self.before)

    @property
    def is_worse(self) -> bool:
        """Say whether the old settings agree with the moderators where the new ones do not."""
        return self._agrees(self.before) and not self._agrees(self.after)

    def _agrees(self, status: Status) -> bool:
        return self.moderators is not None and (status is Status.APPROVED) is (self.moderators is Status.APPROVED)


@dataclass(frozen=True, slots=True)
class Preview:
    """What would change among the last `compared` comments. `left_out` could not be tried in time, the oldest ones."""

    compared: int
    left_out: int
    changed: tuple[ChangedVerdict, ...]
    before: Quality
    after: Quality


class PreviewBusy(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised when this process is already trying another change."""


# The site as it is and as it would be; raises PreviewBusy. What is tried is decided by who assembles the service.
Previewer = Callable[[Site, Site], Preview]
