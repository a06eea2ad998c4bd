"""`replydesk moderator`: the people who decide."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from comments.roles import Grant, Role
from comments.store.moderators import LoginTaken
from ops.clock import utc_now
from ops.opened import opened_store
from ops.problems import Problem
from ops.sites import find_site
from service.auth.passwords import hash_password, login_problem, password_problem, tidy_login

app = typer.Typer(no_args_is_help=True, help="The people who decide. Passwords are read from a prompt or stdin.")

Login = Annotated[str, typer.Argument(help="Letters, digits, dots or dashes; an email address is not needed.")]


@app.command("add")
def add(
    login: Login,
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.MODERATOR,
    site: Annotated[str, typer.Option(help="The key of the site they may do it on; default: every site.")] = "",
) -> None:
    """Add a moderator."""
    login = tidy_login(login)
    wrong = login_problem(login)
    if wrong:
        raise Problem(wrong)
    with opened_store() as store:
        if store.moderators.find(login) is not None:
            raise Problem(f"there is a moderator {login} already; a new password: replydesk moderator reset {login}")
        site_id = find_site(store, site).id if site else None
        password_hash = hash_password(ask_password(login))
        try:
            store.moderators.add(login, password_hash, grants=[Grant(role, site_id)], now=utc_now())
        except LoginTaken:
            raise Problem(f"there is a moderator {login} already") from None
    Console().print(f"Added {login}.", markup=False)


@app.command("list")
def show() -> None:
    """List the moderators."""
    table = Table("Login", "May log in", box=None)
    with opened_store() as store:
        for moderator in store.moderators.all():
            table.add_row(moderator.login, "no" if moderator.is_disabled else "yes")
    Console().print(table)


@app.command("reset")
def reset(login: Login) -> None:
    """Give a moderator a new password and end all their sessions."""
    login = tidy_login(login)
    with opened_store() as store:
        moderator = store.moderators.find(login)
        if moderator is None:
            raise Problem(f"there is no moderator {login}; see: replydesk moderator list")
        store.moderators.set_password(moderator.id, hash_password(ask_password(login)))
    Console().print(f"{login} has a new password; every session has ended.", markup=False)


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
