"""What is kept of whom: every table and column with its class, what it is for, and how long it stays.

`replydesk privacy inventory` prints it and docs/privacy.md holds it. A column that is not named here fails a test, so
whoever adds one has to say what it is first.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Class(StrEnum):
    """What a value says of a person. Classes below `NONE` are all personal data under the GDPR, but `OPENS`."""

    NONE = "none"  # numbers, states, times and what the site itself says
    PERSONAL = "personal"  # what a reader wrote, and what was said or found out about it
    PSEUDONYMOUS = "pseudonymous"  # keyed hashes and what joins a reader's comments
    SEALED = "sealed"  # an address that only the notifier can read
    STAFF = "staff"  # about those who moderate
    OPENS = "secret"  # what opens or proves something; of nobody


@dataclass(frozen=True, slots=True)
class Kept:
    """One table: what it is for, how long a row stays, and the class of each column.

    `sooner` holds the columns that are emptied before the row goes.
    """

    purpose: str
    how_long: str
    columns: dict[str, Class]
    sooner: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One column as it is shown."""

    table: str
    column: str
    is_a: Class
    purpose: str
    how_long: str


def _kept(
    purpose: str,
    how_long: str,
    *,
    none: str = "",
    personal: str = "",
    pseudonymous: str = "",
    sealed: str = "",
    staff: str = "",
    opens: str = "",
    sooner: dict[str, str] | None = None,
) -> Kept:
    """Return a table's entry; each class takes the names of its columns between blanks."""
    given = {
        Class.NONE: none,
        Class.PERSONAL: personal,
        Class.PSEUDONYMOUS: pseudonymous,
        Class.SEALED: sealed,
        Class.STAFF: staff,
        Class.OPENS: opens,
    }
    columns = {name: is_a for is_a, names in given.items() for name in names.split()}
    return Kept(purpose, how_long, columns, sooner or {})


_COMMENT = "as long as the comment; a rejected one's 30 days (`rejected_text_days`)"
_UNTIL_DECIDED = "until the comment is decided or erased"
_ENDED = "until it ends, and an hour more"

INVENTORY: dict[str, Kept] = {
    "sites": _kept(
        "the websites, their policies and their words",
        "until removed",
        none="id key name origins mode hold_at blocked_words held_words policy_version shadow_checks allowed_words "
        "spam_false_positives abuse_false_positives close_after_days burst_mode rejected_text_days identity_days "
        "requires_second_factor language reply_notices proof_of_work contact_url created_at",
    ),
    "threads": _kept(
        "the articles that are commented on, as the site describes them",
        "kept",
        none="id site_id key url title version closed_at section lead is_sensitive burst_until created_at",
    ),
    "comments": _kept(
        "the comments",
        "kept; an erased or forgotten one is a number, a place and times",
        none="id site_id thread_id parent_id root_id revision version status created_at decided_at approval_id "
        "attempts lease_until edited_at words_forgotten_at by_newsroom",
        personal="name text honeypot_filled seconds_to_submit door_hold suspected risk language found",
        pseudonymous="cluster_id",
        opens="receipt_nonce receipt_hash",
        sooner=dict.fromkeys(("name", "text", "risk", "language", "found", "seconds_to_submit"), _COMMENT)
        | {
            "honeypot_filled": _COMMENT,
            "door_hold": _COMMENT,
            "suspected": "until erased",
            "cluster_id": "until erased",
        },
    ),
    "imports": _kept(
        "which comment of another system each imported one was, so that none comes twice or comes back",
        "kept",
        none="site_id source source_id comment_id",
    ),
    "count_changes": _kept("how many comments each list holds", "summed up", none="id site_id list suspected delta"),
    "search_texts": _kept(
        "the desk's full-text search; SQLite's tables `words_…` are made from it",
        _COMMENT + "; SQLite overwrites the words within two hours",
        none="comment_id site_id status",
        personal="words",
    ),
    "unsearched": _kept("comments to be made findable", "seconds", none="comment_id"),
    "identities": _kept(
        "telling an author's comments apart, for repeats, limits, access and erasure",
        "180 days after the author's last comment on the site (`identity_days`); until erased",
        none="comment_id site_id kid normalisation created_at",
        personal="disposable",
        pseudonymous="strict_key loose_key network_key idempotency_hash request_digest device_id",
        sooner={"network_key": "7 days", "device_id": "until the device or the author is forgotten"},
    ),
    "contacts": _kept(
        "mode `sealed`: where an author who asked for it is told of replies",
        "48 hours unconfirmed; until stopped, withdrawn or erased; 180 days at most",
        none="comment_id site_id kid created_at asked_at confirmed_at told_at sends",
        sealed="sealed",
        opens="link_hash",
    ),
    "privacy_requests": _kept(
        "mode `sealed`: what readers ask for about their own address, until its mailbox has proved it",
        _ENDED,
        none="id site_id wish kid sends created_at expires_at used_at cleaned_at",
        sealed="sealed",
        opens="link_hash locked_keys",
        sooner={"sealed": "until the mail is sent; a day at most", "locked_keys": "until the link is used; " + _ENDED},
    ),
    "mailboxes": _kept(
        "mode `sealed`: who was sent a link within a day; only the notifier has the key of the hash",
        "a day",
        none="asked_at",
        pseudonymous="key",
    ),
    "bans": _kept(
        "whose comments are always held",
        "until removed, or the day it was given for",
        none="id site_id kid created_at until_at copy_of",
        pseudonymous="loose_key",
    ),
    "spent_proofs": _kept(
        "proofs of work that came with a comment, so that none counts twice",
        "an hour",
        none="expires_at",
        opens="challenge",
    ),
    "floods": _kept(
        "what was turned away at the door: a count for a site, a network and an hour",
        "7 days",
        none="site_id began_at posts last_at",
        pseudonymous="network",
    ),
    "unjournaled": _kept("erasures on their way to the erasure journal", "seconds", none="comment_id"),
    "devices": _kept(
        "browsers that a reader asked to be remembered on",
        "180 days after the last comment; until forgotten",
        none="id site_id created_at",
        personal="last_used_on revoked_at",
        pseudonymous="token_hash",
    ),
    "fingerprints": _kept("finding near-duplicates", _COMMENT, none="comment_id band site_id", pseudonymous="value"),
    "signals": _kept(
        "what the checks found in a comment",
        _COMMENT,
        none="id comment_id revision check_name check_version microseconds shadow created_at",
        personal="category score weight detail spans",
    ),
    "decisions": _kept(
        "the trail: who decided what, when and why",
        "kept",
        none="id comment_id site_id revision old_status new_status made_by reason policy_version undoes_id batch_id "
        "made_at",
        personal="note explanation",
        staff="moderator_id",
        sooner={"note": "a year; until the comment is erased", "explanation": "a year; until the comment is erased"},
    ),
    "moderators": _kept(
        "who may log in",
        "until removed",
        staff="id login created_at disabled_at oidc_subject preferences",
        opens="password_hash totp_secret totp_step recovery_hashes",
    ),
    "roles": _kept("what moderators may do", "until changed", staff="id moderator_id site_id role created_at"),
    "invitations": _kept(
        "who may become a moderator",
        _ENDED,
        none="id site_id role created_at expires_at",
        staff="invited_by_id",
        opens="token_hash",
    ),
    "sessions": _kept(
        "who is logged in at the desk",
        _ENDED,
        none="created_at expires_at",
        staff="moderator_id last_used_at browser second_factor_at",
        opens="token_hash csrf_token",
    ),
    "setup_links": _kept("the first login", _ENDED, none="created_at expires_at", opens="token_hash"),
    "leases": _kept("which process does what", "a day after it ended", none="name holder until_at"),
    "claims": _kept("who has a comment open", "minutes", none="comment_id until_at", staff="moderator_id"),
    "notes": _kept(
        "what moderators tell each other about a comment",
        _COMMENT,
        none="id comment_id made_at",
        personal="text",
        staff="moderator_id",
    ),
    "first_approvals": _kept(
        "the first of two approvals in a sensitive thread",
        _UNTIL_DECIDED,
        none="comment_id version made_at",
        staff="moderator_id",
    ),
    "appeals": _kept(
        "what an author answered to a rejection",
        _COMMENT,
        none="id comment_id decision_id made_at answer_id",
        personal="text",
    ),
    "edits": _kept(
        "a new text that waits for its checks",
        "seconds; with a comment that was rejected meanwhile, as long as its words",
        none="comment_id made_at attempts lease_until",
        personal="text",
    ),
    "revisions": _kept(
        "what a comment said before it was edited", _COMMENT, none="comment_id revision made_at", personal="text"
    ),
    "events": _kept(
        "the trail of settings and accounts; nothing of a reader",
        "kept; the proof of the trail needs every line",
        none="id site_id kind made_at",
        staff="moderator_id detail",
    ),
    "audit_chain": _kept("the proof of the trail", "kept", none="position source source_id seal reseal sealed_at"),
    "outbox": _kept(
        'notices and corrections on their way: numbers and "spam" or "ham", no words',
        "minutes; a week at most",
        none="id site_id comment_id decision_id kind content due_at attempts lease_until created_at",
    ),
    "webhooks": _kept(
        "where a site wants to be told what was decided",
        "until removed",
        none="id site_id url announcements old_secret_until failures failing_since last_problem rests_until paused_at "
        "delivered_at created_at",
        opens="secret old_secret",
    ),
    "webhook_letters": _kept(
        "announcements on their way: numbers, status, reason code, the article's address",
        "minutes; a day at most",
        none="id webhook_id decision_id message_id body due_at attempts lease_until created_at",
    ),
    "digests": _kept(
        "which digests were sent", "until the next one", none="site_id name period_at told_until attempts lease_until"
    ),
    "audit_samples": _kept(
        "published comments drawn for a second look", "kept", none="comment_id site_id rate created_at decided_at"
    ),
    "site_models": _kept(
        "what moderators taught: counts and weights of hashed n-grams of one site, no words",
        "until built again; what was erased goes at the next learning",
        none="id site_id head version shipped_version metrics is_active trained_to_decision_id created_at",
        pseudonymous="state",
    ),
}


def lines() -> Iterator[Line]:
    """Return every column there is, in the order of the tables."""
    for table, kept in INVENTORY.items():
        for column, is_a in kept.columns.items():
            yield Line(table, column, is_a, kept.purpose, kept.sooner.get(column, kept.how_long))


def as_markdown() -> str:
    """Return the table of docs/privacy.md: what is of somebody or opens something, one row for each table and term.

    Tables that hold nothing but numbers and states are named in a line of their own below.
    """
    rows = [
        f"| {table} | {columns} | {is_a} | {purpose} | {how_long} |"
        for table, columns, is_a, purpose, how_long in _rows()
    ]
    plain = [f"`{table}`" for table, kept in INVENTORY.items() if set(kept.columns.values()) == {Class.NONE}]
    head = ["| table | columns | class | what for | how long |", "|---|---|---|---|---|"]
    return "\n".join([*head, *rows, "", f"Nothing of anybody is in {', '.join(plain)}.", ""])


def _rows() -> Iterator[tuple[str, str, Class, str, str]]:
    grouped: dict[tuple[str, Class, str, str], list[str]] = {}
    for line in lines():
        if line.is_a is not Class.NONE:
            grouped.setdefault((line.table, line.is_a, line.purpose, line.how_long), []).append(f"`{line.column}`")
    for (table, is_a, purpose, how_long), columns in grouped.items():
        yield f"`{table}`", ", ".join(columns), is_a, purpose, how_long
