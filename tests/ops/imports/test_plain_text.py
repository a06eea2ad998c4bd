"""HTML becomes the text that a reader of it read."""

import time
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.imports.plain_text import plain_text

# As WordPress keeps it: newlines are meant, and its paragraphs are made when the page is.
OF_WORDPRESS = {
    "one\ntwo": "one\ntwo",
    "a &amp; b &lt;b&gt; O&#8217;Brien &#x1F600;": "a & b <b> O’Brien 😀",
    "<p>one</p>\n<p>two</p>": "one\n\ntwo",
    "one<br />\ntwo<br>three": "one\ntwo\nthree",
    "a <strong>b</strong> <em>c</em>": "a b c",
    '<a href="https://x.example/a?b=1&amp;c=2" rel="nofollow">this</a>': "this (https://x.example/a?b=1&c=2)",
    "<a href='https://x.example/'>https://x.example</a>": "https://x.example",
    '<a href="https://x.example/">x.example</a>!': "x.example!",
    '<a href="mailto:ada@x.example">write</a>': "write",
    '<a href="javascript:alert(1)">go</a>': "go",
    '<a href="https://x.example/"></a>': "https://x.example/",
    '<a href="https://one.example/">one <a href="https://two.example/">two</a>': (
        "one  (https://one.example/)two (https://two.example/)"
    ),
    "<ul><li>one</li><li>two</li></ul>": "- one\n- two",
    "before<blockquote>said</blockquote>after": "before\n\nsaid\n\nafter",
    "3 < 5 and 7 > 6 <3": "3 < 5 and 7 > 6 <3",
    "<script>alert(1)</script>kept<style>p{}</style>": "kept",
    '<img src="https://x.example/i.png" alt="A cat">': "A cat",
    "a<!-- secret -->b": "ab",
    "Ẹ káàárọ̀ &mdash; ndị Igbo": "Ẹ káàárọ̀ — ndị Igbo",
    "": "",
}
# As Disqus keeps it: a newline is a blank.
OF_DISQUS = {
    "<p>one\n   two</p>\n\n<p>three<br>four</p>": "one two\n\nthree\nfour",
    "<p>a</p> <p> b</p>": "a\n\nb",
    "plain\ntext": "plain text",
}


@pytest.mark.parametrize(("html", "text"), OF_WORDPRESS.items())
def test_html_of_wordpress_is_read_as_its_readers_did(html: str, text: str) -> None:
    assert plain_text(html, keeps_newlines=True) == text


@pytest.mark.parametrize(("html", "text"), OF_DISQUS.items())
def test_html_of_disqus_is_read_as_its_readers_did(html: str, text: str) -> None:
    assert plain_text(html, keeps_newlines=False) == text


@given(st.text())
def test_text_that_was_escaped_comes_back_as_it_was(text: str) -> None:
    # A carriage return and the like are what HTML itself makes something else of.
    clean = "".join(char for char in text if char.isprintable() or char in "\n\t").strip()

    assert plain_text(escape(clean, quote=False), keeps_newlines=True) == clean


PIECES = [
    "<p>",
    "</p>",
    "<br>",
    "<a href='https://x.example/'>",
    "</a>",
    "<li>",
    "word",
    " ",
    "\n",
    "&amp;",
    ">",
    '"',
]


@given(st.lists(st.sampled_from(PIECES), max_size=40), st.booleans())
def test_words_are_kept_whatever_stands_between_them(pieces: list[str], keeps_newlines: bool) -> None:
    text = plain_text("".join(pieces), keeps_newlines=keeps_newlines)

    assert text.count("word") == pieces.count("word")
    assert "<p>" not in text
    assert text == text.strip()


@pytest.mark.parametrize(
    "piece", ["<a ", "<", "<!--", "<a href='", "&amp", "<p>", "<a href=x>", "</", "<br>", "&#", "<x y='"]
)
def test_no_text_takes_long(piece: str) -> None:
    begun = time.process_time()

    plain_text(piece * (65_535 // len(piece)), keeps_newlines=True)

    assert time.process_time() - begun < 3
