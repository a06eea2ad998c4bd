"""Builds the web application from its parts. Nothing is connected until the first request."""

from typing import TextIO

from flask import Flask

from service import (
    assets,
    cross_origin,
    door,
    errors,
    floods,
    headers,
    health,
    hosts,
    hot_answers,
    language,
    request_log,
    times,
)
from service.challenges import challenges
from service.device_page import device_page
from service.embed import script as embed_script
from service.feeds import feeds
from service.identicons import identicons
from service.isso import isso
from service.no_session import NoSession
from service.notices import notices
from service.parts import Parts, attach
from service.plain_pages import plain_pages
from service.privacy_requests import privacy_requests
from service.public import public
from service.readiness import Readiness
from service.reading import reading
from service.receipts import receipts
from service.review import blueprint as review
from service.threads import threads
from service.wordpress import wordpress
from service.wordpress_reads import wordpress_reads

# The longest honest request is a 5,000-character text of four-byte characters, percent-encoded: 70 kB with its fields.
MAX_BODY_BYTES = 72 * 1024
MAX_FORM_PARTS = 50


def create_app(parts: Parts, *, log_to: TextIO | None = None) -> Flask:
    """Return the application. Its log goes to `log_to`, stderr by default."""
    app = Flask("service")
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
    )
    app.session_interface = NoSession()
    app.url_map.merge_slashes = False
    attach(app, parts)
    opened = door.attach(app, parts)
    app.extensions[health.READINESS] = Readiness(parts, opened.redis)
    assets.register(app)
    times.register(app)
    embed_script.register(app)
    language.register(app)
    log = request_log.open_log(parts.settings.log_level, log_to)
    request_log.register(app, log)
    floods.register(app, parts, opened.floods, log)
    hot_answers.register(app, parts, log)
    hosts.register(app, parts.settings.trusted_hosts)
    cross_origin.register(app)
    headers.register(app, parts)
    errors.register(app, log)
    for blueprint in (
        public,
        reading,
        challenges,
        threads,
        feeds,
        wordpress,
        receipts,
        notices,
        privacy_requests,
        plain_pages,
        health.health,
        review,
    ):
        app.register_blueprint(blueprint)
    for compatible in (wordpress_reads, isso, identicons, device_page):
        app.register_blueprint(compatible)
    return app
