"""Siblings: comments of one batch that are like each other. The store learns of them only when the batch is settled."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from comments.status import Status
from comments.store.records import Claimed, Similar
from comments.store.similar import EXACT_BAND, NEAR_BANDS_SHARED


class Siblings:
    """What came before in the same batch. Without it, a flood of one text within a second would be seen only once."""

    def __init__(self) -> None:
        self._holders: defaultdict[tuple[int, int, int], list[Claimed]] = defaultdict(list)

    def meet(self, claimed: Claimed, bands: Sequence[tuple[int, int]]) -> tuple[Similar, ...]:
        """Return the earlier siblings that are like this comment, newest first, and remember it for the later ones."""
        found: dict[int, Claimed] = {}
        shared: Counter[int] = Counter()
        exact: set[int] = set()
        for band, value in bands:
            holders = self._holders[(claimed.site.id, band, value)]
            found |= {other.id: other for other in holders}
            shared.update(other.id for other in holders)
            if band == EXACT_BAND:
                exact |= {other.id for other in holders}
            holders.append(claimed)
        alike = {other for other in found if other in exact or shared[other] >= NEAR_BANDS_SHARED}
        newest_first = sorted(alike, reverse=True)
        return tuple(_similar(claimed, found[other], is_exact=other in exact) for other in newest_first)


def _similar(claimed: Claimed, other: Claimed, *, is_exact: bool) -> Similar:
    is_author = other.site.id == claimed.site.id and other.author_number == claimed.author_number
    return Similar(other.id, other.thread_id, Status.PENDING, is_exact=is_exact, same_author=is_author)
