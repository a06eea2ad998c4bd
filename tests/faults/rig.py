"""One run of the rig: an installation under load, one kind of fault again and again, then the judgement."""

import contextlib
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg

from tests.faults.catalogue import FAULTS, Fault
from tests.faults.installation import Installation, Shape, is_valkey_up, running_installation
from tests.faults.journal import Evidence, Journal, count_promises, read_evidence
from tests.faults.judge import Findings, judge
from tests.faults.keeper import wait_for
from tests.faults.ledger import count_pending, damage, read_ledger
from tests.faults.reader import Reader
from tests.faults.stage import Stage
from tests.faults.texts import CANARY_DOMAIN
from tests.faults.witness import EVERYTHING_SENT

# From healing to a final state, for every comment.
SETTLE_SECONDS = 120.0
# From healing to the next accepted comments.
RECOVERY_SECONDS = 40.0
PROGRESS = 3
RATE_PER_SECOND = 60.0
WITNESS_ENDS_SECONDS = 60.0
LAST_WORDS_SECONDS = 10.0
# When all is decided the watcher still reads every thread it watches at least twice.
LAST_LOOK_SECONDS = 1.0
MAX_RESIDENT_BYTES = 700 * 1024 * 1024
MAX_DESCRIPTORS = 400


@dataclass(frozen=True)
class Plan:
    """What to run. The same plan gives the same faults at the same moments, as far as a machine can."""

    fault: str
    cycles: int
    seed: int
    database: str = "sqlite"
    replicas: int = 1
    rate: float = RATE_PER_SECOND
    web: str = "ops"
    worker: str = ""
    broken: str = ""
    judge_every: int = 0
    least_cycles: int = 0
    lasts_seconds: float = float("inf")

    def command(self) -> str:
        """Return how to run it again."""
        return (
            f"python -m tests.faults run {self.fault} --cycles {self.cycles} --seed {self.seed} "
            f"--database {self.database} --replicas {self.replicas} --rate {self.rate:g}"
        )


@dataclass
class Outcome:
    """One row of the table, and what it rests on."""

    plan: Plan
    findings: Findings = field(default_factory=Findings)
    cycles: int = 0
    kills: int = 0
    seconds: float = 0.0
    settled_seconds: float = 0.0
    recovery_seconds: float = 0.0
    answer_p99_milliseconds: float = 0.0
    seen_public: int = 0

    @property
    def is_sound(self) -> bool:
        """Whether every promise was kept."""
        return not self.findings.problems


def run(plan: Plan) -> Outcome:
    """Run a plan. The installation is gone afterwards; what went wrong is in the outcome's findings."""
    began, outcome = time.monotonic(), Outcome(plan)
    fault = FAULTS[plan.fault]
    with running_installation(_shape(plan, fault)) as running:
        journal = Journal(running.evidence, "rig")
        with _witness(plan, running) as end_sending:
            trouble = _cycles(plan, fault, running, journal, outcome)
            end_sending()
            trouble += _settle(running, outcome)
            time.sleep(LAST_LOOK_SECONDS)
        journal.close()
        evidence = read_evidence(running.evidence)
        trouble += _soundness(running)
        outcome.findings = _judged(running, evidence, clocks_agree=fault.clocks_agree)
        outcome.findings.problems.extend(trouble)
        if not outcome.is_sound:
            outcome.findings.problems.extend(_what_broke(running))
        outcome.answer_p99_milliseconds = _p99(evidence)
        outcome.seen_public = len({sighting.id for sighting in evidence.sightings})
    outcome.seconds = time.monotonic() - began
    return outcome


def _shape(plan: Plan, fault: Fault) -> Shape:
    broken = {"REPLYDESK_RIG_BROKEN": plan.broken} if plan.broken else {}
    return replace(
        fault.shape,
        database=plan.database,
        webs=plan.replicas,
        workers=plan.replicas,
        web=plan.web,
        worker=plan.worker or fault.shape.worker,
        environment={**fault.shape.environment, **broken},
    )


def _cycles(plan: Plan, fault: Fault, running: Installation, journal: Journal, outcome: Outcome) -> list[str]:
    """Strike and heal, again and again. Returns what kept it from healing."""
    ends_at = time.monotonic() + plan.lasts_seconds
    for cycle in range(plan.cycles):
        chance = random.Random(f"{plan.seed}/{plan.fault}/{cycle}")
        stage = Stage(running, journal, chance, plan.seed, cycle)
        try:
            fault.strike(stage)
            _heal(running, outcome)
        except (TimeoutError, AssertionError) as error:
            return [f"cycle {cycle}: {error}; {plan.command()}"]
        finally:
            outcome.cycles, outcome.kills = cycle + 1, outcome.kills + stage.kills
        is_caught = plan.judge_every and (cycle + 1) % plan.judge_every == 0 and not _is_sound_so_far(running)
        if is_caught or (time.monotonic() > ends_at and cycle + 1 >= plan.least_cycles):
            break
    return []


def _heal(running: Installation, outcome: Outcome) -> None:
    """Wait until comments are accepted again, and note how long that took."""
    healed_at, before = time.monotonic(), count_promises(running.evidence)
    wait_for("Valkey takes writes", lambda: is_valkey_up(running), seconds=RECOVERY_SECONDS)
    wait_for("the web servers answer", running.is_answering, seconds=RECOVERY_SECONDS)
    wait_for(
        "comments are accepted again",
        lambda: count_promises(running.evidence) >= before + PROGRESS,
        seconds=RECOVERY_SECONDS,
    )
    outcome.recovery_seconds = max(outcome.recovery_seconds, time.monotonic() - healed_at)


def _is_sound_so_far(running: Installation) -> bool:
    """Judge without waiting: what is pending now is not counted against anybody, nor what came in meanwhile."""
    evidence = read_evidence(running.evidence)
    with contextlib.suppress(TimeoutError):
        wait_for("all is decided", lambda: count_pending(running.database_url) == 0, seconds=5)
    findings = judge(evidence, read_ledger(running.database_url))
    return not (findings.lost or findings.duplicated or findings.early_public)


def _settle(running: Installation, outcome: Outcome) -> list[str]:
    """Wait until nothing is pending. Returns a sentence when that took too long."""
    began = time.monotonic()
    try:
        wait_for("nothing is pending", lambda: count_pending(running.database_url) == 0, seconds=SETTLE_SECONDS)
    except TimeoutError as error:
        return [str(error)]
    outcome.settled_seconds = time.monotonic() - began
    return []


def _judged(running: Installation, evidence: Evidence, *, clocks_agree: bool) -> Findings:
    articles = {row.article for row in read_ledger(running.database_url).rows}
    journal = Journal(running.evidence, "last-look")
    with contextlib.closing(Reader(running.urls[-1:], journal, random.Random(0))) as reader:
        public = {found for article in articles for found in reader.every_public(article)}
    journal.close()
    # Read after the pages: what is approved while we look is no early publication, should workers still be busy.
    ledger = read_ledger(running.database_url)
    findings = judge(evidence, ledger, public, clocks_agree=clocks_agree)
    findings.problems.extend(set(read_evidence(running.evidence).problems) - set(evidence.problems))
    return findings


def _soundness(running: Installation) -> list[str]:
    """Return what is wrong with the database, the processes and the files themselves."""
    try:
        found = damage(running.database_url)
    except psycopg.Error as error:
        found = str(error)
    problems = [f"the database is damaged: {found}"] if found else []
    problems += [
        f"{service.name} has grown: {process.memory_info().rss} B, {process.num_fds()} files"
        for service in (*running.webs, *running.workers, running.valkey)
        for process in service.family()
        if process.memory_info().rss > MAX_RESIDENT_BYTES or process.num_fds() > MAX_DESCRIPTORS
    ]
    homes = [running.data, running.directory / "log", *([running.postgres.log.parent] if running.postgres else [])]
    return problems + [f"an address stands in {path}" for home in homes for path in _files_with_canary(home)]


def _what_broke(running: Installation) -> list[str]:
    """Return what the web servers noted about answers of 500: the logs are gone with the installation."""
    found = []
    for service in running.webs:
        for line in service.log.read_text(errors="replace").splitlines() if service.log.is_file() else ():
            if '"request failed"' in line:
                noted = json.loads(line)
                found.append(f"{service.name} noted {noted['error']} in {' < '.join(reversed(noted['where']))}")
    return found


def _files_with_canary(home: Path) -> Iterator[Path]:
    for path in home.rglob("*"):
        if path.is_file() and CANARY_DOMAIN.encode() in path.read_bytes():
            yield path.relative_to(home)


def _p99(evidence: Evidence) -> float:
    times = sorted(promise.milliseconds for promise in evidence.promises)
    return times[int(len(times) * 0.99)] if times else 0.0


@contextlib.contextmanager
def _witness(plan: Plan, running: Installation) -> Iterator[Callable[[], None]]:
    """Have the witness send and watch for the length of the block. Gives what ends the sending: it finishes first."""
    rate = min(plan.rate, FAULTS[plan.fault].most_per_second)
    command = [sys.executable, "-m", "tests.faults.witness", str(running.evidence), str(plan.seed), f"{rate:g}"]
    with (running.directory / "log" / "witness").open("wb") as log:
        process = subprocess.Popen([*command, *running.urls], stdout=log, stderr=log)
    try:
        wait_for("the first 202", lambda: count_promises(running.evidence) > 0, seconds=WITNESS_ENDS_SECONDS)
        yield lambda: _end_sending(process, running)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(LAST_WORDS_SECONDS)
        process.kill()
        process.wait()


def _end_sending(process: subprocess.Popen[bytes], running: Installation) -> None:
    process.terminate()
    everything_sent = running.evidence / EVERYTHING_SENT
    wait_for("the witness has sent everything", everything_sent.exists, seconds=WITNESS_ENDS_SECONDS)
