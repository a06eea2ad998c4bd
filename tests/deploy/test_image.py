"""The image: without the second stage it has all that is imported and none of what is not."""

import re
import subprocess
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from service.language import LANGUAGES
from tests.deploy.reading import DOCKERFILE

LOCK = DOCKERFILE.parent / "requirements/run.lock"
PINNED = re.compile(r"^([a-z0-9-]+)==", re.MULTILINE)


def test_what_goes_with_the_second_stage_is_what_only_it_needs(tmp_path: Path) -> None:
    [command] = re.findall(r"sed -i -E '([^']+)'", DOCKERFILE.read_text())
    lock = tmp_path / "run.lock"
    lock.write_bytes(LOCK.read_bytes())

    subprocess.run(["sed", "-i", "-E", command, str(lock)], check=True)

    kept, all_of_them = set(PINNED.findall(lock.read_text())), set(PINNED.findall(LOCK.read_text()))
    only_needed_there = needed_by("replydesk", "postgres", "second-stage") - needed_by("replydesk", "postgres")
    assert "onnxruntime" in only_needed_there, "else this proves nothing"
    assert all_of_them - kept == only_needed_there
    assert lock.read_text().count("--hash=") > len(kept)
    assert not re.search(r"^    --hash.*[^\\]\n    --hash", lock.read_text(), re.MULTILINE)


def needed_by(package: str, *extras: str) -> set[str]:
    """Return what a package and its extras need, however far."""
    needed: set[str] = set()
    open_ends = [(package, extras)]
    while open_ends:
        name, wanted = open_ends.pop()
        for line in requires(name) or ():
            requirement = Requirement(line)
            if any(_applies(requirement, extra) for extra in ("", *wanted)):
                found = str(canonicalize_name(requirement.name))
                if found not in needed:
                    needed.add(found)
                    open_ends.append((found, tuple(requirement.extras)))
    return needed


def _applies(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def test_the_languages_of_the_product_need_no_other_languages_data() -> None:
    from babel import localedata

    for code in {*LANGUAGES, "en_GB"}:
        assert localedata.exists(code)
        assert localedata.load(code)["months"]


def test_the_image_for_backups_is_run_like_the_other() -> None:
    _, backup, usual = DOCKERFILE.read_text().split("FROM scratch")
    same = ("ENV", "WORKDIR", "USER", "VOLUME", "ENTRYPOINT")

    said = [re.findall(rf"^({'|'.join(same)}) ((?:.*\\\n)*.*)$", stage, re.MULTILINE) for stage in (backup, usual)]

    assert [name for name, _ in said[0]] == list(same)
    assert said[0] == said[1]
    assert backup.startswith(" AS backup\n"), "the last stage is what is built by default"
