"""`make dist` looks into what it has built: the wheel has all files of the packages and no other, the sdist all."""

import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
PACKAGES = ("comments", "service", "workers", "ops", "demo")
# One of each kind that Python would not miss until somebody asks for it.
WITNESSES = (
    "comments/migrations/script.py.mako",
    "comments/migrations/versions/0001_first_schema.py",
    "service/static/tokens.css",
    "service/static/review/desk.js",
    "service/templates/review/queue.html",
    "service/translations/yo/LC_MESSAGES/readers.po",
    "workers/model/first_stage.npz",
    "workers/second_stage/model.onnx",
)


def main(folder: Path) -> int:
    """Look into the one wheel and the one sdist of a folder, and say what is wrong."""
    [wheel], [sdist] = folder.glob("*.whl"), folder.glob("*.tar.gz")
    wrong = [*differences(wheel_files(wheel), files_kept(*PACKAGES)), *not_in(sdist_files(sdist), files_kept())]
    for built in (wheel, sdist):
        print(f"{built.name}: {built.stat().st_size / 2**20:.1f} MiB")
    for each in wrong:
        print(each)
    return 1 if wrong else 0


def files_kept(*folders: str) -> set[str]:
    """Return what git keeps in the folders, or all of it, with what it would keep once it is added."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *folders]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return set(filter(None, told.stdout.split("\0")))


def wheel_files(wheel: Path) -> set[str]:
    """Return the files of a wheel but those that describe it."""
    with zipfile.ZipFile(wheel) as opened:
        return {name for name in opened.namelist() if ".dist-info/" not in name}


def sdist_files(sdist: Path) -> set[str]:
    """Return the files of an sdist without its first folder."""
    with tarfile.open(sdist) as opened:
        return {str(PurePosixPath(*PurePosixPath(name).parts[1:])) for name in opened.getnames()}


def differences(built: set[str], kept: set[str]) -> Iterable[str]:
    """Yield a line for each file that is missing, and for each that nobody keeps."""
    yield from not_in(built, kept | set(WITNESSES))
    yield from (f"nobody keeps {name}" for name in sorted(built - kept))


def not_in(built: set[str], kept: set[str]) -> Iterable[str]:
    """Yield a line for each file that is missing."""
    yield from (f"missing: {name}" for name in sorted(kept - built))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
