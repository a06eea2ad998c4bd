"""The command line: `replydesk …`."""

import os
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from comments.settings import Settings, load_settings
from ops import audit, bans, digests, exporting, importing, keys, moderators, notifier, privacy, sites, webhooks
from ops.logs import configure_logs
from ops.opened import require_checkers, require_database, require_ready
from ops.prepare import prepare, take_back
from ops.problems import Problem, told_in_one_line

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Comment moderation for news sites. Settings come from REPLYDESK_* variables; see docs/operations.md.",
)
app.add_typer(sites.app, name="site")
app.add_typer(moderators.app, name="moderator")
app.add_typer(audit.app, name="audit")
app.add_typer(webhooks.app, name="webhook")
app.command("import")(importing.bring)
app.command("export")(exporting.export)
app.add_typer(digests.app, name="digest")
app.add_typer(notifier.app, name="notifier")
app.add_typer(privacy.app, name="privacy")
app.add_typer(bans.app, name="ban")
app.add_typer(keys.app, name="key")
demo = typer.Typer(no_args_is_help=True, help="The demo newspaper.")
app.add_typer(demo, name="demo")

Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on.")]
Journals = Annotated[
    list[Path] | None,
    typer.Option(
        "--erasures",
        exists=True,
        dir_okay=False,
        readable=True,
        help="An erasure journal kept elsewhere, or a log of the workers; read beside the one here. May be repeated.",
    ),
]


def main() -> None:
    """Run one command; an expected failure is told in one line."""
    with told_in_one_line():
        app()


@app.command()
def up(
    host: Host = None,
    port: Port = None,
    data: Annotated[Path | None, typer.Option(help="Where database, key and logs live.")] = None,
    workers: Annotated[int | None, typer.Option(help="Worker processes.")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Add the demo newspaper at /.")] = False,
) -> None:
    """Run everything on this machine: Valkey, web, workers. Ctrl+C stops it."""
    from ops.up import up as run  # noqa: PLC0415 - the other commands start faster without it

    run(_settings(host=host, port=port, data_dir=data, workers=workers), is_demo=demo)


@app.command()
def web(host: Host = None, port: Port = None) -> None:
    """Run the web server alone."""
    from ops.up import require_free_port  # noqa: PLC0415 - the other commands start faster without it
    from ops.web import serve  # noqa: PLC0415 - as above

    settings = _settings(host=host, port=port)
    configure_logs(settings.log_level)
    require_ready(settings)
    require_free_port(settings.host, settings.port)
    # Granian's processes read the settings for themselves.
    os.environ |= {"REPLYDESK_HOST": settings.host, "REPLYDESK_PORT": str(settings.port)}
    serve(settings)


@app.command()
def worker(workers: Annotated[int | None, typer.Option(help="Worker processes.")] = None) -> None:
    """Run the workers and the sweeper alone."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a pool of threads in every worker would fight over the cores
    from workers.crew import Crew  # noqa: PLC0415 - numpy must not come before the line above
    from workers.opinion import opinion_of_process  # noqa: PLC0415 - as above
    from workers.reader import load_models  # noqa: PLC0415 - as above
    from workers.second_opinion import SecondOpinion  # noqa: PLC0415 - as above

    settings = _settings(workers=workers)
    configure_logs(settings.log_level)
    if settings.redis is None:
        raise Problem("set REPLYDESK_REDIS_URL, or run everything with: replydesk up")
    require_ready(settings)
    require_checkers(settings)
    models = load_models(SecondOpinion(settings.second_stage))
    models.second.warm_up()
    Crew(settings, partial(opinion_of_process, models), is_blind=models.first is None).run()


@app.command()
def listener(
    web: Annotated[bool, typer.Option(help="Count the web server of this machine among the parts.")] = True,
) -> None:
    """Answer with metrics and detailed health on the operator's own port; `up` starts it."""
    from ops.listener import listen  # noqa: PLC0415 - the other commands start faster without it

    settings = _settings()
    configure_logs(settings.log_level)
    require_database(settings)
    listen(settings, asks_web=web)


@app.command()
def replay(
    site: Annotated[str, typer.Option(help="Key of the site.")],
    last: Annotated[int, typer.Option(min=1, max=10_000, help="How many of the comments decided last.")] = 500,
    policy: Annotated[
        Path | None, typer.Option(help="TOML file with what to change; none: the policy as it is.")
    ] = None,
) -> None:
    """Try another policy on comments that moderators have decided; nothing is changed."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from ops.replay import run  # noqa: PLC0415 - numpy must not come before the line above

    settings = _settings()
    require_ready(settings)
    configure_logs("error")
    run(settings, site, last, policy)


@app.command()
def embed(
    site: Annotated[str, typer.Option(help="Key of the site.")],
    url: Annotated[str | None, typer.Option(help="Where readers reach this service; default: public_url.")] = None,
) -> None:
    """Print what a site copies into its pages, and the lines of its content policy."""
    from ops.embed import print_snippet  # noqa: PLC0415 - the other commands start faster without Flask

    print_snippet(_settings(), site, url)


@app.command()
def migrate(
    back_to: Annotated[
        str | None, typer.Option(help="An earlier revision, for going back to the code before; stop everything first.")
    ] = None,
) -> None:
    """Make the data directory and the root key if need be, and bring the database up to date."""
    settings = load_settings()
    if back_to is not None:
        changed = take_back(settings, back_to)
        Console().print(f"The database is at revision {back_to} {'now' if changed else 'already'}.")
        return
    changed = prepare(settings)
    Console().print("The database is up to date now." if changed else "The database was up to date.")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it; a new file.")],
) -> None:
    """Save the database into one file while the service runs. The root key is not in it: keep that apart."""
    from ops.backup import back_up  # noqa: PLC0415 - the other commands start faster without it

    saved = back_up(load_settings(), file)
    rows = sum(table.rows for table in saved.tables.values())
    Console().print(f"Saved {rows} rows of {len(saved.tables)} tables. The root key is not in the file.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What `replydesk backup` wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Replace what is in the database.")] = False,
    erasures: Journals = None,
) -> None:
    """Put a backup back, check every table against what was saved, migrate, and erase again. Stop the service first."""
    from ops.restore import restore as put_back  # noqa: PLC0415 - the other commands start faster without it

    restored, erased_again = put_back(load_settings(), file, force=force, journals=erasures or ())
    rows = sum(table.rows for table in restored.tables.values())
    Console().print(
        f"Restored {rows} rows of {len(restored.tables)} tables as they were saved at {restored.made_at}. "
        f"Erased again, by the erasure journal: {erased_again} comments."
    )


@app.command()
def drill(
    file: Annotated[Path | None, typer.Argument(help="A backup to try; none: one is made now, and not kept.")] = None,
    in_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    erasures: Journals = None,
) -> None:
    """Restore a backup beside the running service and hold it against what was saved; exit code 1 at any difference."""
    from ops.drill import drill as try_out  # noqa: PLC0415 - the other commands start faster without it
    from ops.drill_report import show  # noqa: PLC0415 - as above

    raise typer.Exit(0 if show(try_out(load_settings(), file, erasures or ()), in_json=in_json) else 1)


@app.command()
def doctor() -> None:
    """Check settings, files, database, Redis and workers, and say how to mend what is wrong."""
    from ops.doctor import examine  # noqa: PLC0415 - the other commands start faster without it

    raise typer.Exit(0 if examine() else 1)


@app.command()
def status(
    in_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    web: Annotated[bool, typer.Option(help="Count the web server of this machine among the parts.")] = True,
) -> None:
    """Show how everything stands now; exit code 0 when all is well."""
    from ops.status import show  # noqa: PLC0415 - the other commands start faster without it

    raise typer.Exit(0 if show(in_json=in_json, asks_web=web) else 1)


@demo.command("replies")
def demo_replies(
    url: Annotated[str, typer.Option(help="Where the service runs.")] = "http://127.0.0.1:8000",
) -> None:
    """Post the sample replies and show what became of each."""
    from demo.post_replies import main as post  # noqa: PLC0415 - the other commands start faster without it

    raise typer.Exit(post(url))


def _settings(**given: Any) -> Settings:
    return load_settings(**{name: value for name, value in given.items() if value is not None})
