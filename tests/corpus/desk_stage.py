"""A desk with something on it for every form: what an honest page would send, made anew when it was used up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask

from comments.reasons import Reason
from comments.roles import EVERY_SITE, Grant, Role
from comments.status import Status
from comments.store import Store
from comments.store.records import Site
from service.auth.codes import new_secret, seal_secret
from service.auth.forms import form_token
from service.auth.passwords import hash_password
from service.review.keymap import Action
from service.review.settings_form import fields_of
from tests import factories
from tests.at_the_desk import a_campaign, decide, made, version_of

PASSWORD = "three unrelated words"
BINDING = "b" * 22
LASTS = timedelta(hours=12)
NOW = factories.NOW
BACK = {"back": "/review/"}


@dataclass(frozen=True, slots=True)
class Target:
    """What one form is about: what stands in its address, its fields, who sends it and what its token is for."""

    place: Mapping[str, object] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    who: str = "ada"
    purpose: str = ""


class Stage:
    """The comments, people and links of one store. Two stages that were used alike have the same numbers."""

    def __init__(self, app: Flask, store: Store) -> None:
        self.app, self.store = app, store
        self._targets: dict[str, Target] = {}
        self._sessions: dict[str, str] = {}
        self.setup_link = store.moderators.new_setup_link(lasts=LASTS, now=NOW) or ""
        self.site = factories.a_site(store, origins=("https://news.example",))
        other = factories.a_site(store, "other")
        for login in ("ada", "ben"):
            factories.a_moderator(store, login)
        factories.a_moderator(store, "pam", password_hash=hash_password(PASSWORD))
        for login in ("cora", "eve"):
            factories.a_moderator(store, login)
        for login in ("ada", "pam", "cora"):  # some form makes one be asked for, and then nothing else would go through
            self.add_second_factor(login)
        factories.a_moderator(store, "dan", grants=[Grant(Role.MODERATOR, other.id)])
        self.comment = factories.a_held_comment(store)
        factories.an_approved_comment(store)

    def target(self, form: str) -> Target:
        """Return what a form is about: that of an endpoint, or of one of its choices."""
        if form not in self._targets:
            self._targets[form] = TARGETS.get(form, _nothing)(self)
        return self._targets[form]

    def use_up(self, form: str) -> None:
        """Have the next form be about something new."""
        self._targets.pop(form, None)

    def session(self, who: str) -> tuple[str, str]:
        """Return the token of somebody's session and what proves their forms; a session that ended begins anew."""
        found = self._find(who)
        if found is None:
            moderator = self.moderator(who)
            code_at = None if who in {"half", "eve"} else NOW
            self._sessions[who] = self.store.sessions.open(moderator.id, lasts=LASTS, now=NOW, second_factor_at=code_at)
            found = self._find(who)
        assert found is not None
        return self._sessions[who], found.csrf_token

    def moderator(self, who: str) -> Any:
        """Return the moderator; "half" is cora before she has shown the code."""
        found = self.store.moderators.find("cora" if who == "half" else who)
        assert found is not None
        return found

    def add_second_factor(self, login: str) -> None:
        """Have a login of this moderator take a code."""
        sealed = seal_secret(factories.ROOT_KEY, self.moderator(login).id, new_secret())
        self.store.second_factors.set(self.moderator(login).id, sealed, step=1, recovery=[], token="", now=NOW)

    def plain_token(self, purpose: str) -> str:
        """Return the token of a form without a session."""
        return form_token(factories.ROOT_KEY, BINDING, purpose, NOW)

    def held(self) -> tuple[int, int]:
        """Return a new held comment and its version."""
        comment_id = factories.a_held_comment(self.store).id
        return comment_id, version_of(self.store, comment_id)

    def _find(self, who: str) -> Any:
        token = self._sessions.get(who)
        return token and self.store.sessions.find(token, idle=LASTS, now=NOW)


def _nothing(stage: Stage) -> Target:
    return Target({"comment_id": stage.comment.id, "thread_id": 1, "site_key": "demo"})


def _decide(stage: Stage) -> Target:
    comment_id, version = stage.held()
    ben = stage.moderator("ben").id
    stage.store.claims.take([comment_id], ben, scope=EVERY_SITE, now=NOW)
    sent = {"decision": "reject", "reason": "insult", "note": "Be kind.", "despite": "ben", "next": str(comment_id)}
    return Target({"comment_id": comment_id}, {**sent, **BACK, "version": str(version), "without_card": ""})


def _confirm(stage: Stage) -> Target:
    drawn = factories.a_drawn_comment(stage.store)
    return Target({"comment_id": drawn.id}, {**BACK, "version": str(version_of(stage.store, drawn.id)), "next": ""})


def _speak(stage: Stage) -> Target:
    sent = {"text": "The envoy was asked and did not answer.", "next": ""}
    return Target({"comment_id": factories.an_approved_comment(stage.store).id}, {**BACK, **sent})


def _undo(stage: Stage) -> Target:
    decision_id = made(decide(stage.store, stage.held()[0], Status.APPROVED))
    return Target({"decision_id": decision_id}, {**BACK, "without_card": "", "next": ""})


def _bulk(stage: Stage) -> Target:
    comment_id, version = stage.held()
    sent = {"decision": "reject", "reason": "insult", "note": "All alike.", "item": f"{comment_id}:{version}"}
    return Target({}, {**sent, **BACK, "despite": ""})


def _campaign(stage: Stage) -> Target:
    ids = a_campaign(stage.store, 2)
    sent = {"decision": "reject", "reason": "spam", "note": "", "seen": str(ids[-1]), "card": str(ids[0])}
    return Target({"cluster_id": ids[0]}, {**sent, **BACK, "despite": ""})


def _undo_batch(stage: Stage) -> Target:
    ben = stage.moderator("ben").id
    batch = stage.store.bulk.decide(
        [stage.held()], Status.REJECTED, reason=Reason.SPAM, note=None, moderator_id=ben, scope=EVERY_SITE, now=NOW
    )
    return Target({"batch_id": batch.batch_id or 0}, BACK)


def _appeal(stage: Stage) -> Target:
    comment_id, _ = stage.held()
    decide(stage.store, comment_id, Status.REJECTED, by="ben", reason=Reason.INSULT)
    stage.store.appeals.open(comment_id, "I insulted nobody.", NOW)
    version = str(version_of(stage.store, comment_id))
    return Target({"comment_id": comment_id}, {**BACK, "decision": "uphold", "note": "So be it.", "version": version})


def _note(stage: Stage) -> Target:
    return Target({"comment_id": stage.comment.id}, {**BACK, "text": "Look twice.", "without_card": ""})


def _claim(stage: Stage) -> Target:
    return Target({"comment_id": stage.comment.id}, {**BACK, "instead": "2"})


def _person(**sent: str) -> Callable[[Stage], Target]:
    return lambda stage: Target({"moderator_id": stage.moderator("dan").id}, sent)


def _revoke(stage: Stage) -> Target:
    _invitation_token(stage)
    return Target({"invitation_id": stage.store.invitations.waiting(EVERY_SITE, now=NOW)[-1].id})


def _invitation(stage: Stage) -> Target:
    token = _invitation_token(stage)
    login = f"new{len(stage.store.moderators.all())}"
    sent = {"login": login, "password": PASSWORD, "again": PASSWORD}
    return Target({"token": token}, sent, who="", purpose=f"invitation/{token}")


def _accept(stage: Stage) -> Target:
    token = _invitation_token(stage)
    return Target({"token": token}, purpose=f"invitation/{token}")


def _invitation_token(stage: Stage) -> str:
    ada = stage.moderator("ada").id
    return stage.store.invitations.add(stage.site.id, Role.VIEWER, invited_by_id=ada, lasts=LASTS, now=NOW)


def _setup(stage: Stage) -> Target:
    sent = {"login": "first", "password": PASSWORD, "again": "another"}
    return Target({"token": stage.setup_link}, sent, who="", purpose=f"setup/{stage.setup_link}")


def _login(_stage: Stage) -> Target:
    return Target({}, {**BACK, "login": "pam", "password": "not it"}, who="", purpose="login")


def _code(who: str) -> Callable[[Stage], Target]:
    return lambda _stage: Target({}, {**BACK, "code": "123456"}, who=who)


def _password(stage: Stage) -> Target:
    pam = stage.moderator("pam")
    stage.store.moderators.set_password(pam.id, hash_password(PASSWORD), keep_token=stage.session("pam")[0])
    return Target({}, {"current": PASSWORD, "password": PASSWORD + "s", "again": PASSWORD + "s"}, who="pam")


def _session(stage: Stage) -> Target:
    stage.store.sessions.open(stage.moderator("ada").id, lasts=LASTS, now=NOW)
    token, _ = stage.session("ada")
    sessions = stage.store.sessions.of(stage.moderator("ada").id, token=token, idle=LASTS, now=NOW)
    return Target({"name": next(each.name for each in sessions if not each.is_this_one)})


def _settings(stage: Stage) -> Target:
    site = stage.store.sites.find("demo")
    assert isinstance(site, Site)
    known = {**fields_of(site), "requires_second_factor": "", "step": "preview", "previewed": ""}
    name = f"The demo news {'again' if site.name.endswith('news') else ''}".strip()
    return Target({"site_key": "demo"}, {**known, "name": name})


def _thread(_stage: Stage) -> Target:
    return Target({"thread_id": 1}, {"wish": "describe", "section": "Politics", "lead": "It began at noon."})


def _preferences(_stage: Stage) -> Target:
    keys = {f"key-{action}": action.value for action in Action}
    return Target({}, {**keys, "keys_on": "yes", "blurs_abuse": "", "language": "en", "wish": ""})


def _export(_stage: Stage) -> Target:
    filters = dict.fromkeys(("site", "moderator", "who", "kind", "since", "until", "comment"), "")
    return Target({}, {**filters, "format": "csv"})


def _receipt(stage: Stage) -> Target:
    accepted = factories.a_held_comment(stage.store)
    return Target({"token": factories.receipt_of(accepted)}, {"text": "Another text."}, who="")


def _rejected_receipt(stage: Stage) -> Target:
    accepted = factories.a_rejected_comment(stage.store)
    return Target({"token": factories.receipt_of(accepted)}, {"appeal": "I insulted nobody."}, who="")


TARGETS: dict[str, Callable[[Stage], Target]] = {
    "review.decide": _decide,
    "review.speak": _speak,
    "review.confirm": _confirm,
    "review.undo": _undo,
    "review.bulk": _bulk,
    "review.decide_campaign": _campaign,
    "review.undo_batch": _undo_batch,
    "review.answer_appeal": _appeal,
    "review.note": _note,
    "review.claim": _claim,
    "review.release": _claim,
    "review.set_role": _person(site="demo", role="viewer"),
    "review.disable": _person(),
    "review.enable": _person(),
    "review.invite": lambda _stage: Target({}, {"site": "demo", "role": "viewer"}),
    "review.revoke": _revoke,
    "review.require_factor": lambda _stage: Target({}, {"site": "other", "required": ""}),
    "review.invitation": _invitation,
    "review.oidc_invitation": _invitation,
    "review.accept_invitation": _accept,
    "review.setup": _setup,
    "review.login": _login,
    "review.oidc_login": _login,
    "review.code": _code("half"),
    "review.remove_factor": _code("cora"),
    "review.renew_codes": _code("cora"),
    "review.second_factor": lambda _stage: Target(
        {}, {"offered": "x", "code": "123456", "password": PASSWORD}, who="eve"
    ),
    "review.password": _password,
    "review.end_session": _session,
    "review.change_site": _settings,
    "review.change_thread": _thread,
    "review.keep_preferences": _preferences,
    "review.trail_export": _export,
    "receipts.change_comment edit": _receipt,
    "receipts.change_comment withdraw": _receipt,
    "receipts.change_comment appeal": _rejected_receipt,
    "receipts.show_receipt": _receipt,
}
