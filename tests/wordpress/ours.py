"""Sends the same to our own endpoint, as the form of the same newspaper would."""

import contextlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from io import StringIO

from flask.testing import FlaskClient

from comments.roles import EVERY_SITE
from comments.settings import Settings, WordpressStatuses
from comments.store import Store
from comments.wakeup import Wakeup
from service.app import create_app
from service.parts import Parts
from tests import factories
from tests.wordpress.answers import Answered, answered
from tests.wordpress.asks import ADDRESS, ARTICLES, MISSING, NAME, Ask, encoded, fill_in

SITE = "https://news.example"
URL = "/wp-comments-post.php?site=demo"


class Stage:
    """Replydesk with threads and comments of every kind. Of articles that only WordPress knows it knows the number."""

    def __init__(self, store: Store, statuses: WordpressStatuses) -> None:
        self._store = store
        self._statuses = statuses
        self._unlimited = self._client(has_limits=False)
        factories.a_site(store, origins=(SITE,))
        made = {
            "approved": factories.an_approved_comment(store, thread=_thread_of("open")),
            "held": factories.a_held_comment(store, thread=_thread_of("open")),
            "spam": factories.a_rejected_comment(store, thread=_thread_of("open")),
            "elsewhere": factories.an_approved_comment(store, thread=_thread_of("elsewhere")),
        }
        factories.an_approved_comment(store, thread=_thread_of("closed"))
        factories.an_approved_comment(store, thread=_thread_of("aged"), now=factories.NOW - timedelta(days=2_000))
        _close(store, _thread_of("closed"))
        self._known = {name: str(each.id) for name, each in made.items()} | {"missing": MISSING, "site": SITE}

    def answer(self, ask: Ask) -> Answered:
        """Send one ask in its situation."""
        client = self._client(has_limits=True) if ask.situation == "flood" else self._unlimited
        _prepare(self._store, ask.situation)
        try:
            for earlier in ask.before:
                self._send(client, ask, ask.fields(earlier))
            with _trouble(self._store, ask.situation):
                return self._send(client, ask, ask.fields())
        finally:
            factories.a_site(self._store, close_after_days=None)

    def _client(self, *, has_limits: bool) -> FlaskClient:
        settings = Settings.model_validate(
            {"rate_limits": has_limits, "wordpress_statuses": self._statuses, "public_url": "https://desk.example"}
        )
        parts = Parts(settings, self._store, factories.ROOT_KEY, Wakeup(None), lambda: factories.NOW)
        return create_app(parts, log_to=StringIO()).test_client()

    def _send(self, client: FlaskClient, ask: Ask, fields: Mapping[str, str]) -> Answered:
        body, content_type = encoded(fill_in(ask, fields, str(_number_of(ask.article)), self._known), ask.encoding)
        answer = client.open(
            URL,
            method=ask.method,
            data=body if ask.method == "POST" else None,
            content_type=content_type,
            headers={"Referer": f"{SITE}/{ask.article}/", "Accept": "text/html"},
        )
        return answered(answer.status_code, answer.headers.to_wsgi_list(), answer.text, SITE)


def _number_of(article: str) -> int:
    return 1 + ARTICLES.index(article)


def _thread_of(article: str) -> str:
    return f"wp:{_number_of(article)}"


def _prepare(store: Store, situation: str) -> None:
    if situation == "closed by age":
        factories.a_site(store, close_after_days=14)
    if situation == "thrown away":
        factories.a_rejected_comment(store, thread=_thread_of("open"), name=NAME, email=ADDRESS, text="Buy pills.")
    if situation in {"known author", "words", "pages of one comment"}:
        factories.an_approved_comment(store, thread=_thread_of("elsewhere"), name=NAME, email=ADDRESS)
    if situation == "words":
        factories.a_site(store, held_words=("heldword",), blocked_words=("blockedword",))


@contextlib.contextmanager
def _locked(store: Store) -> Iterator[None]:
    with store.database.write():
        yield


def _trouble(store: Store, situation: str) -> AbstractContextManager[None]:
    return _locked(store) if situation == "cannot save" else contextlib.nullcontext()


def _close(store: Store, thread_key: str) -> None:
    page = store.threads.page("demo", thread_key, now=factories.NOW)
    assert page.thread_id
    moderator = factories.a_moderator(store)
    store.thread_settings.set(
        page.thread_id, {"closed_at": factories.NOW}, moderator_id=moderator.id, scope=EVERY_SITE, now=factories.NOW
    )
