import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from workers.model import Head, ModelDamaged, load_model
from workers.model.first_stage import SHIPPED_HEADER
from workers.model.weights import step_values, to_steps

MAX_SHIPPED_BYTES = 5_000_000


@pytest.fixture
def header(tmp_path: Path) -> Path:
    for suffix in (".json", ".npz"):
        shutil.copy(SHIPPED_HEADER.with_suffix(suffix), tmp_path / f"first_stage{suffix}")
    return tmp_path / "first_stage.json"


def rewrite(header: Path, **changes: object) -> None:
    content = json.loads(header.read_text(encoding="utf-8"))
    header.write_text(json.dumps({**content, **changes}), encoding="utf-8")


def test_the_shipped_files_are_small_enough() -> None:
    sizes = [path.stat().st_size for path in SHIPPED_HEADER.parent.iterdir() if path.is_file()]

    assert sum(sizes) <= MAX_SHIPPED_BYTES


def test_the_shipped_header_says_what_the_weights_were_made_from() -> None:
    header = json.loads(SHIPPED_HEADER.read_text(encoding="utf-8"))

    assert {source for rows in header["rows"].values() for source in rows} == set(header["licences"])
    assert header["seed"] == 7


def test_a_copy_loads_as_the_same_version(header: Path) -> None:
    assert load_model(header).version == load_model().version


def test_missing_weights_are_named(header: Path) -> None:
    header.with_suffix(".npz").unlink()

    with pytest.raises(ModelDamaged, match=r"first_stage\.npz is missing"):
        load_model(header)


def test_a_missing_header_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelDamaged, match=r"absent\.json is missing"):
        load_model(tmp_path / "absent.json")


def test_one_changed_byte_is_noticed(header: Path) -> None:
    weights = header.with_suffix(".npz")
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(bytes(content))

    with pytest.raises(ModelDamaged, match="SHA-256 differs"):
        load_model(header)


def test_a_header_that_is_not_json_is_refused(header: Path) -> None:
    header.write_text("{", encoding="utf-8")

    with pytest.raises(ModelDamaged, match="not JSON"):
        load_model(header)


@pytest.mark.parametrize("content", ["[]", "{}", '{"format": 99}'])
def test_a_header_of_another_format_is_refused(header: Path, content: str) -> None:
    header.write_text(content, encoding="utf-8")

    with pytest.raises(ModelDamaged, match="format 1"):
        load_model(header)


def test_weights_for_another_hashing_pass_are_refused(header: Path) -> None:
    rewrite(header, features={"bits": 12})

    with pytest.raises(ModelDamaged, match="another version"):
        load_model(header)


def test_a_header_without_bands_is_refused(header: Path) -> None:
    rewrite(header, bands={"no such head": {}})

    with pytest.raises(ModelDamaged, match="do not fit together"):
        load_model(header)


def test_a_header_without_a_version_is_refused(header: Path) -> None:
    content = json.loads(header.read_text(encoding="utf-8"))
    del content["version"]
    header.write_text(json.dumps(content), encoding="utf-8")

    with pytest.raises(ModelDamaged, match="do not fit together"):
        load_model(header)


def test_holding_starts_below_rejecting() -> None:
    stage = load_model()

    for head in (Head.ABUSE, Head.SPAM):
        assert 0 < stage.bands(head).hold_at < stage.bands(head).reject_at <= 1


def test_steps_keep_a_weight_within_two_percent_of_the_largest() -> None:
    weights = np.linspace(-3, 3, 200).reshape(100, 2)

    steps, scales = to_steps(weights)

    restored = step_values()[steps.view(np.uint8)] * scales
    assert np.abs(restored - weights).max() <= 0.02 * 3
