"""Export files as the other systems write them, with invented people."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

# Who is in every file; nothing of it may be found afterwards, anywhere.
ADDRESS = "Zqx.Marker+tag@zqx-domain.example"
NETWORK = "198.51.100.77"

_NAMESPACES = """xmlns:excerpt="http://wordpress.org/export/{v}/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wfw="http://wellformedweb.org/CommentAPI/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/{v}/" """


def cdata(text: object) -> str:
    return "<![CDATA[" + str(text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def a_comment(number: object, **said: object) -> str:
    """Return a comment of WordPress's, approved unless said otherwise."""
    meta = said.pop("meta", {})
    assert isinstance(meta, Mapping)
    fields = {
        "id": number,
        "author": "Ada Obi",
        "author_email": ADDRESS,
        "author_url": "https://ada.example/",
        "author_IP": NETWORK,
        "date": "2024-03-01 11:00:00",
        "date_gmt": "2024-03-01 10:00:00",
        "content": f"Comment number {number}.",
        "approved": "1",
        "type": "comment",
        "parent": "0",
        "user_id": "0",
    } | said
    lines = [f"<wp:comment_{name}>{cdata(value)}</wp:comment_{name}>" for name, value in fields.items()]
    lines += [
        f"<wp:commentmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{cdata(value)}</wp:meta_value></wp:commentmeta>"
        for key, value in meta.items()
    ]
    return "<wp:comment>\n" + "\n".join(lines) + "\n</wp:comment>\n"


def an_item(number: object, comments: Iterable[str] = (), **said: object) -> str:
    """Return a post of WordPress's with its comments; open and published unless said otherwise."""
    fields = {
        "post_id": number,
        "post_date": "2024-02-01 09:00:00",
        "post_date_gmt": "2024-02-01 08:00:00",
        "comment_status": "open",
        "ping_status": "open",
        "post_name": f"post-{number}",
        "status": "publish",
        "post_parent": "0",
        "menu_order": "0",
        "post_type": "post",
        "post_password": "",
    } | said
    title = fields.pop("title", f"Post {number}")
    link = fields.pop("link", f"https://news.example/post-{number}/")
    head = f"<item><title>{cdata(title)}</title><link>{escape(str(link))}</link>"
    head += f"<dc:creator>{cdata(ADDRESS)}</dc:creator><content:encoded>{cdata('<p>Words</p>' * 3)}</content:encoded>"
    body = "".join(f"<wp:{name}>{cdata(value)}</wp:{name}>\n" for name, value in fields.items())
    return head + body + "".join(comments) + "</item>\n"


def wxr_pieces(items: Iterable[str], version: str = "1.2") -> Iterable[str]:
    """Yield an export piece by piece."""
    yield '<?xml version="1.0" encoding="UTF-8" ?>\n<!-- generator="WordPress/6.1" -->\n'
    yield f'<rss version="2.0" {_NAMESPACES.format(v=version)}>\n<channel><title>The Courier</title>'
    yield f"<link>https://news.example</link><wp:wxr_version>{version}</wp:wxr_version>"
    yield f"<wp:author><wp:author_email>{cdata(ADDRESS)}</wp:author_email></wp:author>"
    yield from items
    yield "</channel></rss>\n"


def wxr(*items: str, version: str = "1.2") -> str:
    return "".join(wxr_pieces(items, version))


def a_thread(number: object, **said: object) -> str:
    """Return a thread of Disqus's."""
    fields = {
        "id": "",
        "forum": "courier",
        "category": "",
        "link": f"https://news.example/{number}/",
        "title": f"Article {number}",
        "message": "",
        "createdAt": "2015-02-01T08:00:00Z",
        "author": "",
        "isClosed": "false",
        "isDeleted": "false",
    } | said
    inner = "".join(
        f"<{name}>{escape(str(value))}</{name}>" if value != "" else f"<{name} />" for name, value in fields.items()
    )
    return f'<thread dsq:id="{number}">{inner}</thread>\n'


def a_post(number: object, thread: object, *, parent: object = None, **said: object) -> str:
    """Return a post of Disqus's."""
    fields = {
        "message": f"<p>Post number {number}.</p>",
        "createdAt": "2015-03-01T10:00:00Z",
        "isDeleted": "false",
        "isSpam": "false",
        "ipAddress": NETWORK,
    } | said
    name = fields.pop("name", "Ada Obi")
    inner = "".join(f"<{key}>{cdata(value)}</{key}>" for key, value in fields.items())
    author = f"<author><name>{cdata(name)}</name><email>{ADDRESS}</email><isAnonymous>true</isAnonymous></author>"
    above = "" if parent is None else f'<parent dsq:id="{parent}" />'
    return f'<post dsq:id="{number}"><id />{inner}{author}<thread dsq:id="{thread}" />{above}</post>\n'


def disqus(*pieces: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<disqus xmlns="http://disqus.com"'
        ' xmlns:dsq="http://disqus.com/disqus-internals" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        '<category dsq:id="1"><forum>courier</forum><title>General</title></category>\n'
        + "".join(pieces)
        + "</disqus>\n"
    )


def isso(path: Path, threads: Sequence[tuple[object, ...]], comments: Sequence[Mapping[str, object]]) -> Path:
    """Make Isso's database with its own schema (isso/db/comments.py, threads.py of 0.13)."""
    connection = sqlite3.connect(path)
    connection.executescript("""
        CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR(256) UNIQUE, title VARCHAR(256));
        CREATE TABLE comments (tid REFERENCES threads(id), id INTEGER PRIMARY KEY, parent INTEGER,
            created FLOAT NOT NULL, modified FLOAT,
            mode INTEGER, remote_addr VARCHAR, text VARCHAR NOT NULL, author VARCHAR, email VARCHAR,
            website VARCHAR, likes INTEGER DEFAULT 0, dislikes INTEGER DEFAULT 0, voters BLOB NOT NULL,
            notification INTEGER DEFAULT 0);
    """)
    connection.executemany("INSERT INTO threads VALUES (?, ?, ?)", threads)
    for number, said in enumerate(comments, start=1):
        row = {
            "tid": 1,
            "id": number,
            "created": 1_500_000_000.25 + number,
            "mode": 1,
            "remote_addr": NETWORK,
            "text": f"Comment *number* {number}.",
            "author": "Ada Obi",
            "email": ADDRESS,
            "voters": b"",
        } | said
        names = ", ".join(row)
        marks = ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO comments ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608 - the test's own
    connection.commit()
    connection.close()
    return path
