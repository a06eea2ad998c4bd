"""Gather what the image needs, and nothing else, under one folder: the image then starts from an empty one.

Runs inside the build, on the base image's own Python. What a shell, a package manager or a compiler would need is not
brought; libraries are those that the linker names for the files that are.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from service.language import LANGUAGES

APP = Path("/app")
USER = "replydesk:x:10001:10001::/data:/nonexistent\n"
GROUP = "replydesk:x:10001:\n"
# Inside /app and the standard library: what nothing of ours can reach.
LEFT_OUT = re.compile(
    r"""
    /(tests?|testing|idlelib|tkinter|turtledemo|ensurepip|lib2to3|pydoc_data|config-[^/]+)(/|$)
    | /site-packages/(pip|setuptools|numpy/(f2py|distutils))(/|$)
    | /dist-packages(/|$)
    | /sqlalchemy/dialects/(mysql|oracle|mssql)(/|$)   # settings allow SQLite and PostgreSQL alone
    | /pygments/(lexers|styles)/[a-z]\w*\.py$          # rich brings it; no code is shown
    | \.(pyi|h|c|pxd|pyx|a|f90)$
    """,
    re.VERBOSE,
)
# Babel's data of a language is asked for where the page speaks it.
LOCALE = re.compile(r"/babel/locale-data/([a-z]+)[^/]*\.dat$")
ETC = (
    "/etc/nsswitch.conf",
    "/etc/os-release",
    "/etc/ld.so.cache",
    "/etc/ssl/openssl.cnf",
    "/etc/ssl/certs/ca-certificates.crt",
)
# The C library loads it by name when a thread ends early.
BY_NAME = ("libgcc_s.so.1",)
OPEN_TO_ALL, PRIVATE = 0o1777, 0o700


def main(image: Path) -> None:
    """Fill `image`, which is empty."""
    for directory in ("bin", "lib", "lib64"):
        if Path("/", directory).is_symlink():  # as Debian has them since it merged them with those in /usr
            usr = Path("/", directory).readlink()
            (image / usr).mkdir(parents=True)
            (image / directory).symlink_to(usr)
    bring(APP, image)  # and the interpreter, which links in it lead to
    bring(Path(sysconfig.get_path("stdlib")), image)
    for library in sorted(libraries(image)):
        bring(library, image)
    for path in ETC:
        if Path(path).exists():
            bring(Path(path), image)
    make_place(image)


def libraries(image: Path) -> set[Path]:
    """Return the shared libraries outside /app that what was brought is linked to, and the linker itself."""
    programs = [str(path) for path in image.rglob("*") if path.is_file() and is_elf(path)]
    told = subprocess.run(["ldd", *programs], capture_output=True, text=True, check=False).stdout
    found = {Path(path) for path in re.findall(r"(?:=> |^\s+)(/\S+) \(0x", told, re.MULTILINE)}
    known = {path for path in found if not path.is_relative_to(image) and not path.is_relative_to(APP)}
    folders = {path.parent for path in known}
    return known | {folder / name for folder in folders for name in BY_NAME if (folder / name).exists()}


def is_elf(path: Path) -> bool:
    """Say whether the linker has something to say about a file."""
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def bring(path: Path, image: Path) -> None:
    """Copy a file with the links that lead to it, or a folder without what is left out."""
    target = image / path.relative_to("/")
    if path.is_symlink():
        bring(Path(os.path.normpath(path.parent / path.readlink())), image)
        if not target.is_symlink():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(path.readlink())
    elif path.is_dir():
        for each in sorted(path.iterdir()):
            if not is_left_out(each):
                bring(each, image)
    elif not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)


def is_left_out(path: Path) -> bool:
    """Say whether a file or folder has no business in the image."""
    locale = LOCALE.search(str(path))
    return bool(LEFT_OUT.search(str(path)) or (locale and locale[1] not in {"root", *LANGUAGES}))


def make_place(image: Path) -> None:
    """Make what a base image would have: a user without rights, and the two places that are written to."""
    (image / "etc/passwd").write_text("root:x:0:0::/:/nonexistent\n" + USER)
    (image / "etc/group").write_text("root:x:0:\n" + GROUP)
    for directory, mode in (("tmp", OPEN_TO_ALL), ("data", PRIVATE)):
        (image / directory).mkdir()
        (image / directory).chmod(mode)
    os.chown(image / "data", 10001, 10001)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
