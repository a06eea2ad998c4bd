"""What `up` says when everything runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

LABEL_CHARS = 17


@dataclass(frozen=True, slots=True)
class Welcome:
    """Where everything is. `setup_token` makes the first moderator, None when there is one."""

    base: str
    setup_token: str | None
    log_directory: Path | None
    is_demo: bool


def print_welcome(console: Console, welcome: Welcome) -> None:
    """Print one line for each address, none of them cut or broken, so that a terminal can follow it."""
    console.print(Text("Replydesk is running", style="bold green"))
    for label, said in _lines(welcome):
        console.print(Text(f"  {label:<{LABEL_CHARS}}", style="bold") + Text(said), soft_wrap=True)


def _lines(welcome: Welcome) -> Iterator[tuple[str, str]]:
    base = welcome.base
    if welcome.is_demo:
        yield "article", f"{base}/"
    if welcome.setup_token is None:
        yield "review desk", f"{base}/review/"
    else:
        yield "first moderator", f"{base}/review/setup/{welcome.setup_token}"
        yield "", "(once, within 15 minutes; later: replydesk moderator add)"
    yield "health", f"{base}/readyz"
    if welcome.is_demo:
        yield "sample replies", f"python -m ops demo replies --url {base}"
    if welcome.log_directory:
        yield "logs", str(welcome.log_directory)
    yield "stop", "Ctrl+C"
