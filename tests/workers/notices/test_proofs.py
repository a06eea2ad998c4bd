"""The link of a privacy request: one mail a day to its own mailbox alone, and the address is gone when it was taken."""

import contextlib
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select, update

from comments import schema
from comments.privacy_request import Wish, read_request
from comments.store.outbox import GIVE_UP_AFTER, LEASE_SECONDS
from tests import factories
from tests.notices import ADA, PROOF, SECOND, Correspondence, keys, proof_in, recipient_of
from workers.external.panel import NOBODY
from workers.notices.letters import prove
from workers.outbox import Post

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def ask(mail: Correspondence, address: str = ADA, wish: Wish = Wish.ACCESS, site: str = "demo") -> None:
    found = factories.a_site(mail.store, site)
    new = read_request({"email": address, "wish": wish.value}, site, factories.ROOT_KEY, keys()[0])
    mail.store.privacy_requests.add(found.id, new, mail.now)


def kept(mail: Correspondence) -> list[bytes]:
    """Return what is sealed, one for each request there is."""
    with mail.store.database.read() as connection:
        return list(connection.execute(select(schema.privacy_requests.c.sealed)).scalars())


def test_it_goes_at_once_to_that_mailbox_alone_and_the_address_is_gone(mail: Correspondence) -> None:
    ask(mail)
    before = kept(mail)

    [envelope] = mail.send()

    assert len(before[0]) > 500
    assert recipient_of(envelope) == ADA
    assert kept(mail) == [b""]
    assert mail.store.outbox.count() == 0
    assert mail.store.privacy_requests.find(proof_in(envelope).rpartition("/")[2], mail.now) is not None


@pytest.mark.parametrize(
    ("wish", "said"), [(Wish.ACCESS, "asked what"), (Wish.ERASE, "asked for everything to be erased")]
)
def test_it_says_what_was_asked_and_repeats_nothing_that_was_typed(mail: Correspondence, wish: Wish, said: str) -> None:
    factories.an_approved_comment(mail.store, email=ADA, name="Typed Name", text="Typed text.")
    ask(mail, wish=wish)

    [envelope] = mail.send()

    assert said in " ".join(envelope.body.split())
    assert "Typed" not in envelope.body
    assert ADA not in envelope.body
    assert envelope.message["List-Unsubscribe"] is None


def test_known_and_unknown_addresses_get_the_same_mail(mail: Correspondence) -> None:
    factories.an_approved_comment(mail.store, email=ADA)
    for address in (ADA, "bob@other.example"):
        ask(mail, address)

    known, unknown = mail.send()

    def without_own(message: EmailMessage, body: str) -> tuple[object, ...]:
        heads = [(name, value) for name, value in message.items() if name not in {"To", "Message-ID"}]
        return heads, PROOF.sub("", body)

    assert without_own(known.message, known.body) == without_own(unknown.message, unknown.body)


def test_twenty_requests_are_twenty_mails_with_one_recipient_each(mail: Correspondence) -> None:
    addresses = [f"reader{number:02}@place{number:02}.example" for number in range(20)]
    for address in addresses:
        ask(mail, address)

    sent = mail.send()

    assert sorted(recipient_of(envelope) for envelope in sent) == addresses
    assert len({proof_in(envelope) for envelope in sent}) == len(addresses)
    for envelope in sent:
        own = recipient_of(envelope)
        assert not [other for other in addresses if other != own and other.encode() in envelope.content]


def test_a_second_one_within_the_day_is_not_sent_and_the_first_stays_good(mail: Correspondence) -> None:
    ask(mail)
    [first] = mail.send()
    mail.wait(DAY - SECOND)
    for address in (ADA, ADA.upper()):
        ask(mail, address)
    within = mail.send()
    token = proof_in(first).rpartition("/")[2]
    found = mail.store.privacy_requests.find(token, mail.now)
    mail.wait(SECOND)
    ask(mail)

    assert within == []
    assert found is not None
    assert found.is_open
    assert len(mail.send()) == 1
    assert len(kept(mail)) == 2, "what was not sent is forgotten"


def test_other_wishes_and_sites_are_counted_apart(mail: Correspondence) -> None:
    ask(mail)
    ask(mail, wish=Wish.ERASE)
    ask(mail, site="other")

    assert len(mail.send()) == 3


def test_no_such_mailbox_ends_it(mail: Correspondence) -> None:
    mail.smtp.refuse("RCPT", "550 5.1.1 no such mailbox")
    ask(mail)

    assert mail.send() == []
    assert kept(mail) == []
    assert mail.store.outbox.count() == 0


def test_a_server_that_is_away_is_tried_for_a_day_and_then_the_address_is_gone(mail: Correspondence) -> None:
    mail.smtp.refuse("CONNECT", "421 later")
    ask(mail)
    mail.send()
    mail.wait(HOUR)
    mail.smtp.trouble.clear()
    late = mail.send()
    mail.smtp.refuse("CONNECT", "421 later")
    ask(mail, "bob@other.example")
    mail.send()
    mail.wait(GIVE_UP_AFTER)
    mail.send()
    mail.store.retention.forget_ended(mail.now)

    assert len(late) == 1
    assert [each for each in kept(mail) if each] == []


def test_handed_over_and_never_heard_of_is_tried_once_more_and_then_forgotten(mail: Correspondence) -> None:
    mail.smtp.trouble["END"] = lambda conversation, _: conversation.request.shutdown(2)
    ask(mail)
    for _ in range(5):
        mail.send()
        mail.wait(HOUR)

    assert len(mail.smtp.received) == 2
    assert kept(mail) == [b""]
    assert mail.store.outbox.count() == 0


def test_a_crash_between_sending_and_noting_costs_one_copy(mail: Correspondence) -> None:
    """The notifier dies after every send; the lease ends; the next one takes the letter up."""
    ask(mail)
    honest = mail.store.privacy_requests
    for _ in range(4):
        for letter in mail.store.outbox.take(mail.now, limit=1):
            mail.store.privacy_requests = DiesBeforeNoting(honest)  # type: ignore[assignment]  # but for where it dies
            with contextlib.suppress(Killed):
                prove(mail.desk, Post(mail.store, NOBODY), letter)
            mail.store.privacy_requests = honest
        mail.wait(timedelta(seconds=LEASE_SECONDS))
    mail.send()

    assert len(mail.smtp.received) == 2
    assert kept(mail) == [b""]
    assert mail.store.outbox.count() == 0


class Killed(BaseException):
    """What happens to a process between two lines of its code."""


class DiesBeforeNoting:
    """The requests of a process that is killed when it comes to write down what it has sent."""

    def __init__(self, requests: object) -> None:
        self._requests = requests

    def __getattr__(self, name: str) -> object:
        if name == "sent":
            raise Killed
        return getattr(self._requests, name)


def test_a_sealed_address_that_was_moved_is_not_written_to(mail: Correspondence) -> None:
    ask(mail)
    ask(mail, "eve@evil.example")
    requests = schema.privacy_requests
    with mail.store.database.write() as connection:
        [first, second] = connection.execute(select(requests.c.id).order_by(requests.c.id)).scalars()
        stolen = connection.execute(select(requests.c.sealed).where(requests.c.id == second)).scalar_one()
        connection.execute(update(requests).where(requests.c.id == second).values(sealed=b""))
        connection.execute(update(requests).where(requests.c.id == first).values(sealed=stolen))

    assert mail.send() == []


def test_a_letter_whose_request_is_gone_is_done(mail: Correspondence) -> None:
    ask(mail)
    with mail.store.database.write() as connection:
        connection.execute(schema.privacy_requests.delete())

    assert mail.send() == []
    assert mail.store.outbox.count() == 0
