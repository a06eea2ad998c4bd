"""People that an installation knows, and as many that it does not: for asking whether anybody can tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from comments.identity import author_keys, load_root_key
from comments.roles import Grant, Role
from comments.store import Store, open_store
from service.auth.passwords import hash_password
from tests import factories
from tests.privacy.canaries import Aviary
from tests.privacy.questions import Whom

# An account takes fifty wrong passwords before it makes everybody wait: so many share the tries.
ACCOUNTS = 100
_COMMENTS = 20


@dataclass(frozen=True)
class Crowd:
    """Who is known and who is banned or kept out; the unknown are new each time."""

    known: str
    banned: str
    accounts: dict[Whom, Sequence[str]]
    aviary: Aviary

    def of(self, whom: Whom, number: int, *, is_login: bool = False) -> str:
        """Return an address or a login of that kind. All are of one length."""
        if is_login:
            accounts = self.accounts.get(whom)
            return accounts[number % ACCOUNTS] if accounts else f"stranger-{number:06}"
        if whom is Whom.UNKNOWN:
            return self.aviary.hatch(f"unknown {number}")
        return self.known if whom is Whom.KNOWN else self.banned


def prepare(data: Path, aviary: Aviary) -> Crowd:
    """Make them known to the installation in this directory."""
    store = open_store(f"sqlite:///{data / 'replydesk.sqlite3'}")
    try:
        known, banned = aviary.hatch("known"), aviary.hatch("banned")
        site, key = factories.a_site(store), load_root_key(data / "root.key")
        for number in range(_COMMENTS):
            for address in (known, banned):
                factories.accept(store, key=key, email=address, text=f"Before number {number}.")
        keys = author_keys(banned, site.key, key)
        assert keys
        store.bans.add(site.id, keys, until=None, now=factories.NOW)
        return Crowd(known, banned, _accounts(store, site.id), aviary)
    finally:
        store.close()


def _accounts(store: Store, site_id: int) -> dict[Whom, Sequence[str]]:
    kept = hash_password("Harmattan-dust-at-noon-7")
    names = {Whom.KNOWN: "reporter", Whom.BANNED: "retired_"}
    made = {whom: [f"{name}-{number:06}" for number in range(ACCOUNTS)] for whom, name in names.items()}
    for whom, logins in made.items():
        for login in logins:
            moderator = store.moderators.add(login, kept, grants=[Grant(Role.MODERATOR, site_id)], now=factories.NOW)
            if whom is Whom.BANNED:
                store.people.set_disabled(moderator.id, disabled=True, made_by_id=None, now=factories.NOW)
    return made
