"""Links under comments that stand above a WordPress theme's own form: they bring that form, script or not."""

from collections.abc import Mapping

from service.page_links import PageLinks
from service.wordpress_fields import THREAD_KEY_PREFIX, read_number

# In the query of a fragment whose page has a form already.
FORM, THEME = "form", "theme"
# What WordPress's own links to its form have in the query, and where they lead.
_REPLY_TO, _FORM_ID = "replytocom", "respond"


class ThemeLinks(PageLinks):
    """Links of a thread whose page has the theme's form; WordPress's comment-reply.js finds them by class and post."""

    def __init__(self, thread_key: str, query: Mapping[str, str], *, named_by: Mapping[str, str], page: str) -> None:
        super().__init__(query, named_by=named_by, page=page)
        self.post_id = read_number(thread_key.removeprefix(THREAD_KEY_PREFIX))

    @property
    def key(self) -> str:
        """What tells these links from those of another page, and from those to our own form."""
        return f"{THEME} {super().key}"

    def reply(self, comment_id: int) -> str:
        """Link to the theme's form for an answer to this comment."""
        return f"{self._to({**self._place, _REPLY_TO: str(comment_id)})}#{_FORM_ID}"
