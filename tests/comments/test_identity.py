"""Keyed hashes of people: the same person gets the same ones, and nothing else can be learned from them."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.identity import (
    HASH_BYTES,
    Identity,
    KeyFileProblem,
    RootKey,
    create_root_key,
    identify,
    load_root_key,
    loose_form,
    network_key,
    network_of,
    strict_form,
)
from tests import factories

NO_DOMAINS: frozenset[str] = frozenset()


def an_identity(key: RootKey, now: datetime, email: str = "ada@example.org", site: str = "demo") -> Identity:
    submission = factories.a_submission(email=email, site=site)
    return identify(submission, key, client_ip="203.0.113.7", now=now, disposable_domains=NO_DOMAINS)


class TestForms:
    """strict: two people's addresses never become one. loose: one person's spellings do."""

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("ada@example.org", "ADA@EXAMPLE.ORG"),
            ("Ada.Obi@example.org", "ada.obi@Example.Org"),
            ("e\u0301va@example.org", "\u00e9va@example.org"),
        ],
    )
    def test_strict_folds_case_of_ascii_and_composition(self, one: str, other: str) -> None:
        assert strict_form(*one.rsplit("@")) == strict_form(*other.rsplit("@"))

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("ada+news@example.org", "ada@example.org"),
            ("a.da@gmail.com", "ada@gmail.com"),
            ("ada@gmail.com", "ada@googlemail.com"),
            ("\u00c9va@example.org", "\u00e9va@example.org"),
            ("stra\u00dfe@example.org", "strasse@example.org"),
            ("\uff41da@example.org", "ada@example.org"),
            ("\u0131@example.org", "i@example.org"),
        ],
    )
    def test_strict_keeps_apart_what_may_be_two_people(self, one: str, other: str) -> None:
        assert strict_form(*one.rsplit("@")) != strict_form(*other.rsplit("@"))

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("ada+news@example.org", "ada@example.org"),
            ("ada+a+b@example.org", "ada@example.org"),
            ("A.D.A+x@gmail.com", "ada@googlemail.com"),
            ("\u00c9va@example.org", "\u00e9va@example.org"),
            ("stra\u00dfe@example.org", "STRASSE@example.org"),
            ("\uff41da@example.org", "ada@example.org"),
        ],
    )
    def test_loose_folds_the_spellings_of_one_person(self, one: str, other: str) -> None:
        assert loose_form(*one.rsplit("@")) == loose_form(*other.rsplit("@"))

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("a.da@example.org", "ada@example.org"),
            ("ada@example.org", "ada@example.com"),
            ("+ada@example.org", "+eve@example.org"),
        ],
    )
    def test_loose_keeps_other_people_apart(self, one: str, other: str) -> None:
        assert loose_form(*one.rsplit("@")) != loose_form(*other.rsplit("@"))

    @given(st.emails())
    def test_what_is_strictly_one_is_loosely_one(self, email: str) -> None:
        local, _, domain = email.rpartition("@")

        assert loose_form(local, domain) == loose_form(local.upper() if local.isascii() else local, domain.upper())
        assert strict_form(local, domain) == strict_form(local.upper() if local.isascii() else local, domain.upper())


class TestHashes:
    def test_the_same_author_has_the_same_keys(self, root_key: RootKey, now: datetime) -> None:
        assert an_identity(root_key, now) == an_identity(root_key, now, "ADA@example.org")

    def test_no_two_values_of_an_identity_are_joined(self, root_key: RootKey, now: datetime) -> None:
        found = an_identity(root_key, now)

        assert len({found.strict, found.loose, found.network}) == 3
        assert {len(value) for value in (found.strict, found.loose, found.network or b"")} == {HASH_BYTES}

    def test_no_two_sites_can_be_joined(self, root_key: RootKey, now: datetime) -> None:
        here, there = an_identity(root_key, now), an_identity(root_key, now, site="other")

        assert {here.strict, here.loose, here.network}.isdisjoint({there.strict, there.loose, there.network})

    def test_no_two_installations_can_be_joined(self, root_key: RootKey, now: datetime) -> None:
        here, there = an_identity(root_key, now), an_identity(RootKey(b"x" * 32), now)

        assert {here.strict, here.loose, here.network}.isdisjoint({there.strict, there.loose, there.network})
        assert here.kid != there.kid

    def test_the_network_key_is_another_one_every_day(self, root_key: RootKey, now: datetime) -> None:
        later = now.replace(hour=23, minute=59)
        tomorrow = later + timedelta(minutes=1)

        assert network_key(root_key, "demo", "203.0.113.7", now) == network_key(root_key, "demo", "203.0.113.7", later)
        assert network_key(root_key, "demo", "203.0.113.7", now) != network_key(
            root_key, "demo", "203.0.113.7", tomorrow
        )

    @pytest.mark.parametrize("domain", ["mailinator.com", "Mailinator.COM"])
    def test_a_disposable_domain_is_kept_as_a_flag_only(self, domain: str, root_key: RootKey, now: datetime) -> None:
        submission = factories.a_submission(email=f"ada@{domain}")
        found = identify(
            submission, root_key, client_ip=None, now=now, disposable_domains=frozenset({"mailinator.com"})
        )

        assert found.disposable
        assert "mailinator" not in repr(found)

    @given(st.emails().filter(lambda email: len(email) > 5))
    def test_no_hash_holds_a_piece_of_the_address(self, email: str) -> None:
        local, _, domain = email.rpartition("@")
        digest = factories.ROOT_KEY.digest("email-strict/demo", strict_form(local, domain).encode())

        assert email.encode() not in digest


@pytest.mark.parametrize(
    ("client_ip", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", None),
        (None, None),
        ("unknown", None),
        ("203.0.113.7:1234", None),
        ("203.0.113", None),
        ("203.0.113.007", None),
        (" 203.0.113.7", None),
    ],
)
def test_a_network_is_an_ipv4_address_or_an_ipv6_64(client_ip: str | None, network: str | None) -> None:
    assert network_of(client_ip) == network


class TestKeyFile:
    def test_a_new_key_is_for_its_owner_only(self, tmp_path: Path) -> None:
        path = tmp_path / "new" / "root.key"
        key = create_root_key(path)

        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert [file.name for file in path.parent.iterdir()] == ["root.key"], "no half-made file stays"
        assert load_root_key(path).kid == key.kid

    def test_a_key_that_is_there_is_never_replaced(self, tmp_path: Path) -> None:
        path = tmp_path / "root.key"
        first, content = create_root_key(path), path.read_bytes()

        assert create_root_key(path).kid == first.kid
        assert path.read_bytes() == content

    def test_a_broken_key_is_never_replaced(self, tmp_path: Path) -> None:
        path = tmp_path / "root.key"
        path.write_text("")
        path.chmod(0o600)

        with pytest.raises(KeyFileProblem):
            create_root_key(path)
        assert path.read_text() == ""

    def test_those_who_start_together_agree_on_one_key(self, tmp_path: Path) -> None:
        path = tmp_path / "root.key"
        with ThreadPoolExecutor(16) as pool:
            made = list(pool.map(lambda _: create_root_key(path).kid, range(64)))

        assert len(set(made)) == 1

    def test_a_missing_file_says_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(KeyFileProblem, match="replydesk migrate"):
            load_root_key(tmp_path / "root.key")

    @pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o666, 0o601])
    def test_a_key_that_others_may_read_is_refused(self, mode: int, tmp_path: Path) -> None:
        path = tmp_path / "root.key"
        create_root_key(path)
        path.chmod(mode)

        with pytest.raises(KeyFileProblem, match="chmod 600"):
            load_root_key(path)

    @pytest.mark.parametrize(
        "content", [b"", b"\n", b"nonsense", b"00" * 31, b"00" * 33, b"zz" * 32, b"\xff" * 32, bytes(range(32))]
    )
    def test_garbage_is_refused_and_not_shown(self, content: bytes, tmp_path: Path) -> None:
        path = tmp_path / "root.key"
        path.write_bytes(content)
        path.chmod(0o600)

        with pytest.raises(KeyFileProblem) as refused:
            load_root_key(path)
        assert "nonsense" not in str(refused.value)
        assert refused.value.__cause__ is None

    def test_a_directory_is_refused(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o700)
        with pytest.raises(KeyFileProblem):
            load_root_key(tmp_path)


def test_a_root_key_shows_only_its_name() -> None:
    root = b"secret-secret-secret-secret-1234"
    key = RootKey(root)

    for shown in (repr(key), str(key), f"{key}"):
        assert key.kid in shown
        assert "secret" not in shown
        assert root.hex() not in shown


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_root_key_has_32_bytes(size: int) -> None:
    with pytest.raises(KeyFileProblem):
        RootKey(b"x" * size)
