"""How a policy does against what moderators decided."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quality:
    """How one policy does against the moderators. `caught_wrongly` were approved, `missed` were rejected."""

    caught_rightly: int = 0
    caught_wrongly: int = 0
    missed: int = 0
    let_pass: int = 0

    @property
    def precision(self) -> float | None:
        """Return the share of caught comments that moderators rejected, None when none was caught."""
        return _share(self.caught_rightly, self.caught_wrongly)

    @property
    def recall(self) -> float | None:
        """Return the share of rejected comments that were caught, None when none was rejected."""
        return _share(self.caught_rightly, self.missed)

    @property
    def agreement(self) -> float | None:
        """Return the share of comments on which policy and moderators agree, None when there is none."""
        return _share(self.caught_rightly + self.let_pass, self.caught_wrongly + self.missed)

    @property
    def decided(self) -> int:
        """Return how many comments moderators have decided."""
        return self.caught_rightly + self.caught_wrongly + self.missed + self.let_pass


def _share(right: int, wrong: int) -> float | None:
    return right / (right + wrong) if right + wrong else None
