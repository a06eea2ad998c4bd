"""A policy on trial: a site's settings with some of them changed by a TOML file, as replay compares them.

mode = "hold_doubtful"          # every key is optional; what is left out stays as the site has it
hold_at = 0.6
spam_false_positives = 0.01     # targets: hold at most this share of clean comments (replydesk site set --help)
abuse_false_positives = 0.005
blocked_words = ["..."]
held_words = ["..."]
allowed_words = ["..."]
shadow_checks = ["links"]
"""

import tomllib
from dataclasses import replace
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from comments.lessons import Lesson
from comments.policy import Mode
from comments.store.records import Site
from comments.verdict import Verdict
from comments.word_list import BadWordList, check_word_list
from workers.checks.subject import AuthorHistory, Subject
from workers.judge import Opinion
from workers.names import names_in
from workers.normalise import Normalised, normalise
from workers.replay import Judge
from workers.subjects import rules_of, without_allowed

# Replay asks what the words are worth; "the first comment of every author is held" would drown that.
KNOWN_AUTHOR = AuthorHistory(approved=1, is_known=True, device_approved=1)


class BadTrial(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with one line that says what is wrong with the file."""


_LISTS = ("blocked_words", "held_words", "allowed_words", "shadow_checks")


def _checked(words: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return check_word_list(words)
    except BadWordList as bad:
        raise ValueError("; ".join(f"{fault.entry}: {fault.fault}" for fault in bad.faults)) from None


Words = Annotated[tuple[str, ...], AfterValidator(_checked)]


class _Trial(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    mode: Mode | None = None
    hold_at: float | None = Field(None, gt=0, le=1)
    spam_false_positives: float | None = Field(None, gt=0, lt=1)
    abuse_false_positives: float | None = Field(None, gt=0, lt=1)
    blocked_words: Words | None = None
    held_words: Words | None = None
    allowed_words: Words | None = None
    shadow_checks: tuple[str, ...] | None = None


def site_on_trial(site: Site, toml: str) -> Site:
    """Return the site as it would be under the file. Nothing is saved. Raises BadTrial."""
    try:
        trial = _Trial.model_validate(tomllib.loads(toml))
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors(include_input=False))
        raise BadTrial("; ".join(wrong)) from None
    except tomllib.TOMLDecodeError as error:
        raise BadTrial(f"this is no TOML: {error}") from None
    changed = trial.model_dump(exclude_none=True)
    lists = {name: changed.pop(name) for name in _LISTS if name in changed}
    return replace(site, policy=replace(site.policy, version=f"{site.policy.version} on trial", **changed), **lists)


def judge_as(site: Site, opinion: Opinion) -> Judge:
    """Return what the site's settings make of a decided comment, from its words alone.

    The author's history, earlier comments like it and what the door saw are not known any more, so checks that live by
    them say nothing, and no author counts as new.
    """

    def judge(lesson: Lesson) -> Verdict:
        subject = subject_of_lesson(lesson, site, normalise(lesson.text), normalise(lesson.name))
        return opinion(subject, site.policy)

    return judge


def subject_of_lesson(lesson: Lesson, site: Site, text: Normalised, name: Normalised) -> Subject:
    """Return what the checks see of a decided comment under a site's settings. `text` and `name` are normalised."""
    return Subject(
        name=lesson.name,
        text=lesson.text,
        normalised=without_allowed(text, site.allowed_words),
        normalised_name=without_allowed(name, site.allowed_words),
        thread_title=lesson.thread_title,
        thread_names=names_in(lesson.thread_lead),
        rules=rules_of(site),
        history=KNOWN_AUTHOR,
        site_id=site.id,
    )
