"""Ask Akismet whether a comment is spam, and tell it when it was wrong.

Akismet requires the reader's network address. We do not have it and would not give it, so it always gets the loopback
address; its answers are the poorer for it. It gets no email address either: none is kept that could be sent.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from comments.signal import Category, Signal, Weight
from workers.external.answer import VERSION
from workers.external.checker import TIMEOUT_SECONDS
from workers.external.post import Answer, post
from workers.external.question import CheckerFailed, Question

URL = "https://rest.akismet.com"
NOBODYS_NETWORK = "127.0.0.1"
SPAM_SCORE = 0.9
# "X-akismet-pro-tip: discard" is Akismet's word for spam without a doubt.
PERVASIVE_SCORE = 0.99


@dataclass(frozen=True, slots=True)
class Akismet:
    """One Akismet subscription. `blog` is the site's front page, as registered there."""

    key: str
    blog: str
    name: str = "akismet"
    url: str = URL
    timeout_seconds: float = TIMEOUT_SECONDS
    weight: Weight = Weight.SOFT
    sends_name: bool = False

    def ask(self, question: Question, now: datetime) -> Signal | None:  # noqa: ARG002 - every checker is asked alike
        """Return a signal for spam, None for "no spam". Raises CheckerFailed."""
        answer = self._post("comment-check", question)
        said = answer.body.strip()
        if said == b"false":
            return None
        if said != b"true":
            raise CheckerFailed("its answer is not what was agreed")
        is_pervasive = answer.headers.get("x-akismet-pro-tip", "").strip().lower() == "discard"
        return Signal(
            check=f"external:{self.name}",
            version=VERSION,
            category=Category.SPAM,
            score=PERVASIVE_SCORE if is_pervasive else SPAM_SCORE,
            weight=self.weight,
            detail=f"the check “{self.name}” calls it spam",
        )

    def submit_spam(self, question: Question) -> bool:
        """Tell Akismet of spam that it let through. Returns whether it took note."""
        return self._submit("submit-spam", question)

    def submit_ham(self, question: Question) -> bool:
        """Tell Akismet of a good comment that it called spam. Returns whether it took note."""
        return self._submit("submit-ham", question)

    def _submit(self, call: str, question: Question) -> bool:
        try:
            return self._post(call, question).body.startswith(b"Thanks")
        except CheckerFailed:
            return False

    def _post(self, call: str, question: Question) -> Answer:
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "User-Agent": "Replydesk"}
        body = urlencode(self.fields(question)).encode()
        return post(f"{self.url}/1.1/{call}", body, headers, timeout_seconds=self.timeout_seconds)

    def fields(self, question: Question) -> dict[str, str]:
        """Return what is sent: the same for the check and for what is told later, as Akismet asks for."""
        sent = {
            "api_key": self.key,
            "blog": self.blog,
            "user_ip": NOBODYS_NETWORK,
            "permalink": question.thread_url,
            "comment_type": "comment",
            "comment_content": question.text,
            "blog_charset": "UTF-8",
        }
        return {**sent, "comment_author": question.name} if self.sends_name else sent
