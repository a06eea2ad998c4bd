"""`replydesk site`: the websites whose comments are kept here."""

from dataclasses import replace
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from comments.calibration import Family, shares
from comments.policy import BurstMode, Mode, ProofMode
from comments.store import Store
from comments.store.records import Site
from comments.store.sites import SiteExists, StaleSite
from comments.submission import SITE_KEY, is_contact_url
from comments.word_list import BadWordList, check_word_list
from demo.stories import SITE_KEY as DEMO_KEY
from ops.clock import utc_now
from ops.opened import opened_store
from ops.problems import Problem
from service.language import LANGUAGES

MAX_DAYS = 3650
_SHIPPED = "shipped"
_TARGET = "Of clean comments, hold at most this share as {family}: 0.01 is one in a hundred; shipped: as delivered."

_TYPED = (
    "Mind: who has been published before is told by the name and the address they type, and nobody proves either. "
    "Whoever types both gets past this one wait; what the checks hold is held all the same."
)

app = typer.Typer(no_args_is_help=True, help="The websites whose comments are kept here.")

Origins = Annotated[
    list[str] | None, typer.Option("--origin", help="A web origin of the site, as https://news.example; repeat it.")
]
Key = Annotated[str, typer.Argument(help="Short name in addresses: small letters, digits and dashes.")]


@app.command("add")
def add(key: Key, name: Annotated[str, typer.Argument(help="As readers know it.")], origins: Origins = None) -> None:
    """Add a site with the default policy."""
    if not SITE_KEY.fullmatch(key):
        raise Problem("a site's key has 1 to 40 small letters, digits and dashes, and no dash at its ends")
    with opened_store() as store:
        try:
            store.sites.add(key, name, origins=tuple(origins or ()), now=utc_now())
        except SiteExists:
            raise Problem(f"there is a site {key} already; change it with: replydesk site set {key}") from None
    Console().print(f"Added {key}.", markup=False)


@app.command("list")
def show() -> None:
    """List the sites."""
    table = Table("Key", "Name", "Mode", "Holds at", "Origins", box=None)
    with opened_store() as store:
        for site in store.sites.all():
            table.add_row(
                site.key, site.name, site.policy.mode.value, f"{site.policy.hold_at:g}", " ".join(site.origins)
            )
    Console().print(table)


@app.command("set")
def change(  # noqa: PLR0917 - typer makes an option of each
    key: Key,
    name: Annotated[str | None, typer.Option(help="As readers know it.")] = None,
    mode: Annotated[Mode | None, typer.Option(help="Which clean comments wait for a moderator.")] = None,
    hold_at: Annotated[float | None, typer.Option(min=0, max=1, help="From which score on a comment is held.")] = None,
    spam_target: Annotated[str | None, typer.Option(help=_TARGET.format(family="spam"))] = None,
    abuse_target: Annotated[str | None, typer.Option(help=_TARGET.format(family="abuse"))] = None,
    origins: Origins = None,
    blocked_words: Annotated[
        list[str] | None, typer.Option("--block", help="A word that rejects a comment; repeat it, replaces the list.")
    ] = None,
    held_words: Annotated[
        list[str] | None, typer.Option("--hold", help="A word that holds a comment; repeat it, replaces the list.")
    ] = None,
    allowed_words: Annotated[
        list[str] | None, typer.Option("--allow", help="A word that is no evidence; repeat it, replaces the list.")
    ] = None,
    shadow_checks: Annotated[
        list[str] | None,
        typer.Option("--shadow", help="A check to record without counting it; repeat it, replaces the list."),
    ] = None,
    close_after_days: Annotated[
        int | None,
        typer.Option(min=0, max=MAX_DAYS, help="Threads close so many days after their first comment; 0: never."),
    ] = None,
    burst: Annotated[
        BurstMode | None, typer.Option(help="Hold a story's comments while unusually many come: off or auto.")
    ] = None,
    rejected_text_days: Annotated[
        int | None, typer.Option(min=1, max=MAX_DAYS, help="How long the text of a rejected comment is kept.")
    ] = None,
    identity_days: Annotated[
        int | None, typer.Option(min=1, max=MAX_DAYS, help="How long authors are recognised after their last comment.")
    ] = None,
    second_factor: Annotated[
        bool | None, typer.Option("--second-factor/--no-second-factor", help="Whether moderators must log in with one.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="Of the site's own words to its readers, as ha.")] = None,
    reply_notices: Annotated[
        bool | None,
        typer.Option("--reply-notices/--no-reply-notices", help="Whether authors may ask to be written to; see docs."),
    ] = None,
    proof_of_work: Annotated[
        ProofMode | None, typer.Option(help="Hold what comes without a proof of work: off, bursts or always.")
    ] = None,
    contact_url: Annotated[
        str | None, typer.Option(help="The page on which readers reach the newsroom (https://…); empty: none.")
    ] = None,
) -> None:
    """Change what is given; the policy gets a new version."""
    given: dict[str, Any] = {
        "name": name,
        "origins": _tuple(origins),
        "blocked_words": _words(blocked_words, "--block"),
        "held_words": _words(held_words, "--hold"),
        "allowed_words": _words(allowed_words, "--allow"),
        "shadow_checks": _tuple(shadow_checks),
        "burst_mode": burst,
        "rejected_text_days": rejected_text_days,
        "identity_days": identity_days,
        "requires_second_factor": second_factor,
        "language": _language(language),
        "reply_notices": reply_notices,
        "proof_of_work": proof_of_work,
        "contact_url": _contact_url(contact_url),
    }
    with opened_store() as store:
        site = find_site(store, key)
        changed = replace(site, **{field: value for field, value in given.items() if value is not None})
        if close_after_days is not None:
            changed = replace(changed, close_after_days=close_after_days or None)
        policy = replace(
            site.policy,
            mode=mode or site.policy.mode,
            hold_at=site.policy.hold_at if hold_at is None else hold_at,
            spam_false_positives=_target(spam_target, Family.SPAM, site.policy.spam_false_positives),
            abuse_false_positives=_target(abuse_target, Family.ABUSE, site.policy.abuse_false_positives),
        )
        version = _save(store, replace(changed, policy=policy))
    Console().print(f"The policy of {key} is version {version} now.", markup=False)
    if policy.mode is Mode.HOLD_FIRST:
        Console().print(_TYPED, markup=False)


def _save(store: Store, changed: Site) -> str:
    """Save a site and return the new version of its policy. Raises Problem when somebody else was faster."""
    try:
        return store.sites.change(changed, moderator_id=None, now=utc_now()).policy.version
    except StaleSite:
        raise Problem(f"somebody changed {changed.key} just now, and nothing was saved; try again") from None


def _tuple(values: list[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


def _words(values: list[str] | None, option: str) -> tuple[str, ...] | None:
    if values is None:
        return None
    try:
        return check_word_list(values)
    except BadWordList as bad:
        entries = ", ".join(f"{fault.entry!r} ({fault.fault.value.replace('_', ' ')})" for fault in bad.faults)
        raise Problem(f"{option} does not take {entries}; words are whole, a * may stand at the end") from None


def _target(given: str | None, family: Family, current: float | None) -> float | None:
    """Return the share that is given, None for what is shipped."""
    if given is None:
        return current
    if given == _SHIPPED:
        return None
    known = {f"{share:g}": share for share in shares(family)}
    if given not in known:
        raise Problem(f"{family.value} has these targets: {_SHIPPED}, {', '.join(known)}")
    return known[given]


def _language(code: str | None) -> str | None:
    if code is not None and code not in LANGUAGES:
        raise Problem(f"these languages are known: {', '.join(LANGUAGES)}")
    return code


def _contact_url(url: str | None) -> str | None:
    if url and not is_contact_url(url):
        raise Problem("--contact-url takes the full web address of a page (https://…), without an email address in it")
    return url


def find_site(store: Store, key: str) -> Site:
    """Return the site with this key. Raises Problem."""
    site = store.sites.find(key)
    if site is None:
        raise Problem(f"there is no site {key}; see: replydesk site list")
    return site


def ensure_demo_site(store: Store) -> None:
    """Add the demo newspaper's site unless it is there."""
    if store.sites.find(DEMO_KEY) is None:
        store.sites.add(DEMO_KEY, "The demo newspaper", now=utc_now())
