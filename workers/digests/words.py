"""A digest in words: plain text for a mail or a chat. It is told in numbers, never in what anybody wrote. Pure."""

from datetime import datetime, timedelta

from comments.store.digests import Decisions, DeskNumbers
from workers.digests.schedule import Schedule


def subject(site_name: str, numbers: DeskNumbers, now: datetime) -> str:
    """Return the digest in one line."""
    if not numbers.held:
        return f"{site_name}: no comment waits for review"
    oldest = "" if numbers.oldest_held_at is None else f", the oldest for {_age(now - numbers.oldest_held_at)}"
    return f"{site_name}: {_count(numbers.held, 'comment waits', 'comments wait')} for review{oldest}"


def body(numbers: DeskNumbers, since: datetime, schedule: Schedule, *, desk_url: str | None) -> str:
    """Return the rest; `desk_url` is None where nobody has said what the service's address is."""
    told = [*_waiting(numbers), "", f"Since {_moment(since, schedule)}:"]
    told += [
        f"- by the checks: {_decisions(numbers.by_policy)}",
        f"- by moderators: {_decisions(numbers.by_moderators)}",
    ]
    if numbers.taken_down:
        told.append(f"- taken down after they were public: {numbers.taken_down}")
    if numbers.let_in_after_all:
        told.append(f"- published after they were rejected: {numbers.let_in_after_all}")
    if desk_url is not None:
        told += ["", f"The desk: {desk_url}"]
    return "\n".join(told)


def _waiting(numbers: DeskNumbers) -> list[str]:
    neither = numbers.held - numbers.suspected_spam - numbers.suspected_abuse
    told = [f"Waiting for review: {numbers.held}"]
    if numbers.held:
        told.append(
            f"- suspected spam {numbers.suspected_spam}, suspected abuse {numbers.suspected_abuse}, other {neither}"
        )
    told.append(f"Appeals to answer: {numbers.appeals}")
    if numbers.overrun_stories:
        told.append(f"Stories overrun, where everything new is held: {numbers.overrun_stories}")
    return told


def _decisions(decided: Decisions) -> str:
    if not decided.total:
        return "none"
    parts = {"published": decided.approved, "held": decided.held, "rejected": decided.rejected}
    return f"{decided.total} ({', '.join(f'{number} {word}' for word, number in parts.items() if number)})"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _age(age: timedelta) -> str:
    minutes = max(int(age.total_seconds() // 60), 0)
    if minutes < 60:
        return _count(minutes, "minute", "minutes")
    if minutes < 48 * 60:
        return _count(minutes // 60, "hour", "hours")
    return _count(minutes // (24 * 60), "day", "days")


def _moment(moment: datetime, schedule: Schedule) -> str:
    local = moment.astimezone(schedule.zone)
    return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"
