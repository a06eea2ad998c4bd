"""PostgreSQL's programs get an address without its secrets, which come to them by another way."""

import shutil
from pathlib import Path

import pytest

from ops.postgres_tools import connection_string, run_tool
from ops.problems import Problem
from tests.servers.postgres import Postgres, find_binaries

# Writes what it was given into a file beside itself.
PROGRAM = """#!/bin/sh
cd "$(dirname "$0")"
printf '%s\\n' "$@" > arguments
printf '%s\\n' "$PGPASSWORD" > password
if [ -n "$PGSERVICEFILE" ]; then cat "$PGSERVICEFILE" > services; echo "$PGSERVICE" >> services; fi
"""


@pytest.fixture
def dump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pg_dump that notes what it was given, by the folder of its notes."""
    program = tmp_path / "pg_dump"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ada:geheim@db.example:5433/news?sslmode=require",
        "postgresql://db.example:5433/news?user=ada&password=geheim&sslmode=require",
        "postgresql://ada:old@db.example:5433/news?password=geheim&sslmode=require",
    ],
)
def test_a_password_is_on_no_command_line_wherever_it_stands(dump: Path, url: str) -> None:
    run_tool("pg_dump", ["--format=custom"], url)

    arguments = (dump / "arguments").read_text()
    assert (dump / "password").read_text() == "geheim\n"
    assert "user='ada'" in arguments, "else this proves nothing"
    assert "sslmode='require'" in arguments
    assert "geheim" not in arguments
    assert not (dump / "services").exists()


def test_the_word_for_a_client_s_certificate_is_on_no_command_line(dump: Path) -> None:
    run_tool("pg_dump", [], "postgresql://ada@db.example/news?sslkey=/etc/ada.key&sslpassword=geheim%20wort")

    assert "sslkey='/etc/ada.key'" in (dump / "arguments").read_text()
    assert "geheim" not in (dump / "arguments").read_text()
    assert (dump / "services").read_text() == "[replydesk]\nsslpassword=geheim wort\nreplydesk\n"


def test_a_secret_beside_a_service_of_the_operator_s_has_no_way(dump: Path) -> None:
    with pytest.raises(Problem, match="write sslpassword into the service file") as told:
        run_tool("pg_dump", [], "postgresql:///news?service=news&sslpassword=geheim")

    assert "geheim" not in str(told.value)
    assert "geheim" not in connection_string("postgresql:///news?service=news&sslpassword=geheim")


def test_the_real_program_takes_it(
    postgres: Postgres, postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{find_binaries()}:/usr/bin:/bin")
    assert shutil.which("pg_dump"), "else this proves nothing"

    run_tool("pg_dump", [f"--file={tmp_path / 'dump'}"], f"{postgresql_url}&sslpassword=geheim")

    assert "CREATE TABLE public.comments" in (tmp_path / "dump").read_text()
