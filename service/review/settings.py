"""A site's settings for its editors: each change is tried on what was decided last before it can be saved."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from comments.calibration import Family, calibration
from comments.preview import Preview, PreviewBusy
from comments.roles import Permission
from comments.status import Status
from comments.store.records import Site
from comments.store.site_changes import changes, settings_of, touches_verdicts
from comments.store.sites import SiteChange, StaleSite
from comments.submission import SITE_KEY
from service.auth.forms import is_one_of
from service.embed.snippet import snippet_for
from service.language import LANGUAGES
from service.links import public_base
from service.parts import parts
from service.review import settings_words
from service.review.guard import needs, scope, session
from service.review.settings_form import BadForm, fields_of, read, shown_again

# What a browser does not send is not ticked.
_UNTICKED = {"requires_second_factor": "", "reply_notices": ""}
# Three lists of words and their names.
MAX_SETTINGS_BYTES = 72 * 1024
MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that an editor is shown. `token` proves that they saw it; empty while they have not.

    `preview` is None where nothing could be tried: `touches_verdicts` says whether there would have been anything.
    """

    changed: dict[str, list[str]]
    token: str = ""
    preview: Preview | None = None
    touches_verdicts: bool = False
    is_busy: bool = False

    @property
    def moves(self) -> list[tuple[Status, Status, int]]:
        """Return how many verdicts would go from what to what, the most first."""
        counted = Counter((each.before, each.after) for each in self.preview.changed) if self.preview else Counter()
        return [(before, after, count) for (before, after), count in counted.most_common()]


def register(blueprint: Blueprint) -> None:
    """Add the settings."""
    blueprint.add_url_rule("/settings", "settings", _sites)
    blueprint.add_url_rule("/settings/<site_key>", "site_settings", _show)
    _change.max_form_bytes = MAX_SETTINGS_BYTES  # type: ignore[attr-defined]  # read by the guard
    blueprint.add_url_rule("/settings/<site_key>", "change_site", _change, methods=["POST"])
    for word in (settings_words.percent, settings_words.status, settings_words.measured, settings_words.mode_warning):
        blueprint.add_app_template_filter(word, f"settings_{word.__name__}")


@needs(Permission.TUNE)
def _sites() -> AnyResponse:
    inside = scope(Permission.TUNE)
    sites = [site for site in parts().store.sites.all() if inside.covers(site.id)]
    if len(sites) == 1:
        return redirect(url_for("review.site_settings", site_key=sites[0].key), 303)
    return make_response(render_template("review/settings_sites.html", sites=sites))


@needs(Permission.TUNE)
def _show(site_key: str) -> Response:
    site = _find(site_key)
    return _not_there() if site is None else _page(site, fields_of(site), is_saved="saved" in request.args)


@needs(Permission.TUNE)
def _change(site_key: str) -> AnyResponse:
    site = _find(site_key)
    if site is None:
        return _not_there()
    typed = request.form.to_dict()
    try:
        wanted = read(typed, site, may_require_factor=_may_require_factor(site))
    except BadForm as bad:
        return _page(site, shown_again(typed), 400, problems=bad.problems)
    if typed.get("version") != site.policy.version:
        return _conflict(site, wanted, typed)
    if not changes(site, wanted):
        return _page(site, typed, is_unchanged=True)
    if typed.get("step") == "save" and is_one_of(_tokens(site, wanted), typed.get("previewed", "")):
        return _save(site, wanted, typed)
    proposal = _propose(site, wanted)
    return _page(site, typed, 503 if proposal.is_busy else 200, proposal=proposal)


def _save(site: Site, wanted: Site, typed: Mapping[str, str]) -> AnyResponse:
    try:
        parts().store.sites.change(wanted, moderator_id=session().moderator.id, now=parts().now())
    except StaleSite:
        return _conflict(_find(site.key) or site, wanted, typed)
    return redirect(url_for("review.site_settings", site_key=site.key, saved=1), 303)


def _conflict(site: Site, wanted: Site, typed: Mapping[str, str]) -> Response:
    """Say who was first and when, and show what this form would change of what they saved."""
    wanted = replace(wanted, policy=replace(wanted.policy, version=site.policy.version))
    latest = parts().store.sites.last_change(site.id) or SiteChange(None, parts().now())
    typed = {**typed, "version": site.policy.version}
    proposal = _propose(site, wanted) if changes(site, wanted) else None
    return _page(site, typed, 409, proposal=proposal, latest=latest, is_unchanged=proposal is None)


def _propose(site: Site, wanted: Site) -> Proposal:
    changed = changes(site, wanted)
    said = {name: settings_words.change(name, change) for name, change in changed.items()}
    token, matters = _tokens(site, wanted)[0], touches_verdicts(changed)
    preview = parts().preview
    if not matters or preview is None:
        return Proposal(said, token, touches_verdicts=matters)
    try:
        return Proposal(said, token, preview(site, wanted), touches_verdicts=True)
    except PreviewBusy:
        return Proposal(said, touches_verdicts=True, is_busy=True)


def _tokens(site: Site, wanted: Site) -> tuple[str, ...]:
    """Return what proves that this moderator was shown this very change, from what to what; the first is given out."""
    seen = [site.id, site.policy.version, session().moderator.id, settings_of(site), settings_of(wanted)]
    return parts().key.tokens("settings-preview", json.dumps(seen, sort_keys=True).encode())


def _page(site: Site, typed: Mapping[str, str], status: int = 200, **more: object) -> Response:
    problems = more.pop("problems", {})
    return make_response(
        render_template(
            "review/settings.html",
            site=site,
            typed={**fields_of(site), **_UNTICKED, **typed} if typed.get("csrf") else typed,
            problems=problems,
            names=settings_words.names(),
            modes=settings_words.modes(),
            bursts=settings_words.bursts(),
            proofs=settings_words.proofs(),
            spam_targets=settings_words.target_choices(Family.SPAM),
            abuse_targets=settings_words.target_choices(Family.ABUSE),
            calibration=calibration(),
            has_own_models=bool(parts().store.learning.active(site.id)),
            languages=LANGUAGES,
            may_require_factor=_may_require_factor(site),
            can_try=parts().preview is not None,
            can_write=parts().sealing_key is not None,
            most_shown=MOST_SHOWN,
            stories=parts().store.thread_settings.latest(site.id),
            snippet=snippet_for(site.key, public_base()),
            now=parts().now(),
            **more,
        ),
        status,
    )


def _find(site_key: str) -> Site | None:
    """Return the site if the moderator may tune it."""
    site = parts().store.sites.find(site_key) if SITE_KEY.fullmatch(site_key) else None
    return site if site is not None and scope(Permission.TUNE).covers(site.id) else None


def _may_require_factor(site: Site) -> bool:
    return scope(Permission.ACCOUNTS).covers(site.id)


def _not_there() -> Response:
    return make_response(render_template("review/not_there.html"), 404)
