"""`replydesk notifier`: write to authors who asked to be told of replies, and make the keys for that."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from comments.contact import load_sealing_key
from comments.opening import create_keys, load_opening_key
from comments.settings import EmailMode, Settings, load_settings
from comments.store import open_store
from comments.store.leases import NOTIFIER
from ops.clock import utc_now
from ops.logs import configure_logs
from ops.opened import require_tables
from ops.problems import Problem
from service.language import catalogue_of
from workers.heartbeat import Heartbeat, Pulse
from workers.mail.smtp import SmtpServer
from workers.notices.letters import Desk
from workers.notices.notifier import Notifier
from workers.notifications_file import load_notifications, smtp_server
from workers.process_name import new_process_name
from workers.stop_flag import StopFlag

PRIVATE_KEY, PUBLIC_KEY = "notice-private.pem", "notice-public.pem"

app = typer.Typer(help="Write to authors who asked to be told of replies.")


@app.callback(invoke_without_command=True)
def run(context: typer.Context) -> None:
    """Run the notifier, the one process that opens sealed addresses. SIGTERM or Ctrl+C stops it."""
    if context.invoked_subcommand is not None:
        return
    settings = load_settings()
    configure_logs(settings.log_level)
    require_tables(settings)  # the root key is no business of this process
    desk = open_desk(settings)
    stop = StopFlag()
    store = open_store(settings.database)
    name = new_process_name()
    try:
        Notifier(store, desk, name, Heartbeat(store, NOTIFIER + name, Pulse(), utc_now)).run(stop.wait)
    finally:
        store.close()


@app.command()
def keygen(
    directory: Annotated[Path | None, typer.Argument(help="Where to write both; default: the data directory.")] = None,
) -> None:
    """Make the pair of keys: the private one for the notifier alone, the public one for everybody else."""
    folder = directory or load_settings().data_dir
    kid = create_keys(folder / PRIVATE_KEY, folder / PUBLIC_KEY)
    Console().print(f"Made {folder / PRIVATE_KEY} and {folder / PUBLIC_KEY} (key id {kid}).", markup=False)
    Console().print("Keep the private key where the web server cannot read it; without it no address can be opened.")


def open_desk(settings: Settings) -> Desk:
    """Return what the notifier writes with. Raises Problem, KeyFileProblem or BadNotifications with what is missing."""
    if settings.email_mode is not EmailMode.SEALED:
        raise Problem("nobody is written to: set REPLYDESK_EMAIL_MODE=sealed first (docs/notifications.md)")
    if settings.notice_private_key_file is None:
        raise Problem("set REPLYDESK_NOTICE_PRIVATE_KEY_FILE; make a pair of keys: replydesk notifier keygen")
    server = mail_server(settings)
    if server is None:
        raise Problem("name the mail server: a table [smtp] in the file of REPLYDESK_NOTIFICATIONS_FILE")
    key = load_opening_key(settings.notice_private_key_file)
    if settings.notice_public_key_file is not None and load_sealing_key(settings.notice_public_key_file).kid != key.kid:
        raise Problem("REPLYDESK_NOTICE_PUBLIC_KEY_FILE and REPLYDESK_NOTICE_PRIVATE_KEY_FILE are not of one pair")
    return Desk(key, server, (settings.public_url or "").rstrip("/"), catalogue_of, utc_now)


def mail_server(settings: Settings) -> SmtpServer | None:
    """Return where mail is handed in, None when none is named. Raises BadNotifications."""
    return smtp_server(load_notifications(settings.notifications_file))
