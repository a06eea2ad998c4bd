"""An address at a provider that gives out mailboxes for ten minutes."""

from comments.signal import Category, Signal, Weight
from workers.checks.subject import Subject

NAME, VERSION = "disposable_email", "1"


def check(subject: Subject) -> tuple[Signal, ...]:
    """Return a soft signal when the door noted a disposable address. People with reason to fear use them too."""
    if not subject.door.disposable_email:
        return ()
    detail = "it was sent with a throw-away email address"
    return (Signal(NAME, VERSION, Category.SPAM, 0.3, Weight.SOFT, detail),)
