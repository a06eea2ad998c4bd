"""The shipped second stage, for the tests that need it."""

from pathlib import Path

import pytest

from workers.second_stage import SecondStage, SecondStageMissing, load_second_stage
from workers.second_stage.scorer import SHIPPED_MODEL


@pytest.fixture(scope="session")
def second_stage() -> SecondStage:
    try:
        return load_second_stage()
    except SecondStageMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def shipped_header() -> Path:
    header = SHIPPED_MODEL.with_suffix(".json")
    if not header.exists():
        pytest.skip(f"{header.name} is not there; the second stage is not shipped")
    return header
