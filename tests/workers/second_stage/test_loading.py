"""What is missing and what is damaged is told apart, and nothing is loaded before it is asked for."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from workers.second_stage import SecondStageDamaged, SecondStageMissing, load_second_stage
from workers.second_stage.header import FORMAT

CONTENT = b"not a graph"
HEADER = {
    "format": FORMAT,
    "version": "test",
    "sha256": hashlib.sha256(CONTENT).hexdigest(),
    "max_pieces": 96,
    "heads": ["abuse"],
    "calibration": {"abuse": {"slope": 1.0, "offset": 0.0}},
    "bands": {"hold_at": 0.5, "reject_at": 0.9},
    "pieces": ["[PAD]", "[UNK]", "[CLS]", "[SEP]"],
}


def _model(folder: Path, **changes: object) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(CONTENT)
    path.with_suffix(".json").write_text(json.dumps({**HEADER, **changes}), encoding="utf-8")
    return path


def test_importing_the_package_does_not_load_the_runtime() -> None:
    told = "import sys, workers.second_stage; sys.exit('onnxruntime' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", told], check=False).returncode == 0


def test_a_missing_header_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SecondStageMissing, match=r"model\.json is not there"):
        load_second_stage(tmp_path / "model.onnx")


def test_a_missing_model_is_missing(tmp_path: Path) -> None:
    path = _model(tmp_path)
    path.unlink()
    with pytest.raises(SecondStageMissing, match=r"model\.onnx is not there"):
        load_second_stage(path)


def test_a_missing_runtime_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(SecondStageMissing, match="onnxruntime is not installed"):
        load_second_stage(_model(tmp_path))


def test_an_altered_model_is_damaged(tmp_path: Path) -> None:
    path = _model(tmp_path)
    path.write_bytes(CONTENT + b"!")
    with pytest.raises(SecondStageDamaged, match="SHA-256"):
        load_second_stage(path)


def test_a_header_that_is_no_json_is_damaged(tmp_path: Path) -> None:
    path = _model(tmp_path)
    path.with_suffix(".json").write_bytes(b"\xff{")
    with pytest.raises(SecondStageDamaged, match="cannot be read"):
        load_second_stage(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": FORMAT + 1},
        {"calibration": {}},
        {"heads": 5},
        {"max_pieces": "many"},
        {"bands": {}},
        {"pieces": None},
    ],
)
def test_a_header_that_does_not_fit_is_damaged(tmp_path: Path, changes: dict[str, object]) -> None:
    with pytest.raises(SecondStageDamaged):
        load_second_stage(_model(tmp_path, **changes))


def test_a_file_that_is_no_graph_is_damaged(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed: replydesk[second-stage]")
    with pytest.raises(SecondStageDamaged, match="refuses the model"):
        load_second_stage(_model(tmp_path))
