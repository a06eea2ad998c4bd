"""Compile what a start imports: with a read-only root nothing could keep it later, and the rest would only be weight.

Each role is imported in a process of its own, as it is at a start; Python writes the files beside the sources.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROLES = (
    "ops.cli, ops.alive, ops.up, ops.backup, ops.restore, ops.doctor, ops.notifier, ops.postgres_tools",
    "ops.web, ops.wsgi, ops.bridge, ops.listener, demo.post_replies",
    "workers.crew, workers.opinion, workers.reader, workers.second_opinion, ops.replay",
    "comments.migrations, alembic.command, sqlalchemy.dialects.sqlite, sqlalchemy.dialects.postgresql.psycopg",
)


def main(image: Path) -> None:
    """Compile in `image`, whose files stand as they will in the container."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for modules in ROLES:
        command = ["/app/venv/bin/python", "-c", f"import {modules}"]
        subprocess.run(["chroot", str(image), *command], env=environment, check=True)
    migrations = image / "app/comments/migrations"  # found by their folder, not imported by name
    subprocess.run([sys.executable, "-m", "compileall", "-q", "-s", str(image), str(migrations)], check=True)
    shutil.rmtree(image / "root", ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
