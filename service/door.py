"""The door of one web process: who may come in how often, for which site, from which network."""

from dataclasses import dataclass

from disposable_email_domains import blocklist
from flask import Flask, current_app, request
from redis import Redis

from comments.store import StoreUnavailable
from comments.wakeup import connect_quickly
from service.client_address import Network, client_address, read_networks
from service.floods import Floods
from service.language import use_language
from service.parts import Parts
from service.rate_limits import RateLimits
from service.recent import Recent
from service.site_directory import SiteDirectory
from service.slow_down import SlowDown
from service.thread_json import Made
from service.thread_list import DrawnList

_NAME = "replydesk.door"


@dataclass(frozen=True, slots=True)
class Door:
    """What every view at the public side asks before it goes to the store."""

    limits: RateLimits
    sites: SiteDirectory
    redis: Redis | None
    proxies: tuple[Network, ...]
    disposable_domains: frozenset[str]
    recent_answers: Recent[Made]
    recent_lists: Recent[DrawnList]
    slow_down: SlowDown
    floods: Floods


def attach(app: Flask, parts: Parts) -> Door:
    """Build the door of an app. Nothing is connected yet."""
    settings = parts.settings
    redis = connect_quickly(settings.redis) if settings.redis else None
    made = Door(
        limits=RateLimits(redis, parts.key, is_on=settings.rate_limits),
        sites=SiteDirectory(parts.store, parts.now),
        redis=redis,
        proxies=read_networks(settings.trusted_proxies),
        disposable_domains=frozenset(blocklist),
        recent_answers=Recent(),
        recent_lists=Recent(),
        slow_down=SlowDown(),
        floods=Floods(parts.key),
    )
    app.extensions[_NAME] = made
    return made


def door() -> Door:
    """Return the door of the app that is answering."""
    found: Door = current_app.extensions[_NAME]
    return found


def use_language_of(site_key: str) -> None:
    """Answer this request in a site's language; in English for no site of ours, and while nobody can be asked."""
    try:
        site = door().sites.find(site_key)
    except StoreUnavailable:
        return
    if site is not None:
        use_language(site.language)


def sender_address() -> str | None:
    """Return the address this request came from."""
    return client_address(request.remote_addr, request.headers.getlist("X-Forwarded-For"), door().proxies)
