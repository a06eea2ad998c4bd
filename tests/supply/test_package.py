"""The wheel that is built has every file of the packages: templates, styles, catalogues, migrations, models."""

import zipfile
from email.parser import Parser
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

from tests.supply.package import PACKAGES, ROOT, differences, files_kept, wheel_files


def test_the_wheel_has_what_is_kept_and_nothing_else(tmp_path: Path) -> None:
    # given, when
    [wheel] = WheelBuilder(str(ROOT)).build(directory=str(tmp_path))

    # then
    kept = files_kept(*PACKAGES)
    assert len(kept) > 500, "else this proves nothing"
    assert not list(differences(wheel_files(Path(wheel)), kept))

    # and it starts the command, and says under which terms it and what it holds of others are given
    with zipfile.ZipFile(wheel) as opened:
        [folder] = {name.split("/")[0] for name in opened.namelist() if ".dist-info/" in name}
        assert "replydesk = ops.cli:main" in opened.read(f"{folder}/entry_points.txt").decode()
        described = Parser().parsestr(opened.read(f"{folder}/METADATA").decode())
        assert described.get_all("License-File") == ["LICENSE", "NOTICE"]


def test_what_is_missing_and_what_nobody_keeps_is_named() -> None:
    kept = files_kept(*PACKAGES)

    found = list(differences(kept - {"service/static/tokens.css"} | {"service/static/draft.css"}, kept))

    assert found == ["missing: service/static/tokens.css", "nobody keeps service/static/draft.css"]
