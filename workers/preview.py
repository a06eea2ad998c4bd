"""Try a change of settings on what was decided before. Pure: what must be read or kept in memory is handed in.

What the checks found then is on record, so a new mode or target is only decided again. A new word is looked for in
every text; the other checks read again only texts with a word that is newly allowed, or no longer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from comments.lessons import Past
from comments.preview import ChangedVerdict, Preview
from comments.signal import Signal
from comments.status import Status
from comments.store.records import Site
from comments.store.site_changes import WORD_LISTS
from comments.verdict import Verdict
from workers.checks import CHECKS, blocklist, run_checks
from workers.checks.reading import Reading
from workers.checks.site_words import site_words
from workers.decide import decide
from workers.normalise import Normalised, normalise
from workers.replay import decided_by_moderators, quality_of
from workers.shadow import cast_shadows
from workers.trial import subject_of_lesson

# These saw what is not known any more: the author's past, the door, comments like it.
_NOT_FROM_WORDS = frozenset({"door", "duplicates", "disposable_email", "history"})
_FROM_WORDS = tuple(check for check in CHECKS if check.name not in _NOT_FROM_WORDS)
_BLOCKLIST = tuple(check for check in CHECKS if check.name == blocklist.NAME)

# What the models make of a text under a title, for a site.
Read = Callable[[int, Normalised, str], Reading]


@dataclass(frozen=True, slots=True)
class _Compared:
    past: Past
    moderators: Status | None
    before: Verdict
    after: Verdict


def preview(pasts: Sequence[Past], old: Site, new: Site, read: Read, is_over: Callable[[], bool]) -> Preview:
    """Compare both sites' settings on these comments, until `is_over` says that the time is up."""
    compared = list[_Compared]()
    for past in pasts:
        if is_over():
            break
        compared.append(_compare(past, old, new, read))
    return Preview(
        compared=len(compared),
        left_out=len(pasts) - len(compared),
        changed=tuple(_changed(each) for each in compared if each.before.status is not each.after.status),
        before=quality_of((each.moderators, each.before) for each in compared if each.moderators is not None),
        after=quality_of((each.moderators, each.after) for each in compared if each.moderators is not None),
    )


def _compare(past: Past, old: Site, new: Site, read: Read) -> _Compared:
    before = after = past.signals
    if any(getattr(old, name) != getattr(new, name) for name in WORD_LISTS):
        text, name = normalise(past.lesson.text), normalise(past.lesson.name)
        allowed = tuple(sorted(set(old.allowed_words) ^ set(new.allowed_words)))
        is_touched = bool(allowed) and any(site_words(allowed).are_in(each) for each in (text, name))
        before, after = (_found_again(past, site, text, name, read if is_touched else None) for site in (old, new))
    return _Compared(
        past,
        decided_by_moderators(past.lesson),
        decide(before, old.policy, is_first_time=_is_first_time(past, old)),
        decide(after, new.policy, is_first_time=_is_first_time(past, new)),
    )


def _is_first_time(past: Past, site: Site) -> bool:
    return site.policy.holds_first_time(known_device=past.known_device, known_typed=past.known_typed)


def _found_again(past: Past, site: Site, text: Normalised, name: Normalised, read: Read | None) -> tuple[Signal, ...]:
    """Return what was found then, with what the words say under the site's settings in place of what they said.

    With `read` all the words are read again, without it only the site's own lists.
    """
    subject = subject_of_lesson(past.lesson, site, text, name)
    checks = _BLOCKLIST
    if read is not None:
        subject = replace(subject, reading=read(site.id, subject.normalised, subject.context))
        checks = _FROM_WORDS
    names = {check.name for check in checks}
    kept = (signal for signal in past.signals if signal.check not in names)
    return (*kept, *cast_shadows(run_checks(subject, checks), site.shadow_checks))


def _changed(each: _Compared) -> ChangedVerdict:
    lesson = each.past.lesson
    reasons = each.after.reasons or each.before.reasons
    return ChangedVerdict(
        lesson.comment_id, lesson.text, each.before.status, each.after.status, each.moderators, reasons
    )
