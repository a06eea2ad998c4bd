"""A sealed address opens with the private key beside its own comment, and with nothing else."""

import hashlib
from pathlib import Path

import pytest

from comments.contact import PADDED_BYTES, SealingKey, link_hash, load_sealing_key
from comments.email import Email
from comments.identity import KeyFileProblem
from comments.opening import CannotOpen, OpeningKey, create_keys, load_opening_key

HERE, ELSEWHERE = hashlib.sha256(b"here").digest(), hashlib.sha256(b"elsewhere").digest()
LONGEST = Email("x" * 200 + "ẹ" * 16, "d" * 249 + ".org")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[SealingKey, OpeningKey]:
    folder = tmp_path_factory.mktemp("keys")
    create_keys(folder / "private.pem", folder / "public.pem")
    return load_sealing_key(folder / "public.pem"), load_opening_key(folder / "private.pem")


@pytest.mark.parametrize("email", [Email("ada", "mail.example"), Email("ẹlẹ́wà", "xn--e.example"), LONGEST])
def test_what_is_sealed_can_be_opened(keys: tuple[SealingKey, OpeningKey], email: Email) -> None:
    sealing, opening = keys

    made = sealing.seal(email, HERE)
    opened, token = opening.open(made.sealed, HERE)

    assert opened.reveal() == email.reveal()
    assert link_hash(token) == made.link_hash
    assert made.kid == opening.kid == sealing.kid


def test_it_opens_beside_its_own_comment_only(keys: tuple[SealingKey, OpeningKey]) -> None:
    sealing, opening = keys
    made = sealing.seal(Email("ada", "mail.example"), HERE)

    with pytest.raises(CannotOpen):
        opening.open(made.sealed, ELSEWHERE)


def test_another_key_and_other_bytes_open_nothing(keys: tuple[SealingKey, OpeningKey], tmp_path: Path) -> None:
    sealing, opening = keys
    made = sealing.seal(Email("ada", "mail.example"), HERE)
    create_keys(tmp_path / "private.pem", tmp_path / "public.pem")
    other = load_opening_key(tmp_path / "private.pem")
    turned = bytes([made.sealed[0] ^ 1]) + made.sealed[1:]

    for key, sealed in ((other, made.sealed), (opening, turned), (opening, made.sealed[:-1]), (opening, b"")):
        with pytest.raises(CannotOpen):
            key.open(sealed, HERE)


def test_neither_length_nor_bytes_tell_two_addresses_from_one(keys: tuple[SealingKey, OpeningKey]) -> None:
    short, again, longest = (
        keys[0].seal(email, HERE).sealed for email in (Email("a", "b.de"), Email("a", "b.de"), LONGEST)
    )

    assert len(short) == len(longest) > PADDED_BYTES
    assert short != again


def test_a_mailbox_is_known_again_by_the_notifier_alone(keys: tuple[SealingKey, OpeningKey], tmp_path: Path) -> None:
    create_keys(tmp_path / "private.pem", tmp_path / "public.pem")
    other = load_opening_key(tmp_path / "private.pem")
    ada, shouted = Email("ada", "mail.example"), Email("ADA", "mail.example")

    assert keys[1].mailbox(ada) == keys[1].mailbox(shouted)
    assert keys[1].mailbox(ada) != keys[1].mailbox(Email("ada", "other.example"))
    assert keys[1].mailbox(ada) != other.mailbox(ada)


def test_the_private_key_is_for_one_user_alone(tmp_path: Path) -> None:
    create_keys(tmp_path / "private.pem", tmp_path / "public.pem")
    mode = (tmp_path / "private.pem").stat().st_mode & 0o777
    (tmp_path / "private.pem").chmod(0o640)

    assert mode == 0o600
    with pytest.raises(KeyFileProblem, match="chmod 600"):
        load_opening_key(tmp_path / "private.pem")


def test_the_web_does_not_start_with_the_private_key(tmp_path: Path) -> None:
    create_keys(tmp_path / "private.pem", tmp_path / "public.pem")
    (tmp_path / "public.pem").chmod(0o600)

    with pytest.raises(KeyFileProblem, match="holds a private key"):
        load_sealing_key(tmp_path / "private.pem")
    with pytest.raises(KeyFileProblem, match="no X25519 private key"):
        load_opening_key(tmp_path / "public.pem")


def test_keys_are_never_written_over(tmp_path: Path) -> None:
    create_keys(tmp_path / "private.pem", tmp_path / "public.pem")
    before = (tmp_path / "private.pem").read_bytes()

    with pytest.raises(KeyFileProblem, match="there already"):
        create_keys(tmp_path / "private.pem", tmp_path / "new.pem")
    with pytest.raises(KeyFileProblem, match="there already"):
        create_keys(tmp_path / "new.pem", tmp_path / "public.pem")
    assert (tmp_path / "private.pem").read_bytes() == before
    assert not (tmp_path / "new.pem").exists()


@pytest.mark.parametrize("content", [b"", b"nothing", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
def test_what_is_no_key_is_told(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(KeyFileProblem, match="keygen"):
        load_sealing_key(path)
    with pytest.raises(KeyFileProblem, match="keygen"):
        load_opening_key(path)
    with pytest.raises(KeyFileProblem, match="keygen"):
        load_sealing_key(tmp_path / "gone.pem")


def test_the_private_key_does_not_show_itself(keys: tuple[SealingKey, OpeningKey]) -> None:
    assert repr(keys[1]) == f"OpeningKey(kid={keys[1].kid})"
