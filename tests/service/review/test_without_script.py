"""A hundred held comments, cleared and brought back by plain forms: no script, one press for each."""

from comments.roles import EVERY_SITE
from comments.store import Store
from tests import factories
from tests.service.review.conftest import OURS, Browser
from tests.service.review.pages import Form

HUNDRED = 100


def test_hundred_comments_are_decided_and_undone_by_forms_alone(ada: Browser, sqlite_store: Store) -> None:
    # given: a hundred comments that wait
    ids = [factories.a_held_comment(sqlite_store).id for _ in range(HUNDRED)]

    # when: the first of the queue is decided again and again, by one press each
    for number, _ in enumerate(ids):
        answer = ada.press(ada.open(), "/decide", "approve" if number % 2 else "spam")
        assert answer.status_code == 303

    # then: nothing waits
    assert sqlite_store.desk_reads.counts(EVERY_SITE).review == 0

    # and: each is brought back by its own button in the list of what was decided
    for form in undo_forms(ada):
        assert ada.client.post(form.action, data=form.fields, headers=OURS).status_code == 303
    assert sqlite_store.desk_reads.counts(EVERY_SITE).review == HUNDRED


def undo_forms(browser: Browser) -> list[Form]:
    """Return the undo button of every decision, page by page."""
    found: list[Form] = []
    address: str | None = "/review/decided"
    while address:
        page = browser.open(address)
        found += [form for form in page.forms if form.action.endswith("/undo")]
        address = next((link for link in page.links if "before=" in link), None)
    assert len(found) == HUNDRED
    return found
