"""`replydesk replay`: what another policy would have made of comments that moderators have decided."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from comments.quality import Quality
from comments.settings import Settings
from comments.store import open_store
from comments.store.records import Site
from ops.problems import Problem
from workers.opinion import opinion_of_process
from workers.reader import load_models
from workers.replay import Change, ReplayReport, replay
from workers.second_opinion import SecondOpinion
from workers.trial import BadTrial, judge_as, site_on_trial

MOST_CHANGES_SHOWN = 40


def run(settings: Settings, site_key: str, last: int, policy: Path | None) -> None:
    """Compare the site's policy with the one on trial over its last decided comments. Nothing is changed."""
    store = open_store(settings.database)
    try:
        site = store.sites.find(site_key)
        if site is None:
            raise Problem(f"there is no site {site_key}; see: replydesk site list")
        opinion = opinion_of_process(load_models(SecondOpinion(settings.second_stage)), store)
        trial = judge_as(_on_trial(site, policy), opinion)
        report = replay(store.learning.lessons(site.id, limit=last), judge_as(site, opinion), trial)
    finally:
        store.close()
    show(report, Console())


def _on_trial(site: Site, policy: Path | None) -> Site:
    if policy is None:
        return site
    try:
        return site_on_trial(site, policy.read_text(encoding="utf-8"))
    except OSError as error:
        raise Problem(f"{policy.name} cannot be read: {error.strerror}") from None
    except (BadTrial, UnicodeDecodeError) as error:
        raise Problem(f"{policy.name}: {error}") from None


def show(report: ReplayReport, console: Console) -> None:
    """Print the report: how both policies do, which checks speak, and what would change."""
    console.print(f"{report.compared} comments compared, {report.skipped} without a decision that stands.")
    table = Table("", "Caught rightly", "Caught wrongly", "Missed", "Let pass", "Precision", "Recall", box=None)
    table.add_row("now", *_cells(report.before))
    table.add_row("on trial", *_cells(report.after))
    console.print(table)
    checks = Table("Check", "Now", "of them rejected", "On trial", "of them rejected", box=None)
    for check in report.checks:
        name = f"{check.check} (shadow)" if check.is_shadow else check.check
        counts = (check.before, check.before_rejected, check.after, check.after_rejected)
        checks.add_row(name, *map(str, counts))
    console.print(checks)
    for change in report.changes[:MOST_CHANGES_SHOWN]:
        console.print(_line(change), markup=False, highlight=False)
    if len(report.changes) > MOST_CHANGES_SHOWN:
        console.print(f"… and {len(report.changes) - MOST_CHANGES_SHOWN} more changes.")
    if not report.changes:
        console.print("Nothing would change.")


def _cells(quality: Quality) -> tuple[str, ...]:
    counts = (quality.caught_rightly, quality.caught_wrongly, quality.missed, quality.let_pass)
    return (*map(str, counts), _percent(quality.precision), _percent(quality.recall))


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _line(change: Change) -> str:
    sign = "+" if change.is_better else "-"
    why = " ".join(change.reasons_after or change.reasons_before)
    return f"{sign} #{change.comment_id}: {change.before} → {change.after}, moderators: {change.moderators}. {why}"
