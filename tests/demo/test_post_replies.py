"""Posting the demo replies: against a small server that keeps the public HTTP contract and can be unhelpful."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import pytest
from flask import Flask, request
from flask.typing import ResponseReturnValue
from rich.console import Console

from demo.outcomes import Outcome, draw_table, summarise
from demo.post_replies import generations, main, post_replies
from demo.replies import load_replies
from tests.servers.app import serving

REPLIES = load_replies()
EXPECTED = {reply.text: reply.expect for reply in REPLIES}


@dataclass
class Newsdesk:
    """Accepts comments and decides each after `polls_until_decided` looks at its receipt."""

    polls_until_decided: int = 1
    busy_answers: int = 0
    refuse_name: str = ""
    hold_name: str = ""
    submissions: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    polls: dict[int, int] = field(default_factory=dict)

    def app(self) -> Flask:
        app = Flask("newsdesk")
        app.add_url_rule("/api/v1/comments", view_func=self.accept, methods=["POST"])
        app.add_url_rule("/receipts/<int:token>", view_func=self.show_receipt)
        return app

    def accept(self) -> ResponseReturnValue:
        if self.busy_answers:
            self.busy_answers -= 1
            return {"title": "Too many requests", "status": 429}, 429, {"Retry-After": "7"}
        fields = request.get_json()
        if fields["name"] == self.refuse_name:
            return {"title": "Not valid", "detail": "The text is too long.", "status": 422}, 422
        key = request.headers["Idempotency-Key"]
        if key not in self.keys:
            self.keys.append(key)
            self.submissions.append(fields)
        number = self.keys.index(key)
        url = f"https://comments.example.org/receipts/{number}"
        return {"id": f"c{number}", "status": "pending", "receipt_url": url}, 202

    def show_receipt(self, token: int) -> ResponseReturnValue:
        assert request.headers["Accept"] == "application/json"
        self.polls[token] = self.polls.get(token, 0) + 1
        if self.polls[token] == 1 < self.polls_until_decided:
            return {"title": "Busy", "status": 503}, 503
        if self.polls[token] < self.polls_until_decided:
            return {"id": f"c{token}", "status": "pending", "reason": None}
        submission = self.submissions[token]
        status = "held" if submission["name"] == self.hold_name else EXPECTED[submission["text"]]
        return {"id": f"c{token}", "status": status, "reason": "two [links]"}


def post_to(newsdesk: Newsdesk, waits: list[float] | None = None, wait_seconds: float = 60) -> list[Outcome]:
    waits = waits if waits is not None else []
    with serving(newsdesk.app()) as url:
        return post_replies(url, wait_seconds=wait_seconds, pause=waits.append)


def by_name(outcomes: Sequence[Outcome], name: str) -> Outcome:
    return next(outcome for outcome in outcomes if outcome.reply.name == name)


def test_every_reply_is_posted_once_and_followed_until_decided() -> None:
    newsdesk = Newsdesk(polls_until_decided=3)

    outcomes = post_to(newsdesk)

    assert [outcome.reply for outcome in outcomes] == list(REPLIES)
    assert all(outcome.is_as_expected and outcome.why == "two [links]" for outcome in outcomes)
    assert len(newsdesk.submissions) == len(REPLIES)


def test_replies_name_their_published_parent_and_thread() -> None:
    newsdesk = Newsdesk()

    outcomes = post_to(newsdesk)

    ids = {outcome.reply.id: outcome.comment_id for outcome in outcomes}
    sent = {outcome.comment_id: newsdesk.submissions[int(outcome.comment_id[1:])] for outcome in outcomes}
    for reply in REPLIES:
        fields = sent[ids[reply.id]]
        assert fields.get("parent") == (ids[reply.parent] if reply.parent else None)
        assert fields["site"] == "demo"
        assert fields["thread"]["key"] == reply.thread
        assert fields["thread"]["url"].startswith("http://127.0.0.1:")


def test_reply_to_an_unpublished_comment_goes_under_the_article() -> None:
    # given a desk that holds everything by Osaze, to whom Mama Blessing replies
    newsdesk = Newsdesk(hold_name="Osaze")

    post_to(newsdesk)

    assert next(reply.parent for reply in REPLIES if reply.name == "Mama Blessing") == "pcm-01"
    assert "parent" not in next(fields for fields in newsdesk.submissions if fields["name"] == "Mama Blessing")


def test_a_busy_service_is_given_the_time_it_asks_for() -> None:
    waits: list[float] = []

    outcomes = post_to(Newsdesk(busy_answers=3), waits)

    assert waits[:3] == [7, 7, 7]
    assert all(outcome.is_decided for outcome in outcomes)


def test_a_refusal_is_told_in_the_service_s_words() -> None:
    outcomes = post_to(Newsdesk(refuse_name="Oluchi"))

    refused = by_name(outcomes, "Oluchi")
    assert (refused.became, refused.why) == ("refused", "422 Not valid: The text is too long.")
    assert not refused.is_decided


def test_waiting_for_decisions_has_an_end() -> None:
    outcomes = post_to(Newsdesk(polls_until_decided=1000), wait_seconds=2)

    assert {outcome.became for outcome in outcomes} == {"pending"}


def test_posting_twice_finds_the_same_comments() -> None:
    newsdesk = Newsdesk()

    with serving(newsdesk.app()) as url:
        first, second = post_replies(url), post_replies(url)

    assert first == second
    assert len(newsdesk.submissions) == len(REPLIES)


def test_generations_put_parents_first() -> None:
    waves = list(generations(REPLIES))

    assert sum(map(len, waves)) == len(REPLIES)
    known: set[str] = set()
    for wave in waves:
        assert {reply.parent for reply in wave} - {None} <= known
        known |= {reply.id for reply in wave}
    assert len(waves) > 2, "else this proves nothing"


def test_command_prints_the_table_and_succeeds(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(Newsdesk().app()) as url:
        assert main(url) == 0

    printed = capsys.readouterr().out
    assert "First words" in printed
    assert "✓ held" in printed
    assert f"{len(REPLIES)} of {len(REPLIES)} became what a good moderator would want" in " ".join(printed.split())


def test_command_fails_when_something_was_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(Newsdesk(refuse_name="Oluchi").app()) as url:
        assert main(url) == 1

    assert "not decided: 1" in " ".join(capsys.readouterr().out.split())


def test_command_says_when_nobody_answers(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed_soon:
        port = closed_soon.getsockname()[1]

    assert main(f"http://127.0.0.1:{port}") == 2
    assert "No service answers" in capsys.readouterr().out


def test_publishing_the_unwanted_counts_and_shows_as_harm() -> None:
    spam = next(reply for reply in REPLIES if reply.id == "spam-loan")
    fair = next(reply for reply in REPLIES if reply.id == "en-01")
    outcomes = [Outcome(spam, "approved"), Outcome(fair, "held")]
    printed = StringIO()

    Console(width=160, file=printed).print(draw_table(outcomes))

    shown = printed.getvalue()
    assert "‼ approved" in shown
    assert "· held" in shown
    assert "0 of 2" in summarise(outcomes)
    assert "Published though unwanted: 1; fair but waiting for a person: 1" in summarise(outcomes)
