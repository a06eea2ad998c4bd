"""`replydesk webhook`: who outside is told what was decided."""

import json
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlsplit
from uuid import uuid4

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from comments.identity import load_root_key
from comments.settings import load_settings
from comments.store import Store
from comments.store.webhooks import OLD_SECRET_SERVES, Webhook, WebhookExists
from comments.webhook import (
    EVERYTHING,
    TEST,
    BadWebhook,
    check_announcements,
    check_url,
    new_secret,
    seal_secret,
    unseal_secret,
    written,
)
from ops.clock import utc_now
from ops.opened import opened_store
from ops.problems import Problem
from ops.sites import find_site
from workers.webhooks.delivery import Message, Undelivered, deliver
from workers.webhooks.targets import ForbiddenTarget, require_allowed

app = typer.Typer(no_args_is_help=True, help="Who outside is told what was decided; see docs/webhooks.md.")
# A pipe has no width, and at rich's 80 the addresses would be broken.
WIDTH_CHARS = 200

Number = Annotated[int, typer.Argument(min=1, help="The webhook's number; see: replydesk webhook list.")]


@app.command("add")
def add(
    url: Annotated[str, typer.Argument(help="Where to send it: an https address.")],
    site: Annotated[str, typer.Option(help="The key of the site.")],
    events: Annotated[
        list[str] | None, typer.Option("--event", help="What to tell, as comment.published; repeat it; default: all.")
    ] = None,
) -> None:
    """Add a webhook and show its secret, which is shown once."""
    settings = load_settings()
    key = load_root_key(settings.root_key_path)
    try:
        url, announcements = check_url(url), check_announcements(events or ())
        require_allowed(urlsplit(url), allows_private=settings.webhook_private_addresses)
    except BadWebhook as bad:
        raise Problem(str(bad)) from None
    except ForbiddenTarget as forbidden:
        raise Problem(f"{forbidden}; private ones: REPLYDESK_WEBHOOK_PRIVATE_ADDRESSES=on") from None
    secret = new_secret()
    with opened_store() as store:
        site_id = find_site(store, site).id
        sealed = seal_secret(key, site_id, url, secret)
        try:
            made = store.webhooks.add(site_id, url, announcements, sealed, now=utc_now())
        except WebhookExists:
            raise Problem(f"{site} has a webhook with this address already; see: replydesk webhook list") from None
    _say(f"Added webhook {made} of {site}. Its secret, shown this once:")
    _say(written(secret))
    if urlsplit(url).scheme == "http":
        _say("It is plain http: whoever is on the way can read what is told. Use https outside your own network.")


@app.command("list")
def show() -> None:
    """List the webhooks, how they fare and what waits for them."""
    table = Table("Id", "Site", "Address", "Told", "State", "Waiting", "Last delivered", box=None)
    now = utc_now()
    with opened_store() as store:
        waiting = store.webhooks.waiting()
        for each in store.webhooks.all():
            table.add_row(*map(Text, _cells(each, waiting.get(each.id, 0), now)))
    console = Console()
    (console if console.is_terminal else Console(width=WIDTH_CHARS)).print(table)


@app.command("remove")
def remove(number: Number) -> None:
    """Remove a webhook and what waits for it."""
    with opened_store() as store:
        store.webhooks.remove(_find(store, number), utc_now())
    _say(f"Removed webhook {number}.")


@app.command("rotate")
def rotate(number: Number) -> None:
    """Give a webhook a new secret, shown once; for a day everything is signed with the old one as well."""
    key, secret = load_root_key(load_settings().root_key_path), new_secret()
    with opened_store() as store:
        webhook = _find(store, number)
        store.webhooks.rotate(webhook, seal_secret(key, webhook.site_id, webhook.url, secret), utc_now())
    hours = OLD_SECRET_SERVES.total_seconds() // 3600
    _say(f"The new secret of webhook {number}, shown this once; the old one is signed with for {hours:.0f} hours more:")
    _say(written(secret))


@app.command("resume")
def resume(number: Number) -> None:
    """Send to a webhook again that was paused after days of failures. What happened meanwhile is not told."""
    with opened_store() as store:
        store.webhooks.resume(_find(store, number), utc_now())
    _say(f"Webhook {number} is told again what is decided from now on.")


@app.command("test")
def test(number: Number) -> None:
    """Send a webhook.test message at once and say what became of it."""
    settings = load_settings()
    key = load_root_key(settings.root_key_path)
    with opened_store() as store:
        webhook = _find(store, number)
    now = utc_now()
    secrets = [unseal_secret(key, webhook.site_id, webhook.url, each) for each in webhook.sealed_secrets(now)]
    known = [secret for secret in secrets if secret is not None]
    if not known:
        raise Problem(f"the secret was sealed with another root key; a new one: replydesk webhook rotate {number}")
    message = _test_message(webhook, now)
    try:
        status = deliver(webhook.url, message, known, now, allows_private=settings.webhook_private_addresses)
    except Undelivered as problem:
        raise Problem(f"it did not arrive: {problem}") from None
    _say(f"{message.id} arrived: the receiver answered {status}.")


def state(webhook: Webhook, now: datetime) -> str:
    """Return in a few words how a webhook fares."""
    if webhook.paused_at is not None:
        return f"paused since {_moment(webhook.paused_at)}: {webhook.last_problem}"
    if webhook.failing_since is None:
        return "sound"
    failing = f"failing since {_moment(webhook.failing_since)}: {webhook.last_problem}"
    if webhook.rests_until is None or webhook.rests_until <= now:
        return failing
    return f"{failing}, next try {_moment(webhook.rests_until)}"


def _cells(webhook: Webhook, waiting: int, now: datetime) -> tuple[str, ...]:
    told = "everything" if webhook.announcements == EVERYTHING else " ".join(webhook.announcements)
    arrived = "never" if webhook.delivered_at is None else _moment(webhook.delivered_at)
    return str(webhook.id), webhook.site_key, webhook.url, told, state(webhook, now), str(waiting), arrived


def _test_message(webhook: Webhook, now: datetime) -> Message:
    name = f"evt_{uuid4().hex}"
    told = {"id": name, "type": TEST, "timestamp": now.isoformat(), "data": {"site": webhook.site_key}}
    return Message(name, json.dumps(told, separators=(",", ":")).encode())


def _find(store: Store, number: int) -> Webhook:
    webhook = store.webhooks.find(number)
    if webhook is None:
        raise Problem(f"there is no webhook {number}; see: replydesk webhook list")
    return webhook


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _say(sentence: str) -> None:
    Console(soft_wrap=True, highlight=False).print(sentence, markup=False)
