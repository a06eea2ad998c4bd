"""What a change of a site's settings changes: for the preview, for the audit trail, and for who came too late."""

from typing import Any

from comments.store.records import Site

WORD_LISTS = ("blocked_words", "held_words", "allowed_words")
LISTS = (*WORD_LISTS, "shadow_checks", "origins")


def settings_of(site: Site) -> dict[str, Any]:
    """Return everything editors set, by name, as JSON could hold it."""
    return {
        "name": site.name,
        "origins": list(site.origins),
        "mode": site.policy.mode.value,
        "hold_at": site.policy.hold_at,
        "spam_false_positives": site.policy.spam_false_positives,
        "abuse_false_positives": site.policy.abuse_false_positives,
        "blocked_words": list(site.blocked_words),
        "held_words": list(site.held_words),
        "allowed_words": list(site.allowed_words),
        "shadow_checks": list(site.shadow_checks),
        "close_after_days": site.close_after_days,
        "burst_mode": site.burst_mode.value,
        "rejected_text_days": site.rejected_text_days,
        "identity_days": site.identity_days,
        "requires_second_factor": site.requires_second_factor,
        "language": site.language,
        "reply_notices": site.reply_notices,
        "proof_of_work": site.proof_of_work.value,
        "contact_url": site.contact_url,
    }


def changes(old: Site, new: Site) -> dict[str, dict[str, Any]]:
    """Return {setting: {"from", "to"}}, and for a list {"added", "removed"}; empty when nothing differs."""
    before, after = settings_of(old), settings_of(new)
    return {name: _change(name, before[name], after[name]) for name in before if before[name] != after[name]}


def _change(name: str, before: Any, after: Any) -> dict[str, Any]:
    if name not in LISTS:
        return {"from": before, "to": after}
    return {
        "added": [each for each in after if each not in before],
        "removed": [each for each in before if each not in after],
    }


def touches_verdicts(changed: dict[str, dict[str, Any]]) -> bool:
    """Say whether another verdict can come of the change."""
    return bool(changed.keys() & {*WORD_LISTS, "mode", "hold_at", "spam_false_positives", "abuse_false_positives"})
