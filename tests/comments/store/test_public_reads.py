"""Public reads: approved comments and nothing else."""

from datetime import datetime

from comments.status import Status
from comments.store import Store
from tests import factories


def test_only_approved_comments_are_public(store: Store, now: datetime) -> None:
    shown = factories.an_approved_comment(store)
    hidden = [factories.accept(store), factories.a_held_comment(store), factories.a_rejected_comment(store)]

    page = store.threads.page("demo", "border-strikes", now=now)

    assert [each.root.id for each in page.conversations] == [shown.id]
    assert page.total == 1
    assert {each.status for each in hidden} == {Status.PENDING, Status.HELD, Status.REJECTED}
