"""The opinion on a comment: what models and checks found, and what it adds up to under the site's policy."""

from dataclasses import replace

from comments.policy import Policy
from comments.store import Store
from comments.verdict import Verdict
from workers.checks import run_checks
from workers.checks.subject import Subject
from workers.decide import decide, held_back
from workers.judge import Opinion
from workers.learning.learner import SiteLearner
from workers.reader import Models, Reader
from workers.shadow import cast_shadows


def opinion(subject: Subject, policy: Policy) -> Verdict:
    """Return the verdict. Pure: the same subject under the same policy gets the same verdict."""
    signals = cast_shadows((*run_checks(subject), *subject.external), subject.rules.shadow_checks)
    is_first_time = policy.holds_first_time(
        known_device=subject.history.device_approved > 0, known_typed=subject.history.is_known
    )
    verdict = decide(signals, policy, is_first_time=is_first_time, is_burst=subject.is_burst)
    return held_back(verdict) if subject.history.is_banned else verdict


def informed(reader: Reader) -> Opinion:
    """Return an opinion that has the models read every text first."""

    def read_and_judge(subject: Subject, policy: Policy) -> Verdict:
        reading = reader.read(subject.site_id, subject.normalised, subject.context)
        return opinion(replace(subject, reading=reading), policy)

    return read_and_judge


def opinion_of_process(models: Models, store: Store) -> Opinion:
    """Return the opinion of one worker process, with what each site taught."""
    return informed(Reader(models, SiteLearner(store.learning, models.version)))
