"""An unpacked image, run as `docker run --read-only --tmpfs /tmp --cap-drop ALL --volume DIR:/data` runs it.

Stands in for `python -m ops` in the tests (`REPLYDESK_UNDER_TEST`): root file system read-only, /tmp fresh, the image's
own user, entry point and environment, no way to gain rights; the processes have numbers of their own and the first is
ours. Needs root, Linux and util-linux, but no container engine. The network is the machine's: a browser finds the port.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import Any

USAGE = "usage: python tests/deploy/inside.py IMAGE.json up --demo --port N --data DIR"
# Numbers of processes and mounts of our own; nothing is left when the first process ends.
NAMESPACES = ("unshare", "--mount", "--pid", "--fork", "--kill-child=SIGKILL", "--propagation", "private")
FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def main() -> int:
    """Run the command in the image and return how it ended."""
    if len(sys.argv) < 3:
        sys.exit(USAGE)
    image, *words = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="replydesk-image-") as root:
        process = subprocess.Popen(
            ["setpriv", "--no-new-privs", *NAMESPACES, sys.executable, __file__, "--in", image, root, *words]
        )
        for number in FORWARDED:
            signal.signal(number, lambda number, _: _forward(process.pid, number))
        return process.wait()


def _forward(unshare: int, number: int, frame: FrameType | None = None) -> None:
    for child in Path(f"/proc/{unshare}/task/{unshare}/children").read_text().split():
        os.kill(int(child), number)


def enter(image: dict[str, Any], root: Path, words: list[str]) -> None:
    """Become the first process of the container. Does not return."""
    user, group = map(int, image["user"].split(":"))
    inside, data = _data_of(words)
    environment = image["environment"] | _settings()
    _lay_out(Path(image["root"]), root)
    _mount("--rbind", "/dev", root / "dev")
    _mount("-t", "proc", "proc", root / "proc")
    _mount("-t", "tmpfs", "-o", "mode=1777", "tmpfs", root / "tmp")
    if data:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.chown(data, user, group)
        _mount("--bind", data, root / "data")
    environment |= _given_files(environment, root / "tmp", user, group)
    _mount("-o", "remount,ro", root)
    os.chroot(root)
    os.chdir(image["folder"])
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)
    os.execvpe(image["entrypoint"][0], [*image["entrypoint"], *inside], environment)  # noqa: S606 - no shell in there


def _lay_out(image: Path, root: Path) -> None:
    """Put the image's files into an empty root, read-only, beside the places that every container has."""
    _mount("-t", "tmpfs", "-o", "mode=0755", "tmpfs", root)
    for each in sorted(image.iterdir()):
        place = root / each.name
        if each.is_symlink():
            place.symlink_to(each.readlink())
        elif each.is_dir():
            place.mkdir()
            _mount("--bind", each, place)
            _mount("-o", "remount,bind,ro", place)
    for name in ("dev", "proc", "tmp", "data"):
        (root / name).mkdir(exist_ok=True)


def _data_of(words: list[str]) -> tuple[list[str], Path | None]:
    """Return the words as they are said inside, and the folder outside that is /data in there."""
    if "--data" not in words:
        return words, None
    place = words.index("--data") + 1
    return [*words[:place], "/data", *words[place + 1 :]], Path(words[place]).absolute()


def _settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("REPLYDESK_")}


def _given_files(environment: dict[str, str], folder: Path, user: int, group: int) -> dict[str, str]:
    """Hand in the files that settings name, as secrets are: for this user alone."""
    moved: dict[str, str] = {}
    for name, value in environment.items():
        if name.startswith("REPLYDESK_") and name.endswith("_FILE") and Path(value).is_file():
            copy = shutil.copyfile(value, folder / name.lower())
            copy.chmod(0o600)
            shutil.chown(copy, user, group)
            moved[name] = f"/tmp/{name.lower()}"  # noqa: S108 - the container's own
    return moved


def _mount(*words: str | Path) -> None:
    subprocess.run(["mount", *words], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--in"]:
        enter(json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3]), sys.argv[4:])
    sys.exit(main())
