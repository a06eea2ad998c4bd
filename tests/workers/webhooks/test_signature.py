"""Signatures are those of the Standard Webhooks specification, and the code in docs/webhooks.md verifies them."""

import re
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from comments.webhook import new_secret, written
from workers.webhooks.signature import headers

# The specification's own example, as its reference libraries test it.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
SENT_AT = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
DOCUMENT = Path(__file__).parents[3] / "docs" / "webhooks.md"


def raw(secret: str) -> bytes:
    return b64decode(secret.removeprefix("whsec_"))


@pytest.fixture(scope="module")
def is_genuine() -> Callable[..., bool]:
    """The verification as it is documented."""
    [code] = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, str(DOCUMENT), "exec"), names)  # noqa: S102 - our own document, to see that it works
    found: Callable[..., bool] = names["is_genuine"]
    return found


def test_the_example_of_the_specification_is_signed_as_it_says() -> None:
    assert headers([raw(SECRET)], MESSAGE_ID, BODY, SENT_AT) == {
        "webhook-id": MESSAGE_ID,
        "webhook-timestamp": "1614265330",
        "webhook-signature": SIGNATURE,
    }


def test_a_new_secret_is_written_as_the_specification_says() -> None:
    secret = new_secret()

    assert written(secret).startswith("whsec_")
    assert raw(written(secret)) == secret
    assert 24 <= len(secret) <= 64
    assert new_secret() != secret


def test_documented_code_knows_what_is_genuine(is_genuine: Callable[..., bool]) -> None:
    sent = headers([raw(SECRET)], MESSAGE_ID, BODY, SENT_AT)
    now = SENT_AT.timestamp()

    assert is_genuine(SECRET, sent, BODY, now=now)
    assert not is_genuine(SECRET, sent, BODY + b" ", now=now)
    assert not is_genuine(written(new_secret()), sent, BODY, now=now)
    assert not is_genuine(SECRET, sent | {"webhook-id": "msg_other"}, BODY, now=now)
    assert not is_genuine(SECRET, sent, BODY, now=now + 301)
    assert not is_genuine(SECRET, sent, BODY, now=now - 301)


@pytest.mark.parametrize(
    "broken", [{}, {"webhook-timestamp": "soon"}, {"webhook-signature": "v1"}, {"webhook-signature": "v2,é é"}]
)
def test_documented_code_refuses_what_is_broken(is_genuine: Callable[..., bool], broken: dict[str, str]) -> None:
    sent = headers([raw(SECRET)], MESSAGE_ID, BODY, SENT_AT)

    assert not is_genuine(SECRET, sent | broken if broken else {}, BODY, now=SENT_AT.timestamp())


def test_while_a_secret_is_replaced_both_serve(is_genuine: Callable[..., bool]) -> None:
    new = new_secret()
    sent = headers([new, raw(SECRET)], MESSAGE_ID, BODY, SENT_AT)

    assert sent["webhook-signature"].count("v1,") == 2
    for secret in (SECRET, written(new)):
        assert is_genuine(secret, sent, BODY, now=(SENT_AT + timedelta(minutes=1)).timestamp())
