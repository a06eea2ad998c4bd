"""Sends everything to a real WordPress and writes down what it answers: tests/wordpress/recorded.json."""

import contextlib
import http.client
import json
from collections.abc import Iterator
from pathlib import Path

from tests.servers.wordpress import Wordpress
from tests.wordpress.answers import Answered, answered
from tests.wordpress.asks import ADDRESS, ASKS, MISSING, NAME, Ask, encoded, fill_in

RECORDED = Path(__file__).with_name("recorded.json")
_FILES = Path(__file__).parent / "private"
# Everything that was sent so far was sent two minutes ago: WordPress takes one comment in 15 seconds.
_LATER = """UPDATE wp_comments SET comment_date = comment_date - INTERVAL 2 MINUTE,
comment_date_gmt = comment_date_gmt - INTERVAL 2 MINUTE"""
_KNOWN = f"""wp_insert_comment( array( 'comment_post_ID' => 1, 'comment_author' => '{NAME}',
'comment_author_email' => '{ADDRESS}', 'comment_content' => 'I was here before.', 'comment_approved' => 1 ) );"""
_THROWN_AWAY = f"""wp_insert_comment( array( 'comment_post_ID' => get_page_by_path( 'open', OBJECT, 'post' )->ID,
'comment_author' => '{NAME}', 'comment_author_email' => '{ADDRESS}', 'comment_content' => 'Buy pills.',
'comment_approved' => 'trash' ) );"""
_UNKNOWN = f"""foreach ( get_comments( array( 'author_email' => '{ADDRESS}', 'status' => 'any' ) ) as $each ) {{
wp_delete_comment( $each, true ); }}"""
_REFUSE = "CREATE TRIGGER full BEFORE INSERT ON wp_comments FOR EACH ROW SIGNAL SQLSTATE '45000'"


def _option(name: str, value: str, default: str) -> tuple[str, str]:
    return f"update_option( '{name}', '{value}' );", f"update_option( '{name}', '{default}' );"


# The PHP that makes a situation true, and the PHP that ends it. All else is as WordPress is installed.
_SITUATIONS = {
    "closed by age": _option("close_comments_for_old_posts", "1", ""),
    "registered only": _option("comment_registration", "1", ""),
    "all are held": _option("comment_moderation", "1", ""),
    "known author": (_KNOWN, _UNKNOWN),
    "words": (
        f"update_option( 'moderation_keys', 'heldword' ); update_option( 'disallowed_keys', 'blockedword' ); {_KNOWN}",
        f"update_option( 'moderation_keys', '' ); update_option( 'disallowed_keys', '' ); {_UNKNOWN}",
    ),
    "thrown away": (_THROWN_AWAY, _UNKNOWN),
    "pages of one comment": (
        f"update_option( 'page_comments', '1' ); update_option( 'comments_per_page', '1' ); {_KNOWN}",
        f"update_option( 'page_comments', '' ); update_option( 'comments_per_page', '50' ); {_UNKNOWN}",
    ),
    "cannot save": (f'$wpdb->query( "{_REFUSE}" );', '$wpdb->query( "DROP TRIGGER full" );'),
}


def record(wordpress: Wordpress) -> dict[str, object]:
    """Ask a fresh WordPress everything. Returns what is to be written down."""
    stage = _Stage(wordpress)
    answers = {ask.name: {"row": ask.row, **stage.answer(ask).as_json} for ask in ASKS}
    return {"format": 1, "wordpress": wordpress.version, "package": "Debian", "answers": answers}


def read_recorded() -> dict[str, Answered]:
    """Return what WordPress answered to each ask."""
    answers = json.loads(RECORDED.read_text(encoding="utf-8"))["answers"]
    return {
        name: Answered.from_json({key: value for key, value in each.items() if key != "row"})
        for name, each in answers.items()
    }


class _Stage:
    """A WordPress with articles and comments of every kind."""

    def __init__(self, wordpress: Wordpress) -> None:
        self._wordpress = wordpress
        made = json.loads(wordpress.php((_FILES / "articles.php").read_text(encoding="utf-8")))
        self._articles: dict[str, int] = made["articles"]
        self._known = {name: str(number) for name, number in made["comments"].items()}
        self._known |= {"missing": MISSING, "site": wordpress.url}
        self._cookie: str = made["cookie"]

    def answer(self, ask: Ask) -> Answered:
        with self._situation(ask.situation):
            for earlier in ask.before:
                self._send(ask, ask.fields(earlier))
                if ask.situation != "flood":
                    self._wordpress.sql(_LATER)
            return self._send(ask, ask.fields())

    def _send(self, ask: Ask, fields: dict[str, str]) -> Answered:
        article = str(self._articles[ask.article])
        body, content_type = encoded(fill_in(ask, fields, article, self._known), ask.encoding)
        headers = {"Content-Type": content_type, "Referer": f"{self._wordpress.url}/{ask.article}/"}
        if ask.situation == "logged in":
            headers["Cookie"] = self._cookie
        connection = http.client.HTTPConnection("127.0.0.1", self._wordpress.port, timeout=30)
        with contextlib.closing(connection):
            connection.request(ask.method, "/wp-comments-post.php", body if ask.method == "POST" else None, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            return answered(answer.status, answer.getheaders(), text, self._wordpress.url)

    @contextlib.contextmanager
    def _situation(self, name: str) -> Iterator[None]:
        begin, end = _SITUATIONS.get(name, ("", ""))
        if begin:
            self._wordpress.php(f"global $wpdb; {begin}")
        self._wordpress.sql(_LATER)
        try:
            yield
        finally:
            if end:
                self._wordpress.php(f"global $wpdb; {end}")
