"""What fails a run of `make privacy`: a leak, a sink that held nothing, a planted leak nobody saw, a telling time."""

from collections import Counter

from tests.privacy.canaries import Aviary
from tests.privacy.controls import Caught
from tests.privacy.detector import Class, Hit
from tests.privacy.erasure import Left
from tests.privacy.questions import QUESTIONS, Whom
from tests.privacy.report import not_erased, problems_of
from tests.privacy.timing import Sample, Timing, compare
from tests.privacy.verdict import Verdict

SOUND = Timing(2000, 1.0, -1.0, (2.0, 2.1), is_alike=True)


def test_an_empty_sink_a_leak_and_a_missed_plant_are_problems() -> None:
    hit = Hit("JSON", Class.SPELLED, "address as it is")
    verdict = Verdict(scanned={"browser": 0}, empty=["browser"], leaks={("logs", "console"): Counter([hit])})
    told = problems_of("sqlite", verdict, Caught({"a cookie": "", "an ETag": "answers"}, verdict))

    assert len(told) == 3
    assert told[0].startswith("sqlite: logs, console: JSON: spelled")
    assert told[1] == "sqlite: the sink browser was empty"
    assert told[2].endswith("a cookie")
    assert problems_of("sqlite", Verdict(), Caught({"a cookie": "answers"}, verdict)) == []


def test_one_byte_that_is_left_is_a_problem() -> None:
    assert not_erased("sqlite", {"its tables": Left(100, {"text": 0, "name": 1})})
    assert not_erased("sqlite", {"its tables": Left(100, {"text": 0, "name": 0})}) == []


def test_a_time_or_a_shape_that_tells_is_out_of_bounds() -> None:
    assert SOUND.is_within
    assert not Timing(2000, 4.6, 1.0, (2.0, 2.1), is_alike=True).is_within
    assert not Timing(2000, 1.0, -4.6, (2.0, 2.1), is_alike=True).is_within
    assert not Timing(2000, 1.0, 1.0, (2.0, 3.1), is_alike=True).is_within
    assert not Timing(2000, 1.0, 1.0, (2.0, 2.1), is_alike=False).is_within


def test_a_small_difference_is_seen_although_a_few_answers_were_slow() -> None:
    # A tenth of a millisecond in two, and twenty that met another process.
    ours = Sample([0.0021 + number % 7 / 1e5 for number in range(1980)] + [0.5] * 20, {(200,)})
    theirs = Sample([0.0020 + number % 7 / 1e5 for number in range(1980)] + [0.5] * 20, {(200,)})

    timing = compare(ours, theirs)
    assert abs(timing.t) < 1
    assert not timing.is_within


def test_every_door_asks_for_known_unknown_and_banned() -> None:
    assert {question.name for question in QUESTIONS} >= {"post", "post a form", "search by address", "log in"}
    assert all(set(question.kinds) == set(Whom) for question in QUESTIONS)
    assert len({len(Aviary(7).hatch(f"unknown {number}")) for number in range(50)}) == 1, "a length must not tell"
