"""Comments above a theme's own form: links that bring that form, no form of ours, nothing twice on the page."""

import re
from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient

from comments.store import Store
from tests import factories
from tests.service.conftest import SITE_ORIGIN

ARTICLE = f"{SITE_ORIGIN}/2026/05/border-strikes/"
URL = f"/threads/demo?thread=wp:12&format=fragment&url={ARTICLE}"
IN_THEME = f"{URL}&form=theme"


def test_links_bring_the_themes_form_with_a_script_or_without(client: FlaskClient, sqlite_store: Store) -> None:
    first = factories.an_approved_comment(sqlite_store, thread="wp:12", name="Ngozi A.")

    fragment = client.get(f"{IN_THEME}&sort=oldest").text

    assert f'href="{ARTICLE}?sort=oldest&amp;replytocom={first.id}#respond"' in fragment
    [link] = re.findall(r"<a class=.answer.*?>", fragment, re.DOTALL)
    assert 'class="answer comment-reply-link"' in link
    assert f'data-commentid="{first.id}" data-postid="12" data-belowelement="comment-{first.id}"' in link
    assert 'data-respondelement="respond" data-replyto="Reply to Ngozi A."' in link
    assert f'id="comment-{first.id}"' in fragment


def test_what_the_theme_has_already_does_not_come_twice(client: FlaskClient, sqlite_store: Store) -> None:
    factories.an_approved_comment(sqlite_store, thread="wp:12")
    assert 'id="comments"' in client.get(URL).text, "else this proves nothing"

    fragment = client.get(IN_THEME).text

    for own in ("<form", 'id="comments"', 'id="reply-form"', "reply_to=", "tokens.css"):
        assert own not in fragment
    assert 'data-comments="1"' in fragment


def test_the_two_kinds_of_links_are_never_mixed_up(client: FlaskClient, sqlite_store: Store) -> None:
    first = factories.an_approved_comment(sqlite_store, thread="wp:12")

    # the lists are kept for some seconds, each for its own page
    for _ in range(2):
        assert f"replytocom={first.id}" in client.get(IN_THEME).text
        assert f"reply_to={first.id}#reply-form" in client.get(URL).text


def test_reader_sees_their_own_comment_and_no_link_names_the_receipt(client: FlaskClient, sqlite_store: Store) -> None:
    factories.an_approved_comment(sqlite_store, thread="wp:12", text="Everybody sees this.")
    held = factories.a_held_comment(sqlite_store, thread="wp:12", text="Who pays the ferrymen?")
    token = factories.receipt_of(held)

    answer = client.get(f"{IN_THEME}&unapproved={held.id}&moderation-hash={token}")

    assert "Awaiting moderation" in answer.text
    assert "Who pays the ferrymen?" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert re.findall(rf'href="([^"]*{token}[^"]*)"', answer.text) == [f"http://localhost/receipts/{token}"]
    assert "Who pays" not in client.get(IN_THEME).text


def test_closed_thread_says_so_and_has_no_links_to_a_form(client: FlaskClient, sqlite_store: Store) -> None:
    factories.a_site(sqlite_store, close_after_days=7)
    factories.an_approved_comment(sqlite_store, thread="wp:12", now=factories.NOW - timedelta(days=8))

    fragment = client.get(IN_THEME).text

    assert "Comments are closed for this article." in fragment
    assert "#respond" not in fragment


def test_name_with_markup_cannot_leave_its_attribute(client: FlaskClient, sqlite_store: Store) -> None:
    factories.an_approved_comment(sqlite_store, thread="wp:12", name='Ada" onfocus="x <b>')

    fragment = client.get(IN_THEME).text

    assert 'data-replyto="Reply to Ada&#34; onfocus=&#34;x &lt;b&gt;"' in fragment


def test_page_of_another_host_gets_no_links_into_it(client: FlaskClient, sqlite_store: Store) -> None:
    factories.an_approved_comment(sqlite_store, thread="wp:12")

    answer = client.get("/threads/demo?thread=wp:12&format=fragment&form=theme&url=https://evil.example/")

    assert answer.status_code == 200
    assert "evil.example" not in answer.text


def test_plugin_finds_what_it_reads_in_a_fragment(client: FlaskClient, sqlite_store: Store) -> None:
    # given the patterns of the plugin itself, in PHP's notation
    plugin = Path("deploy/wordpress/replydesk.php").read_text(encoding="utf-8")
    [name] = re.findall(r"'/ (id=\"comment-)' \. self::parent\(\) \. '(.*?)/s'", plugin)
    [count] = re.findall(r"preg_match\( '/ (data-comments=.*?)/'", plugin)
    factories.an_approved_comment(sqlite_store, thread="wp:12", name="Bashir")
    comment = factories.an_approved_comment(sqlite_store, thread="wp:12", name="Ngozi & A.")

    fragment = client.get(IN_THEME).text

    found = re.search(f" {name[0]}{comment.id}{name[1]}".replace(r"\/", "/"), fragment, re.DOTALL)
    assert found
    assert found[1] == "Ngozi &amp; A."
    counted = re.search(f" {count}", fragment)
    assert counted
    assert counted[1] == "2"
