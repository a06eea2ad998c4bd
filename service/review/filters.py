"""The filters of a list: what their form sends, the one address it means, and what each may be set to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from flask import url_for

from comments.queue_query import Queue, QueueQuery, orders_of, parse_query
from comments.reasons import Reason
from comments.signal import Category
from comments.store.cards_records import Choice, Filters
from service.language import gettext
from service.review import finding_words
from service.review.queue_words import order_name
from service.review.words import language_name

AFTER = "after"
# One list of choices in the form stands for two arguments of the address.
_WHY, _AGE = "why", "age"
_SCORES = ("0.5", "0.8", "0.95")


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a filter."""

    value: str
    name: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    """One filter as a list of choices, the first of which filters nothing."""

    name: str
    label: str
    options: tuple[Option, ...]


def read_filters(arguments: Mapping[str, str], queue: Queue) -> QueueQuery:
    """Read an address or what the form of the filters sent."""
    return parse_query({**arguments, **_unfolded(arguments)}, queue)


def is_plain(arguments: Mapping[str, str]) -> bool:
    """Say whether an address is fit to be shared: without empty arguments and without the form's own."""
    return all(arguments.values()) and not {_WHY, _AGE} & set(arguments)


def address(query: QueueQuery, after: str | None = None) -> str:
    """Return the address of a list with its filters, from a place in it on."""
    place = {AFTER: after} if after else {}
    arguments = query.arguments(with_queue=False) | place
    if query.queue is Queue.REVIEW:
        return url_for("review.queue", **arguments)  # type: ignore[arg-type]  # all of them are strings
    return url_for("review.list", queue=query.queue.value, **arguments)  # type: ignore[arg-type]  # as above


def in_list(queue: Queue, query: QueueQuery | None = None) -> QueueQuery:
    """Return a list in its own order: the whole of it, or with the filters of a query."""
    return replace(query or QueueQuery(), queue=queue, order=orders_of(queue)[0])


def selects(query: QueueQuery, found: Filters) -> tuple[Select, ...]:
    """Return the filters that have something to choose from, as they are set."""
    return tuple(select for select in _all_selects(query, found) if len(select.options) > 1)


def _all_selects(query: QueueQuery, found: Filters) -> Iterator[Select]:
    story = "" if query.thread_id is None else str(query.thread_id)
    score = "" if query.min_score is None else f"{query.min_score:g}"
    # One site alone is no choice.
    sites = found.sites if len(found.sites) > 1 or query.site_key else ()
    yield _select("site", gettext("Site"), query.site_key, _pairs(sites))
    yield _select("section", gettext("Section"), query.section, ((name, name) for name in found.sections))
    yield _select("story", gettext("Story"), story, _pairs(found.stories))
    yield _select(_WHY, gettext("Why"), _why(query), (*_reasons(query, found), *_checks(found)))
    yield _select("language", gettext("Language"), query.language, _languages(found.languages))
    yield _select("min_score", gettext("Risk"), score, ((each, _at_least(each)) for each in _SCORES))
    yield _select(_AGE, gettext("Age"), _age(query), _ages())
    names = ((order.value, order_name(order)) for order in orders_of(query.queue))
    yield Select("order", gettext("Order"), _options(query.order.value, names))


def _select(name: str, label: str, chosen: str, values: Iterable[tuple[str, str]]) -> Select:
    known = [(value, words) for value, words in values if value]
    # What stands in the address stays in the form, even when nothing in the list has it.
    if chosen and chosen not in dict(known):
        known.append((chosen, chosen.rpartition(":")[2]))
    nothing = [("", gettext("all"))] if known else []
    return Select(name, label, _options(chosen, [*nothing, *known]))


def _options(chosen: str, values: Iterable[tuple[str, str]]) -> tuple[Option, ...]:
    return tuple(Option(value, words, value == chosen) for value, words in values)


def _pairs(choices: Iterable[Choice]) -> list[tuple[str, str]]:
    return [(choice.value, choice.name or gettext("an article without a title")) for choice in choices]


def _languages(codes: Iterable[str]) -> list[tuple[str, str]]:
    return sorted(((code, language_name(code)) for code in codes), key=lambda named: named[1])


def _reasons(query: QueueQuery, found: Filters) -> list[tuple[str, str]]:
    """Name what was found, or in the list of the rejected the reason that was given."""
    if query.queue is Queue.REJECTED:
        given = [Reason(code) for code in found.reasons if code in set(Reason)]
        return [(f"reason:{code}", finding_words.reason(code)) for code in given]
    categories = [Category(code) for code in found.reasons if code in set(Category)]
    return [(f"reason:{code}", finding_words.category(code)) for code in categories]


def _checks(found: Filters) -> list[tuple[str, str]]:
    named = gettext("check: %(name)s")
    return [(f"check:{name}", named % {"name": finding_words.check(name)}) for name in found.checks]


def _at_least(score: str) -> str:
    return gettext("%(score)s or more") % {"score": score}


def _ages() -> list[tuple[str, str]]:
    return [
        ("max:60", gettext("under an hour")),
        ("min:60", gettext("over an hour")),
        ("min:1440", gettext("over a day")),
        ("min:10080", gettext("over a week")),
    ]


def _why(query: QueueQuery) -> str:
    return f"check:{query.check}" if query.check else f"reason:{query.reason}" if query.reason else ""


def _age(query: QueueQuery) -> str:
    if query.min_age_minutes is not None:
        return f"min:{query.min_age_minutes}"
    return "" if query.max_age_minutes is None else f"max:{query.max_age_minutes}"


def _unfolded(arguments: Mapping[str, str]) -> dict[str, str]:
    """Return the arguments that the form's own ones stand for."""
    unfolded: dict[str, str] = {}
    if _WHY in arguments:
        kind, _, value = arguments[_WHY].partition(":")
        unfolded |= {"check": value if kind == "check" else "", "reason": value if kind == "reason" else ""}
    if _AGE in arguments:
        kind, _, value = arguments[_AGE].partition(":")
        unfolded |= {"min_age": value if kind == "min" else "", "max_age": value if kind == "max" else ""}
    return unfolded
