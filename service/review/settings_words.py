"""How a site's settings are said to editors."""

from collections.abc import Callable, Mapping
from typing import Any

from comments.calibration import Family, Target, calibration
from comments.policy import BurstMode, Mode, ProofMode
from comments.status import Status
from comments.word_list import MAX_ENTRIES, MAX_ENTRY_CHARS, MIN_BEGINNING_CHARS, BadWordList, Fault
from service.language import LANGUAGES, gettext, ngettext


def names() -> dict[str, str]:
    """Return every setting's name."""
    return {
        "name": gettext("Name of the site"),
        "mode": gettext("What waits for a moderator"),
        "hold_at": gettext("Score from which a comment is held"),
        "spam_false_positives": gettext("Clean comments held as spam"),
        "abuse_false_positives": gettext("Clean comments held as abuse"),
        "blocked_words": gettext("Blocked words"),
        "held_words": gettext("Words to look at first"),
        "allowed_words": gettext("Allowed words"),
        "shadow_checks": gettext("Checks on trial"),
        "origins": gettext("Web addresses of the site"),
        "close_after_days": gettext("Close threads"),
        "burst_mode": gettext("When a story is overrun"),
        "rejected_text_days": gettext("Keep the text of rejected comments"),
        "identity_days": gettext("Recognise authors"),
        "requires_second_factor": gettext("Second factor"),
        "language": gettext("Language of our words to readers"),
        "reply_notices": gettext("Write to authors who ask for it"),
        "proof_of_work": gettext("Proof of work by the reader's browser"),
        "contact_url": gettext("Page on which readers reach you"),
    }


def modes() -> dict[Mode, tuple[str, str]]:
    """Return each mode's name and what it means."""
    return {
        Mode.HOLD_DOUBTFUL: (
            gettext("Only what is doubtful"),
            gettext("Clean comments appear at once. A person reads what the checks doubt."),
        ),
        Mode.HOLD_FIRST: (
            gettext("Also first-timers, known by what they type"),
            gettext("As above, and the first comment under each name and address waits."),
        ),
        Mode.HOLD_FIRST_DEVICE: (
            gettext("Also first-timers, known by their device"),
            gettext(
                "As above, and an author's comments wait until one is published. Known is only who asked to have their "
                "device remembered; a rejection ends that."
            ),
        ),
        Mode.HOLD_ALL: (
            gettext("Everything"),
            gettext("No comment appears before a person has read it. Blocked words are still rejected."),
        ),
    }


def mode_warning(value: str) -> str:
    """Return what an editor has to know before choosing this mode; empty when there is nothing."""
    if value != Mode.HOLD_FIRST:
        return ""
    return gettext(
        "Nobody proves that a name and an address are theirs: names are public, addresses can be guessed. Who types "
        "both of somebody published gets past this one wait. What the checks hold or reject stays held or rejected."
    )


def bursts() -> dict[BurstMode, tuple[str, str]]:
    """Return what can be done when a story is overrun, each with what it means."""
    return {
        BurstMode.OFF: (gettext("Nothing"), gettext("However many comments come at once, each is treated as ever.")),
        BurstMode.AUTO: (
            gettext("Read first, by itself"),
            gettext(
                "When far more comments come than this story's and this site's past can explain, all new ones wait "
                "and each author may send one a minute, until it is over. The form tells readers."
            ),
        ),
    }


def proofs() -> dict[ProofMode, tuple[str, str]]:
    """Return when a proof of work can be asked for, each with what it means."""
    return {
        ProofMode.OFF: (gettext("Never"), gettext("A comment is judged by what it says.")),
        ProofMode.BURSTS: (
            gettext("While a story is overrun"),
            gettext("What comes without one then says so on its card."),
        ),
        ProofMode.ALWAYS: (
            gettext("With every comment"),
            gettext(
                "The browser computes for a moment while the reader writes; nobody is asked anything. What comes "
                "without it, as from readers without JavaScript, is not refused: it waits for a moderator."
            ),
        ),
    }


def share(value: float | None) -> str:
    """Return "at most 1 in 100"."""
    if value is None:
        return gettext("as delivered")
    return gettext("at most 1 in %(number)s") % {"number": f"{1 / value:g}"}


def measured(target: Target) -> str:
    """Return what was measured for a target: "held from a score of 0.74; measured 1.0 % (95 % sure: 0.6 % to …)"."""
    words = gettext("held from a score of %(score)s; measured %(share)s (95 %% sure: %(low)s to %(high)s)")
    return words % {
        "score": f"{target.hold_at:.2f}",
        "share": percent(target.measured),
        "low": percent(target.low),
        "high": percent(target.high),
    }


def percent(value: float | None) -> str:
    """Return "1.2 %", a dash for nothing."""
    return "–" if value is None else f"{value * 100:.1f} %"


def target_choices(family: Family) -> list[tuple[str, str, Target]]:
    """Return what can be chosen: the form's value, its words, and what was measured; the delivered one first."""
    known = calibration()
    rows = [(f"{target.share:g}", share(target.share), target) for target in known.targets[family]]
    return [("", share(None), known.shipped[family]), *rows]


def shown(name: str, value: Any) -> str:
    """Return a value as editors read it."""
    choices: dict[str, Callable[[], Mapping[Any, tuple[str, str]]]] = {
        "mode": modes,
        "burst_mode": bursts,
        "proof_of_work": proofs,
    }
    if name in choices:
        return choices[name]()[value][0]  # a StrEnum is found by its value too
    if name.endswith("_false_positives"):
        return share(value)
    if isinstance(value, bool):
        return _choice(name, is_on=value)
    if name.endswith("_days"):
        return gettext("never by themselves") if value is None else _days(value)
    return LANGUAGES.get(str(value), str(value)) if name == "language" else str(value)


def _choice(name: str, *, is_on: bool) -> str:
    if name == "reply_notices":
        return gettext("offered") if is_on else gettext("not offered")
    return gettext("required") if is_on else gettext("everybody's own choice")


def change(name: str, changed: Mapping[str, Any]) -> list[str]:
    """Return what a change changes, in one line or two."""
    if "from" in changed:
        return [f"{shown(name, changed['from'])} → {shown(name, changed['to'])}"]
    said = {"added": gettext("added: %(words)s"), "removed": gettext("taken off: %(words)s")}
    return [words % {"words": ", ".join(changed[key])} for key, words in said.items() if changed[key]]


def status(value: Status | None) -> str:
    """Return what became of a comment, or would."""
    return {
        Status.APPROVED: gettext("published"),
        Status.HELD: gettext("held"),
        Status.REJECTED: gettext("rejected"),
        None: gettext("nobody looked"),
    }[value if value in {Status.APPROVED, Status.HELD, Status.REJECTED} else None]


def faults(bad: BadWordList) -> str:
    """Return what is wrong with a word list, entry by entry."""
    said = {
        Fault.TOO_LONG: gettext("longer than %(number)s characters") % {"number": MAX_ENTRY_CHARS},
        Fault.FORBIDDEN_CHARACTER: gettext("has an invisible control character"),
        Fault.STAR_INSIDE: gettext("a * may stand at the end only; disguised spellings are found by themselves"),
        Fault.SHORT_BEGINNING: gettext("a beginning needs %(number)s letters") % {"number": MIN_BEGINNING_CHARS},
        Fault.TOO_MANY: gettext("use at most %(number)s lines") % {"number": MAX_ENTRIES},
    }
    return "; ".join(f"“{each.entry}”: {said[each.fault]}" if each.entry else said[each.fault] for each in bad.faults)


def _days(value: int) -> str:
    return ngettext("%(number)s day", "%(number)s days", value) % {"number": value}
