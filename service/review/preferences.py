"""A moderator's own desk: which keys act, whether abuse is blurred, which language it speaks."""

from dataclasses import dataclass, replace

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from comments.preferences import Preferences
from comments.roles import Permission
from service.language import LANGUAGES, use_language
from service.parts import parts
from service.review.guard import needs, session
from service.review.keymap import Action, BadKeys, chosen_keys, keys_of


@dataclass(frozen=True, slots=True)
class _Typed:
    """What stands in the form."""

    keys_on: bool
    keys: dict[Action, str]
    blurs_abuse: bool
    language: str


def register(blueprint: Blueprint) -> None:
    """Add the page, and give every page what was chosen. Register it after the guard."""
    blueprint.add_url_rule("/preferences", "preferences", _show, methods=["GET"])
    blueprint.add_url_rule("/preferences", "keep_preferences", _keep, methods=["POST"])
    blueprint.before_request(_speak)
    blueprint.context_processor(_for_every_page)


def preferences() -> Preferences:
    """Return what the moderator who asks has chosen."""
    if "review_preferences" not in g:
        g.review_preferences = parts().store.preferences.of(session().moderator.id)
    found: Preferences = g.review_preferences
    return found


@needs(Permission.OWN)
def _show() -> str:
    kept = preferences()
    return _page(_Typed(kept.keys_on, keys_of(kept), kept.blurs_abuse, kept.language))


@needs(Permission.OWN)
def _keep() -> Response:
    form = request.form
    typed = _Typed(
        keys_on=form.get("keys_on") == "yes",
        keys={action: form.get(f"key-{action}", "")[:10] for action in Action},
        blurs_abuse=form.get("blurs_abuse") == "yes",
        language=form.get("language", "") if form.get("language") in LANGUAGES else "",
    )
    if form.get("wish") == "defaults":
        typed = replace(typed, keys_on=True, keys={action: action.value for action in Action})
    try:
        keys = chosen_keys(typed.keys)
    except BadKeys as bad:
        return make_response(_page(typed, bad), 400)
    chosen = Preferences(typed.keys_on, keys, typed.blurs_abuse, typed.language)
    parts().store.preferences.set(session().moderator.id, chosen)
    return redirect(url_for("review.preferences", kept=1), 303)


def _page(typed: _Typed, bad: BadKeys | None = None) -> str:
    return render_template(
        "review/preferences.html",
        typed=typed,
        problems={} if bad is None else bad.problems,
        is_kept="kept" in request.args,
        languages=LANGUAGES,
    )


def _speak() -> None:
    """Answer in the moderator's language. Without a session there is nobody whose language it could be."""
    if "review_session" in g and preferences().language:
        use_language(preferences().language)


def _for_every_page() -> dict[str, object]:
    return {
        "desk_preferences": preferences,
        "desk_keys": lambda: {action.value: key for action, key in keys_of(preferences()).items()},
        "kbd": _kbd,
        "shortcut": _shortcut,
        "may_decide": lambda: session().moderator.may(Permission.DECIDE),
    }


def _kbd(action: str) -> Markup:
    """Return the key of an action as it stands on its button; nothing while keys are off."""
    key = _key(action)
    return Markup('<kbd aria-hidden="true">{}</kbd>').format(key) if key else Markup()


def _shortcut(action: str | int) -> Markup:
    """Return the attribute that tells a screen reader the key; nothing while keys are off."""
    key = _key(str(action))
    return Markup(' aria-keyshortcuts="{}"').format(key) if key else Markup()


def _key(action: str) -> str:
    if not preferences().keys_on:
        return ""
    return keys_of(preferences())[Action(action)] if action in set(Action) else action
