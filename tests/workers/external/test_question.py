"""What is asked comes from the claimed comment as the store knows it."""

from comments.store import Store
from tests import factories
from workers.external.question import question_of


def test_claimed_comment_is_asked_about_with_its_article(store: Store) -> None:
    accepted = factories.accept(store, text="Thank you.", name="Ada Obi")

    [claimed] = store.pending.claim(factories.NOW, lease_seconds=60)
    question = question_of(claimed)

    assert (question.site, question.comment_id, question.revision) == ("demo", accepted.id, 1)
    assert (question.name, question.text) == ("Ada Obi", "Thank you.")
    assert (question.thread_title, question.thread_url) == (
        "Strikes on the border",
        "https://news.example/border-strikes",
    )
