"""A policy on trial: a site's settings with some of them changed by a TOML file, as replay compares them.

mode = "hold_doubtful"          # every key is optional; what is left out stays as the site has it
hold_at = 0.6
blocked_words = ["..."]
held_words = ["..."]
shadow_checks = ["links"]
"""

import tomllib
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from comments.lessons import Lesson
from comments.policy import Mode
from comments.store.records import Site
from comments.verdict import Verdict
from workers.checks.subject import AuthorHistory, Subject
from workers.judge import Opinion
from workers.normalise import normalise
from workers.replay import Judge
from workers.subjects import rules_of

# Replay asks what the words are worth; "the first comment of every author is held" would drown that.
KNOWN_AUTHOR = AuthorHistory(approved=1)


class BadTrial(Exception):  # noqa: N818 - named for what it says, as in STYLE.md
    """Raised with one line that says what is wrong with the file."""


class _Trial(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    mode: Mode | None = None
    hold_at: float | None = Field(None, gt=0, le=1)
    blocked_words: tuple[str, ...] | None = None
    held_words: tuple[str, ...] | None = None
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
    policy = replace(
        site.policy,
        mode=site.policy.mode if trial.mode is None else trial.mode,
        hold_at=site.policy.hold_at if trial.hold_at is None else trial.hold_at,
        version=f"{site.policy.version} on trial",
    )
    lists = trial.model_dump(include={"blocked_words", "held_words", "shadow_checks"}, exclude_none=True)
    return replace(site, policy=policy, **lists)


def judge_as(site: Site, opinion: Opinion) -> Judge:
    """Return what the site's settings make of a decided comment, from its words alone.

    The author's history, earlier comments like it and what the door saw are not known any more, so checks that live by
    them say nothing, and no author counts as new.
    """

    def judge(lesson: Lesson) -> Verdict:
        subject = Subject(
            name=lesson.name,
            text=lesson.text,
            normalised=normalise(lesson.text),
            normalised_name=normalise(lesson.name),
            thread_title=lesson.thread_title,
            rules=rules_of(site),
            history=KNOWN_AUTHOR,
            site_id=site.id,
        )
        return opinion(subject, site.policy)

    return judge
