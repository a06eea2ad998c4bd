"""What a WordPress REST client asks of the list of comments: its parameters, its rules for them, its errors.

Nothing that was sent is repeated, and no parameter that could tell whose address an author typed exists.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from comments.store.public_lists import Wanted
from comments.submission import MAX_ID
from service.wordpress_fields import THREAD_KEY_PREFIX

MAX_PER_PAGE = 100
MAX_LISTED = 100
# Every page before the one asked for is read over; whoever wants to go further back asks by date.
MAX_OFFSET = 10_000

_PROTECTED = ("author", "author_exclude", "author_email")
_ORDERS = ("asc", "desc")
_SORTS = ("date", "date_gmt", "id")
_CONTEXTS = ("view", "embed", "edit")


class RestProblem(Exception):  # noqa: N818 - named for what it is, as WordPress's WP_Error is
    """Raised to answer as WordPress does. `params` say what is wrong with each parameter."""

    def __init__(self, status: int, code: str, message: str, params: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.params = dict(params or {})


@dataclass(frozen=True, slots=True)
class Question:
    """A page of the list as it was asked for, in words that can be sent again."""

    posts: tuple[int, ...]
    parents: tuple[int, ...]
    include: tuple[int, ...]
    exclude: tuple[int, ...]
    after: datetime | None
    before: datetime | None
    order: str
    orderby: str
    page: int
    per_page: int
    offset: int | None
    context: str

    def wanted(self, site_id: int) -> Wanted:
        """Return the same as the store knows it."""
        offset = self.per_page * (self.page - 1) if self.offset is None else self.offset
        return Wanted(
            site_id,
            thread_keys=tuple(f"{THREAD_KEY_PREFIX}{post}" for post in self.posts),
            parents=self.parents,
            ids=self.include,
            not_ids=self.exclude,
            after=self.after,
            before=self.before,
            by_id=self.orderby == "id",
            oldest_first=self.order == "asc",
            offset=offset,
            limit=self.per_page,
        )

    def query(self, page: int) -> dict[str, str]:
        """Return the parameters of another page, written anew: nothing else of an address gets into a link."""
        lists = {"post": self.posts, "parent": self.parents, "include": self.include, "exclude": self.exclude}
        query = {name: ",".join(str(each) for each in values) for name, values in lists.items() if values}
        for name, moment in (("after", self.after), ("before", self.before)):
            if moment is not None:
                query[name] = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        rest = {"order": self.order, "orderby": self.orderby, "per_page": self.per_page, "context": self.context}
        usual = {"order": "desc", "orderby": "date_gmt", "per_page": 10, "context": "view"}
        query |= {name: str(value) for name, value in rest.items() if value != usual[name]}
        return query | {"page": str(page)}


class _Reader:
    """Collects what is wrong with the parameters of one request."""

    def __init__(self, sent: Mapping[str, Sequence[str]]) -> None:
        self._sent = sent
        self.wrong: dict[str, str] = {}

    def one(self, name: str) -> str:
        """Return a parameter's last value, as PHP does; empty when it was not sent."""
        return (self._sent.get(name) or [""])[-1].strip()

    def all(self, name: str) -> tuple[str, ...]:
        """Return the values of a list, sent with commas or as `name[]`."""
        sent = [*self._sent.get(name, ())[-1:], *self._sent.get(f"{name}[]", ())]
        return tuple(part.strip() for value in sent for part in value.split(",") if part.strip())

    def number(self, name: str, usual: int, least: int, most: int) -> int:
        typed = self.one(name)
        if not typed:
            return usual
        number = _read_number(typed)
        if number is None:
            self.wrong[name] = f"{name} is not of type integer."
        elif not least <= number <= most:
            self.wrong[name] = f"{name} must be between {least} (inclusive) and {most} (inclusive)"
        else:
            return number
        return usual

    def numbers(self, name: str) -> tuple[int, ...]:
        found = [_read_number(typed) for typed in self.all(name)]
        if len(found) > MAX_LISTED:
            self.wrong[name] = f"{name} must contain at most {MAX_LISTED} items."
        elif None in found:
            self.wrong[name] = f"{name} is not a list of integers."
        else:
            return tuple(dict.fromkeys(each for each in found if each is not None))
        return ()

    def choice(self, name: str, usual: str, choices: Sequence[str]) -> str:
        typed = self.one(name)
        if typed and typed not in choices:
            self.wrong[name] = f"{name} is not one of {', '.join(choices)}."
        return typed if typed in choices else usual

    def moment(self, name: str) -> datetime | None:
        typed = self.one(name)
        if not typed:
            return None
        moment = _read_moment(typed)
        if moment is None:
            self.wrong[name] = "Invalid date."
        return moment


def read_question(sent: Mapping[str, Sequence[str]]) -> Question:
    """Return what was asked for. Raises RestProblem: first for what is not valid, then for what is not public."""
    reader = _Reader(sent)
    if reader.one("search"):
        reader.wrong["search"] = "search is not available: the words of all comments are not searched for readers."
    question = Question(
        posts=reader.numbers("post"),
        parents=reader.numbers("parent"),
        include=reader.numbers("include"),
        exclude=reader.numbers("exclude"),
        after=reader.moment("after"),
        before=reader.moment("before"),
        order=reader.choice("order", "desc", _ORDERS),
        orderby=reader.choice("orderby", "date_gmt", _SORTS),
        page=reader.number("page", 1, 1, MAX_ID),
        per_page=reader.number("per_page", 10, 1, MAX_PER_PAGE),
        offset=reader.number("offset", 0, 0, MAX_OFFSET) if reader.one("offset") else None,
        context=reader.choice("context", "view", _CONTEXTS),
    )
    if question.per_page * (question.page - 1) > MAX_OFFSET:
        reader.wrong["page"] = f"page goes back at most {MAX_OFFSET:,} comments: ask with before for earlier ones."
    if 0 in question.parents and not question.posts:
        reader.wrong["parent"] = "parent=0 is answered for a post."
    if reader.wrong:
        raise invalid(reader.wrong)
    _refuse_protected(reader, question)
    return question


def read_context(sent: Mapping[str, Sequence[str]]) -> str:
    """Return in which context one comment is asked for. Raises RestProblem."""
    reader = _Reader(sent)
    context = reader.choice("context", "view", _CONTEXTS)
    if reader.wrong:
        raise invalid(reader.wrong)
    _refuse_editing(context)
    return context


def invalid(wrong: Mapping[str, str]) -> RestProblem:
    """Return WordPress's answer to parameters that make no sense."""
    return RestProblem(400, "rest_invalid_param", f"Invalid parameter(s): {', '.join(wrong)}", wrong)


def _refuse_protected(reader: _Reader, question: Question) -> None:
    if 0 in question.posts:
        raise RestProblem(401, "rest_cannot_read", "Sorry, you are not allowed to read comments without a post.")
    _refuse_editing(question.context)
    # Whatever stands in them: an answer that differs by the address asked for would give the address away.
    forbidden = [name for name in _PROTECTED if reader.one(name) or reader.all(name)]
    forbidden += [
        name for name, allowed in (("type", "comment"), ("status", "approve")) if _differs(reader, name, allowed)
    ]
    if forbidden:
        raise RestProblem(401, "rest_forbidden_param", f"Query parameter not permitted: {', '.join(forbidden)}")


def _refuse_editing(context: str) -> None:
    if context == "edit":
        raise RestProblem(401, "rest_forbidden_context", "Sorry, you are not allowed to edit comments.")


def _differs(reader: _Reader, name: str, allowed: str) -> bool:
    return any(value not in ("", allowed) for value in (reader.one(name), *reader.all(name)))


def _read_number(typed: str) -> int | None:
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= len(str(MAX_ID))
    number = int(typed) if is_number else None
    return number if number is not None and number <= MAX_ID else None


def _read_moment(typed: str) -> datetime | None:
    """Return an ISO 8601 moment; one without a zone is UTC, in which all times here are."""
    # Python reads week dates and the digits of other scripts too.
    if not typed.isascii() or len(typed) > 40 or "T" not in typed.upper():
        return None
    try:
        moment = datetime.fromisoformat(typed.replace(" ", "+"))  # a plus sign in an address stands for a blank
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
