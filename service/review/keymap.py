"""The desk's single keys: what each does, and how a moderator's own choice is checked."""

from collections.abc import Mapping
from enum import StrEnum

from comments.preferences import Preferences

# They open the lists, one after the other, and are nobody's to give away.
LIST_KEYS = "1234567"


class Action(StrEnum):
    """What a key can do, named by the key it has unless a moderator chooses another."""

    NEXT = "j"
    PREVIOUS = "k"
    APPROVE = "a"
    REJECT = "r"
    SPAM = "s"
    SELECT = "x"
    UNDO = "z"
    NOTE = "n"
    ARTICLE = "o"
    AUTHOR = "u"
    SEARCH = "/"
    EVIDENCE = "e"
    HELP = "?"


# With Shift these act on everything that is selected; Shift with the key of SELECT selects more.
BULK_ACTIONS = frozenset({Action.APPROVE, Action.REJECT, Action.SPAM, Action.SELECT})


class BadKeys(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with one sentence for each action whose key cannot be."""

    def __init__(self, problems: Mapping[Action, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


def keys_of(preferences: Preferences) -> dict[Action, str]:
    """Return the key of every action. A kept choice that makes no sense any more is as if it had not been made."""
    chosen = {action: preferences.keys.get(action, action.value) for action in Action}
    return chosen if not _problems(chosen) else {action: action.value for action in Action}


def chosen_keys(typed: Mapping[Action, str]) -> dict[str, str]:
    """Return what is to be kept of the keys that were typed: those that were changed. Raises BadKeys."""
    keys = {action: typed.get(action, "").strip().lower() or action.value for action in Action}
    problems = _problems(keys)
    if problems:
        raise BadKeys(problems)
    return {action.value: key for action, key in keys.items() if key != action.value}


def _problems(keys: Mapping[Action, str]) -> dict[Action, str]:
    found = {action: _problem(key) for action, key in keys.items()}
    for action, key in keys.items():
        others = [other for other in keys if other is not action and keys[other] == key]
        if others and not found[action]:
            found[action] = "taken"
    return {action: problem for action, problem in found.items() if problem}


def _problem(key: str) -> str:
    """Return why a key cannot be chosen: "list" or "character", and nothing when it can."""
    if key in LIST_KEYS and key:
        return "list"
    is_one = len(key) == 1 and key.isascii() and key.isprintable() and not key.isspace() and not key.isupper()
    return "" if is_one else "character"
