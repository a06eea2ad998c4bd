"""An author who asks for it is asked to confirm, then told of replies: bundled, once, and never after they stop it."""

import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from comments import schema
from comments.receipt import receipt_hash
from comments.roles import EVERY_SITE
from comments.status import Status
from comments.store.contacts import AFTER_CLOSING, CONFIRM_WITHIN, KEPT_FOR, REJECTED_FOR, UNDECIDED_FOR
from comments.store.notice_letters import CONFIRMATION, REPLY
from comments.store.notices import BUNDLE_FOR
from comments.store.outbox import LEASE_SECONDS, Letter
from service.language import catalogue_of
from tests import factories
from tests.notices import ADA, SECOND, Correspondence, recipient_of, token_in
from workers.external.panel import NOBODY
from workers.notices.letters import ask, tell
from workers.outbox import Post

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def decide(mail: Correspondence, comment_id: int, new: Status) -> int | None:
    moderator = factories.a_moderator(mail.store)
    version = mail.store.desk.card(comment_id, scope=EVERY_SITE, now=mail.now).version
    return mail.store.desk.decide(
        comment_id, new, version=version, moderator_id=moderator.id, scope=EVERY_SITE, now=mail.now
    ).decision_id


class TestConfirmation:
    def test_it_is_the_first_mail_and_repeats_nothing_that_was_typed(self, mail: Correspondence) -> None:
        mail.comment(name="Typed Name", text="Typed text.", thread={"key": "t", "url": "", "title": "Typed title"})
        early = mail.send()
        mail.wait()

        [envelope] = mail.send()

        assert early == []
        assert recipient_of(envelope) == ADA
        assert b"Typed" not in envelope.content
        assert envelope.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail.store.outbox.count() == 0

    @pytest.mark.parametrize("status", [Status.PENDING, Status.HELD, Status.REJECTED])
    def test_nobody_is_asked_for_a_comment_that_is_not_public(self, mail: Correspondence, status: Status) -> None:
        mail.comment(status=status)
        mail.wait(HOUR)

        assert mail.send() == []

    def test_an_approval_that_is_taken_back_in_time_asks_nobody(self, mail: Correspondence) -> None:
        held = mail.comment(status=Status.HELD)
        decide(mail, held.id, Status.APPROVED)
        decide(mail, held.id, Status.REJECTED)
        mail.wait()

        assert mail.send() == []

    def test_a_mailbox_is_asked_once_a_day_whoever_types_it_wherever(self, mail: Correspondence) -> None:
        factories.a_site(mail.store, "other", reply_notices=True)
        mail.comment()
        mail.comment("ADA@mail.example")
        mail.comment(site="other")
        mail.wait()

        first = mail.send()
        mail.wait(DAY - HOUR)
        within_the_day = mail.send()
        mail.wait(HOUR)
        next_day = mail.send()

        assert (len(first), len(within_the_day), len(next_day)) == (1, 0, 1)

    def test_whoever_makes_a_comment_vanish_cannot_have_the_mailbox_asked_again(self, mail: Correspondence) -> None:
        for _ in range(3):
            posted = mail.comment()
            mail.wait()
            mail.send()
            mail.store.revisions.withdraw(receipt_hash(factories.receipt_of(posted)), now=mail.now)

        assert len(mail.smtp.received) == 1

    def test_deciding_to_and_fro_asks_once(self, mail: Correspondence) -> None:
        held = mail.comment(status=Status.HELD)
        for new in (Status.APPROVED, Status.HELD, Status.APPROVED):
            decide(mail, held.id, new)
        mail.wait()

        asked = mail.send() + mail.send()

        assert len(asked) == 1
        assert mail.store.outbox.take(mail.now + DAY, limit=9, kinds=[CONFIRMATION]) == ()

    def test_one_link_confirms_what_the_address_asked_for_on_the_site(self, mail: Correspondence) -> None:
        first, second, bobs = mail.comment(), mail.comment(), mail.comment("bob@other.example")
        mail.wait()
        asked = {recipient_of(envelope): token_in(envelope) for envelope in mail.send()}

        mail.store.contacts.confirm(asked[ADA], mail.now)

        with mail.store.database.read() as connection:
            waiting = select(schema.contacts.c.comment_id).where(schema.contacts.c.confirmed_at.is_(None))
            assert connection.execute(waiting).scalars().all() == [bobs.id]
        assert {first.id, second.id}.isdisjoint({bobs.id})

    def test_whoever_has_confirmed_is_not_asked_for_the_next_comment(self, mail: Correspondence) -> None:
        mail.confirmed_comment()
        mail.wait(2 * DAY)
        later = mail.comment()
        mail.wait()
        asked = mail.send()
        mail.reply(later)
        mail.wait()

        assert asked == []
        assert [recipient_of(envelope) for envelope in mail.send()] == [ADA]

    def test_a_link_is_good_for_two_days(self, mail: Correspondence) -> None:
        mail.comment()
        mail.wait()
        [asked] = mail.send()
        mail.wait(CONFIRM_WITHIN + SECOND)

        assert not mail.store.contacts.confirm(token_in(asked), mail.now)


class TestNotice:
    def test_it_tells_of_a_published_reply_after_the_undo_window(self, mail: Correspondence) -> None:
        mine = mail.confirmed_comment()
        reply = mail.reply(mine, name="Bob", text="I agree. Write to bob@other.example.")
        early = mail.send()
        mail.wait()

        [envelope] = mail.send()

        assert early == []
        assert recipient_of(envelope) == ADA
        assert envelope.message["Subject"] == "A new reply to your comment on The demo news"
        assert "> I agree." in envelope.body
        assert f"https://news.example/border-strikes#comment-{reply.id}" in envelope.body
        assert b"bob@" not in envelope.content
        assert b"other.example" not in envelope.content
        assert mail.store.outbox.count() == 0

    def test_replies_of_an_hour_are_one_mail(self, mail: Correspondence) -> None:
        mine, mine_too = mail.confirmed_comment(), mail.comment()
        mail.wait()
        mail.send()
        mail.reply(mine)
        mail.wait()
        first = mail.send()
        for parent in (mine, mine_too, mine):
            mail.reply(parent)
        mail.wait()
        within_the_hour = mail.send()
        mail.wait(BUNDLE_FOR)
        second = mail.send()

        assert (len(first), len(within_the_hour), len(second)) == (1, 0, 1)
        assert second[0].message["Subject"] == "3 new replies to your comment on The demo news"
        assert mail.store.outbox.count() == 0

    def test_another_article_is_another_mail(self, mail: Correspondence) -> None:
        here, there = mail.confirmed_comment(), mail.comment(thread="elsewhere")
        mail.wait()
        mail.send()
        mail.reply(here)
        mail.reply(there, thread="elsewhere")
        mail.wait()

        assert len(mail.send()) == 2

    def test_nobody_is_told_of_their_own_reply(self, mail: Correspondence) -> None:
        mine = mail.confirmed_comment()
        mail.reply(mine, ADA)
        mail.wait()

        assert mail.send() == []

    def test_a_reply_that_is_gone_by_then_is_not_told(self, mail: Correspondence) -> None:
        mine = mail.confirmed_comment()
        gone, withdrawn = mail.reply(mine), mail.reply(mine)
        decide(mail, gone.id, Status.REJECTED)
        mail.store.revisions.withdraw(receipt_hash(factories.receipt_of(withdrawn)), now=mail.now)
        mail.wait()

        assert mail.send() == []
        assert mail.store.outbox.count() == 0

    def test_a_reply_from_before_the_confirmation_is_told_after_it(self, mail: Correspondence) -> None:
        mine = mail.comment()
        mail.wait()
        [asked] = mail.send()
        mail.reply(mine)
        mail.wait()
        before = mail.send()
        mail.store.contacts.confirm(token_in(asked), mail.now)
        mail.wait(HOUR)

        assert before == []
        assert [recipient_of(envelope) for envelope in mail.send()] == [ADA]

    def test_many_authors_get_a_mail_each_without_anybody_else_in_it(self, mail: Correspondence) -> None:
        authors = [f"k{number:03}q@mail{number:03}.example" for number in range(25)]
        comments = [mail.comment(author) for author in authors]
        mail.wait()
        for envelope in mail.send():
            assert mail.store.contacts.confirm(token_in(envelope), mail.now)
        for comment in comments:
            mail.reply(comment)
        mail.wait()

        notices = mail.send()

        assert sorted(recipient_of(envelope) for envelope in notices) == authors
        for envelope in notices:
            other = [name for name in authors if name != recipient_of(envelope) and name.encode() in envelope.content]
            assert other == []

    def test_a_reply_elsewhere_is_linked_on_our_own_page(self, mail: Correspondence) -> None:
        thread = {"key": "a b", "url": "https://evil.example/x", "title": ""}
        mine = mail.confirmed_comment(thread=thread)
        reply = mail.reply(mine, thread=thread)
        mail.wait()

        [envelope] = mail.send()

        assert f"https://comments.example/threads/demo?thread=a+b#comment-{reply.id}" in envelope.body
        assert b"evil.example" not in envelope.content


@pytest.mark.parametrize(("code", "subject"), [("fr", "Veuillez confirmer"), ("ha", "Don Allah"), ("yo", "Jọ̀wọ́")])
def test_mails_speak_the_language_of_the_site(mail: Correspondence, code: str, subject: str) -> None:
    mail.desk = replace(mail.desk, catalogues=catalogue_of)
    factories.a_site(mail.store, language=code)
    mine = mail.confirmed_comment()
    mail.reply(mine)
    mail.wait()
    [told] = mail.send()

    assert mail.smtp.received[0].message["Subject"].startswith(subject)
    assert "1" in told.message["Subject"]
    assert "Stop these messages" not in told.body


class TestStopping:
    def test_the_link_erases_every_contact_of_the_address_on_the_site(self, mail: Correspondence) -> None:
        mine = mail.confirmed_comment()
        mail.comment()
        mail.reply(mine)
        mail.wait()
        [told] = mail.send()

        erased = [mail.store.contacts.stop(token_in(told)) for _ in range(2)]
        mail.reply(mine)
        mail.wait(2 * HOUR)

        assert erased == [2, 0]
        assert mail.store.contacts.count() == 0
        assert mail.send() == []
        assert mail.store.outbox.count() == 0

    def test_a_withdrawn_comment_has_no_contact(self, mail: Correspondence) -> None:
        mine = mail.confirmed_comment()
        mail.store.revisions.withdraw(receipt_hash(factories.receipt_of(mine)), now=mail.now)

        assert mail.store.contacts.count() == 0

    def test_a_site_that_stops_offering_it_sends_nothing_and_forgets(self, mail: Correspondence) -> None:
        mine = mail.confirmed_comment()
        mail.reply(mine)
        factories.a_site(mail.store, reply_notices=False)
        mail.wait()

        assert mail.send() == []
        assert mail.store.contacts.forget(mail.now) == 1

    def test_a_site_that_does_not_offer_it_keeps_no_address(self, mail: Correspondence) -> None:
        factories.a_site(mail.store, reply_notices=False)
        mail.comment()

        assert mail.store.contacts.count() == 0


class TestForgetting:
    def test_an_address_that_nobody_confirms_goes_after_two_days(self, mail: Correspondence) -> None:
        mail.comment()
        mail.wait()
        mail.send()
        mail.wait(CONFIRM_WITHIN)
        early = mail.store.contacts.forget(mail.now)
        mail.wait(SECOND)

        assert (early, mail.store.contacts.forget(mail.now)) == (0, 1)

    def test_an_address_goes_when_its_comment_is_not_decided(self, mail: Correspondence) -> None:
        mail.comment(status=Status.HELD)
        mail.wait(UNDECIDED_FOR)
        early = mail.store.contacts.forget(mail.now)
        mail.wait(SECOND)

        assert (early, mail.store.contacts.forget(mail.now)) == (0, 1)

    def test_an_address_goes_an_hour_after_a_rejection(self, mail: Correspondence) -> None:
        mail.comment(status=Status.REJECTED)
        mail.wait(REJECTED_FOR)
        early = mail.store.contacts.forget(mail.now)
        mail.wait(SECOND)

        assert (early, mail.store.contacts.forget(mail.now)) == (0, 1)

    def test_a_confirmed_address_goes_after_half_a_year(self, mail: Correspondence) -> None:
        mail.confirmed_comment()
        mail.wait(KEPT_FOR - timedelta(minutes=5))
        early = mail.store.contacts.forget(mail.now)
        mail.wait(timedelta(minutes=5))

        assert (early, mail.store.contacts.forget(mail.now)) == (0, 1)

    @pytest.mark.parametrize("is_by_hand", [True, False])
    def test_a_confirmed_address_goes_a_month_after_its_thread_has_closed(
        self, mail: Correspondence, *, is_by_hand: bool
    ) -> None:
        mail.confirmed_comment()
        if is_by_hand:
            with mail.store.database.write() as connection:
                connection.execute(update(schema.threads).values(closed_at=factories.NOW + 7 * DAY))
        else:
            factories.a_site(mail.store, close_after_days=7)
        closed_at = factories.NOW + 7 * DAY

        early = mail.store.contacts.forget(closed_at + AFTER_CLOSING)

        assert (early, mail.store.contacts.forget(closed_at + AFTER_CLOSING + SECOND)) == (0, 1)

    def test_who_was_asked_is_forgotten_after_a_day(self, mail: Correspondence) -> None:
        mail.comment()
        mail.wait()
        mail.send()
        mail.store.contacts.forget(mail.now + DAY + SECOND)

        with mail.store.database.read() as connection:
            assert connection.execute(select(schema.mailboxes)).all() == []


class TestTrouble:
    def test_a_server_that_is_away_is_tried_again(self, mail: Correspondence) -> None:
        mail.comment()
        mail.smtp.refuse("RCPT", "451 4.3.0 {said} later")
        for _ in range(4):
            mail.wait(timedelta(minutes=10))
            assert mail.send() == []
        mail.smtp.trouble.clear()
        mail.wait(HOUR)

        assert [recipient_of(envelope) for envelope in mail.send()] == [ADA]

    def test_a_mailbox_that_does_not_exist_is_left_alone(self, mail: Correspondence) -> None:
        mail.comment()
        mail.smtp.refuse("RCPT", "550 5.1.1 {said} unknown")
        mail.wait()

        assert mail.send() == []
        assert mail.store.outbox.count() == 0

    def test_a_server_that_never_answers_gets_two_copies_at_most(self, mail: Correspondence) -> None:
        mine = mail.confirmed_comment()
        mail.reply(mine)
        before = len(mail.smtp.received)
        mail.smtp.trouble["END"] = lambda conversation, _: conversation.request.shutdown(2)
        for _ in range(5):
            mail.wait(HOUR)
            mail.send()

        assert len(mail.smtp.received) - before == 2
        assert len({each.message["Message-ID"] for each in mail.smtp.received[before:]}) == 1
        assert mail.store.outbox.count() == 0

    @pytest.mark.parametrize("is_notice", [False, True])
    def test_a_crash_between_sending_and_noting_costs_one_copy(self, mail: Correspondence, *, is_notice: bool) -> None:
        """The notifier dies after every send; the lease ends; the next one takes the letter up."""
        mine = mail.confirmed_comment() if is_notice else mail.comment()
        if is_notice:
            mail.reply(mine)
        before = len(mail.smtp.received)
        mail.wait()
        for _ in range(4):
            for letter in mail.store.outbox.take(mail.now, limit=1):
                die_after_sending(mail, letter)
            mail.wait(timedelta(seconds=LEASE_SECONDS))
        mail.send()

        assert len(mail.smtp.received) - before == 2
        assert mail.store.outbox.count() == 0

    def test_a_sealed_address_that_was_moved_is_not_written_to(self, mail: Correspondence) -> None:
        mine, stranger = mail.confirmed_comment(), mail.comment("eve@evil.example")
        contacts = schema.contacts
        with mail.store.database.write() as connection:
            stolen = connection.execute(select(contacts.c.sealed).where(contacts.c.comment_id == stranger.id)).scalar()
            connection.execute(delete(contacts).where(contacts.c.comment_id == stranger.id))
            connection.execute(update(contacts).where(contacts.c.comment_id == mine.id).values(sealed=stolen))
        mail.reply(mine)
        mail.wait()

        assert mail.send() == []


class Killed(BaseException):
    """What happens to a process between two lines of its code."""


class DiesBeforeNoting:
    """The notices of a process that is killed when it comes to write down what it has sent."""

    def __init__(self, notices: object) -> None:
        self._notices = notices

    def __getattr__(self, name: str) -> object:
        if name in {"asked", "told"}:
            raise Killed
        return getattr(self._notices, name)


def die_after_sending(mail: Correspondence, letter: Letter) -> None:
    honest = mail.store.notices
    mail.store.notices = DiesBeforeNoting(honest)  # type: ignore[assignment]  # the store, but for where it dies
    way = {CONFIRMATION: ask, REPLY: tell}[letter.kind]
    with contextlib.suppress(Killed):
        way(mail.desk, Post(mail.store, NOBODY), letter)
    mail.store.notices = honest
