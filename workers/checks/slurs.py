"""Slurs, dehumanising comparisons, insults aimed at somebody, and swearing, by our own short lists.

Rule: a word of the article's title, or a name in its lead, is what people talk about, not evidence.
"""

import re
from collections.abc import Iterator
from functools import cache

from comments.signal import Category, Signal, Span, Weight
from workers.checks.evidence import count_of, limited, span_of_words
from workers.checks.lists import compile_pattern, phrases, read_list
from workers.checks.phrases import Found, PhraseBook
from workers.checks.subject import Subject
from workers.normalise import normalise

NAME, VERSION = "slurs", "2"
_NEAR_WORDS = 5  # how far from an insult the "you" may stand that it is aimed at
_GROUP_AS_VERMIN = """
_(?:{GROUP}_(?:people_|tribe_|men_|women_|nation_|race_|folks_)?
(?:are_|is_|na_|be_|dem_|all_|just_|like_|nothing_but_|worse_than_|really_|only_|simply_|a_|the_|bunch_of_|pack_of_
|no_better_than_|bloody_|stupid_){1,6}{VERMIN}
|(?:you|these|those|dem|filthy|dirty|stinking)_{GROUP}_{VERMIN}|{VERMIN}_called_(?:the_)?{GROUP})_
"""


def check(subject: Subject) -> tuple[Signal, ...]:
    """Return holds for slurs and dehumanising words, soft signals for insults and swearing."""
    return tuple(_signals(subject))


def _signals(subject: Subject) -> Iterator[Signal]:
    found = _without_context(_book().find(subject.normalised), (subject.thread_title, *subject.thread_names))
    slurs = _spans(subject, [item for item in found if item.label == "slur"])
    if slurs:
        detail = count_of(len(slurs), "slur")
        yield Signal(NAME, VERSION, Category.IDENTITY_ATTACK, 0.8, Weight.HOLD, detail, slurs)
    vermin = limited(_vermin(subject))
    if vermin:
        detail = "a group of people likened to animals or a disease"
        yield Signal(NAME, VERSION, Category.IDENTITY_ATTACK, 0.8, Weight.HOLD, detail, vermin)
    yield from _insults(subject, found)
    profanity = _spans(subject, [item for item in found if item.label == "profanity"])
    if profanity:
        score = min(0.3 + 0.1 * (len(profanity) - 1), 0.6)
        detail = count_of(len(profanity), "swear word")
        yield Signal(NAME, VERSION, Category.PROFANITY, score, Weight.SOFT, detail, profanity)


def _insults(subject: Subject, found: list[Found[str]]) -> Iterator[Signal]:
    insults = [item for item in found if item.label.endswith("insult")]
    if not insults:
        return
    you = {item.words[0].start for item in found if item.label == "addressed"}
    is_aimed = any(item.label == "aimed_insult" or _is_near(subject, item, you) for item in insults)
    spans = _spans(subject, insults)
    is_mild = all(item.label == "mild_insult" for item in insults)
    score = (0.15 if is_mild else 0.3) + (0.2 if is_aimed else 0.0) + 0.15 * (len(spans) - 1)
    detail = f"{count_of(len(spans), 'insulting word')}{', said to somebody' if is_aimed else ''}"
    yield Signal(NAME, VERSION, Category.INSULT, min(score, 0.8), Weight.SOFT, detail, spans)


def _is_near(subject: Subject, item: Found[str], starts_of_you: set[int]) -> bool:
    words = subject.normalised.words()
    first = words.index(item.words[0])
    near = words[max(0, first - _NEAR_WORDS) : first + len(item.words) + _NEAR_WORDS]
    return any(word.start in starts_of_you for word in near)


def _vermin(subject: Subject) -> Iterator[Span]:
    line = subject.normalised.bare_line
    for match in _group_as_vermin().finditer(line.text):
        yield span_of_words(subject.normalised, line.words_between(*match.span()))


def _without_context(found: tuple[Found[str], ...], context: tuple[str, ...]) -> list[Found[str]]:
    if not any(context) or not found:
        return list(found)
    lines = [normalise(words).line.text for words in context]
    return [item for item in found if item.label == "addressed" or not any(f" {item.text} " in line for line in lines)]


def _spans(subject: Subject, items: list[Found[str]]) -> tuple[Span, ...]:
    return limited(span_of_words(subject.normalised, item.words) for item in items)


@cache
def _book() -> PhraseBook[str]:
    lists = read_list("slurs")
    labels = ("addressed", "profanity", "mild_insult", "insult", "aimed_insult", "slur")
    return PhraseBook({phrase: label for label in labels for phrase in phrases(lists[label])}, ignore_marks=True)


@cache
def _group_as_vermin() -> re.Pattern[str]:
    vermin = "|".join(phrases(read_list("slurs")["vermin"])).replace(" ", "_")
    return compile_pattern(_GROUP_AS_VERMIN, {**read_list("threats")["shorthands"], "VERMIN": vermin})
