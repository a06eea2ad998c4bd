"""Read a checker's answer. It is somebody else's JSON: anything but exactly what was agreed is no answer."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from comments.signal import NOT_OF_THE_COMMENT, Category, Field, Signal, Span, Weight
from workers.external.question import CheckerFailed, Question

VERSION = "1"
MAX_SPANS = 20
MAX_DETAIL_CHARS = 200
CATEGORIES = {category.value: category for category in Category if category not in NOT_OF_THE_COMMENT}
_ADDRESS = re.compile(r"\S+@\S+")


def read_answer(content: bytes, question: Question, name: str, weight: Weight) -> Signal:
    """Return the answer as a signal. Raises CheckerFailed."""
    try:
        answer = json.loads(content, parse_constant=_refuse)
        return Signal(
            check=f"external:{name}",
            version=VERSION,
            category=CATEGORIES[answer["category"]],
            score=_score(answer["score"]),
            weight=weight,
            detail=_detail(answer, name),
            spans=_spans(answer.get("spans", []), question),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise CheckerFailed("its answer is not what was agreed") from None


def failure(name: str, why: str) -> Signal:
    """Return what holds a comment whose checker gave no answer."""
    detail = f"the check “{name}” could not tell ({why})"
    return Signal(f"external:{name}", VERSION, Category.ERROR, 1.0, Weight.HOLD, detail)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity are not JSON


def _score(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError("score")
    if not 0 <= value <= 1:
        raise ValueError("score")
    return float(value)


def _detail(answer: Mapping[str, Any], name: str) -> str:
    said = answer.get("detail", "")
    if not isinstance(said, str):
        raise TypeError("detail")
    plain = " ".join("".join(char if char.isprintable() else " " for char in said).split())
    shown = _ADDRESS.sub("[address]", plain)[:MAX_DETAIL_CHARS].rstrip(" .")
    category = str(answer["category"]).replace("_", " ")
    return f"the check “{name}” calls it {category}: {shown}" if shown else f"the check “{name}” calls it {category}"


def _spans(found: object, question: Question) -> tuple[Span, ...]:
    if not isinstance(found, list) or len(found) > MAX_SPANS:
        raise TypeError("spans")
    return tuple(_span(span, question) for span in found)


def _span(found: Mapping[str, Any], question: Question) -> Span:
    start, end, field = found["start"], found["end"], Field(found.get("field", "text"))
    if type(start) is not int or type(end) is not int:
        raise TypeError("span")
    length = len(question.text if field is Field.TEXT else question.name)
    if not 0 <= start < end <= length:
        raise ValueError("span")
    return Span(start, end, field)
