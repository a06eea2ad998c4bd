"""`replydesk moderator`: the people who decide."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from comments.roles import Grant, Role
from comments.store import Store
from comments.store.moderators import LoginTaken
from comments.store.people import LastAdmin
from comments.store.records import Moderator
from ops.clock import utc_now
from ops.opened import opened_store
from ops.problems import Problem
from ops.sites import find_site
from service.auth.passwords import hash_password, login_problem, password_problem, tidy_login

app = typer.Typer(no_args_is_help=True, help="The people who decide. Passwords are read from a prompt or stdin.")

Login = Annotated[str, typer.Argument(help="Letters, digits, dots or dashes; an email address is not needed.")]
SiteKey = Annotated[str, typer.Option(help="The key of the site they may do it on; default: every site.")]


@app.command("add")
def add(
    login: Login,
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.MODERATOR,
    site: SiteKey = "",
) -> None:
    """Add a moderator."""
    login = tidy_login(login)
    wrong = login_problem(login)
    if wrong:
        raise Problem(wrong)
    with opened_store() as store:
        if store.moderators.find(login) is not None:
            raise Problem(f"there is a moderator {login} already; a new password: replydesk moderator reset {login}")
        site_id, now = _site_id(store, site), utc_now()
        password_hash = hash_password(ask_password(login))
        try:
            made = store.moderators.add(login, password_hash, grants=[Grant(role, site_id)], now=now)
        except LoginTaken:
            raise Problem(f"there is a moderator {login} already") from None
        detail = {"moderator_id": made.id, "role": role.value}
        store.events.add(site_id, None, "moderator added", detail, now)
    Console().print(f"Added {login}.", markup=False)


@app.command("list")
def show() -> None:
    """List the moderators with their roles."""
    table = Table("Login", "May log in", "Second factor", "Roles", box=None)
    with opened_store() as store:
        sites = {site.id: site.key for site in store.sites.all()}
        for moderator in store.moderators.all():
            roles = ", ".join(
                grant.role.value if grant.site_id is None else f"{grant.role.value} on {sites[grant.site_id]}"
                for grant in moderator.grants
            )
            may, factor = ("no" if moderator.is_disabled else "yes"), ("yes" if moderator.has_second_factor else "no")
            table.add_row(moderator.login, may, factor, roles)
    Console().print(table)


@app.command("role")
def change_role(
    login: Login,
    role: Annotated[Role | None, typer.Argument(help="What they may do.")] = None,
    site: SiteKey = "",
    none: Annotated[bool, typer.Option("--none", help="Take the role there away.")] = False,
) -> None:
    """Give a moderator a role on a site, or on every site, or take it away; at work at once."""
    if (role is None) != none:
        raise Problem("say either a role or --none")
    with opened_store() as store:
        moderator = _find(store, login)
        site_id = _site_id(store, site)
        try:
            store.people.set_role(moderator.id, site_id, role, made_by_id=None, now=utc_now())
        except LastAdmin:
            raise Problem(f"{moderator.login} is the last admin there; make somebody else one first") from None
    where = site or "every site"
    said = (
        f"{moderator.login} has no role on {where} now." if role is None else f"{moderator.login}: {role} on {where}."
    )
    Console().print(said, markup=False)


@app.command("disable")
def disable(
    login: Login,
    undo: Annotated[bool, typer.Option("--undo", help="Let them log in again.")] = False,
) -> None:
    """Keep a moderator out and end all their sessions; what they decided stays."""
    with opened_store() as store:
        moderator = _find(store, login)
        try:
            store.people.set_disabled(moderator.id, disabled=not undo, made_by_id=None, now=utc_now())
        except LastAdmin:
            raise Problem(f"{moderator.login} is the last admin; make somebody else one first") from None
    Console().print(f"{moderator.login} {'may log in again' if undo else 'is kept out'}.", markup=False)


@app.command("reset")
def reset(
    login: Login,
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="Remove the second factor of a lost phone; the password stays.")
    ] = False,
) -> None:
    """Give a moderator a new password, or remove a lost second factor, and end all their sessions."""
    with opened_store() as store:
        moderator = _find(store, login)
        if second_factor:
            store.second_factors.remove(moderator.id, made_by_id=None, now=utc_now())
            said = f"{moderator.login} has no second factor any more; every session has ended."
        else:
            store.moderators.set_password(moderator.id, hash_password(ask_password(moderator.login)))
            store.events.add(None, None, "password reset", {"moderator_id": moderator.id}, utc_now())
            said = f"{moderator.login} has a new password; every session has ended."
    Console().print(said, markup=False)


def ask_password(login: str) -> str:
    """Read a new password: twice from a terminal, else one line of stdin. Raises Problem."""
    if sys.stdin.isatty():
        password: str = typer.prompt("New password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    wrong = password_problem(password, login=login)
    if wrong:
        raise Problem(wrong)
    return password


def _find(store: Store, login: str) -> Moderator:
    moderator = store.moderators.find(tidy_login(login))
    if moderator is None:
        raise Problem(f"there is no moderator {tidy_login(login)}; see: replydesk moderator list")
    return moderator


def _site_id(store: Store, key: str) -> int | None:
    return find_site(store, key).id if key else None
