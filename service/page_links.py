"""Links inside a thread: they keep what names the page they stand on, and change only what they are for.

Nothing else from the address is kept: a newsletter's ?email= must not get into a page.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from comments.store.threads import Order

# Ours in the query of any page that shows a thread.
SORT, AFTER, REPLY_TO, RECEIPT = "sort", "after", "reply_to", "replydesk"
# Shows one conversation alone; `after` is then a cursor of its replies.
CONVERSATION = "conversation"
# What WordPress calls the receipt of a comment that is not public yet, and that comment's number.
WORDPRESS_RECEIPT, WORDPRESS_UNAPPROVED = "moderation-hash", "unapproved"


class PageLinks:
    """The links of one thread on one page.

    `named_by` are the parameters that name the page; `page` is empty where links relative to it will do. `comments` is
    what a comment's permanent address begins with, empty where its place on the page must do.
    """

    # The post whose theme has a form of its own (service/theme_form.py); empty where the form is ours.
    post_id = ""

    def __init__(
        self, query: Mapping[str, str], *, named_by: Mapping[str, str], page: str = "", comments: str = ""
    ) -> None:
        self._page = page
        self._named_by = named_by
        self._sort = {SORT: query[SORT]} if SORT in query else {}
        self._place = {name: query[name] for name in (SORT, CONVERSATION, AFTER) if name in query}
        self._comment = comments or "#comment-"
        # Built once: it stands under every comment.
        self._reply = self._to({**self._place, REPLY_TO: ""})

    @property
    def key(self) -> str:
        """What tells these links from those of another page."""
        return f"{self._comment} {self._reply}"

    def comment(self, comment_id: int) -> str:
        """Link to this comment."""
        return f"{self._comment}{comment_id}"

    def all(self) -> str:
        """Link to the first page, in the order of this one."""
        return self._to(self._sort) + "#comments"

    def sort(self, order: Order) -> str:
        """Link to the first page in this order."""
        return self._to({SORT: order.value}) + "#comments"

    def more(self, after: int) -> str:
        """Link to the next page."""
        return self._to({**self._place, AFTER: str(after)}) + "#comments"

    def replies(self, root_id: int, after: int) -> str:
        """Link to the next replies of a conversation."""
        ours = {**self._sort, CONVERSATION: str(root_id), AFTER: str(after)}
        return f"{self._to(ours)}#comment-{root_id}"

    def reply(self, comment_id: int) -> str:
        """Link to the form that answers this comment."""
        return f"{self._reply}{comment_id}#reply-form"

    def cancel(self) -> str:
        """Link to the form that answers nobody."""
        return self._to(self._place) + "#reply-form"

    def _to(self, ours: Mapping[str, str]) -> str:
        return f"{self._page}?{urlencode({**self._named_by, **ours})}"
