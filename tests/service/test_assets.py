"""Files that a browser keeps: named by their content, and what others wrote is the version we looked at."""

import hashlib
import re
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

STATIC = Path("service/static")
# A newer one changes both lines, NOTICE and nothing else; read its changes and run the browser tests first.
HTMX_VERSION = "2.0.11"
HTMX_SHA256 = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"


def asset(app: Flask, name: str) -> str:
    return str(app.jinja_env.globals["asset"](name))  # type: ignore[operator]  # Jinja's globals are of any type


def test_htmx_is_the_file_that_was_looked_at() -> None:
    file = (STATIC / "htmx.min.js").read_bytes()
    assert hashlib.sha256(file).hexdigest() == HTMX_SHA256
    assert f'version:"{HTMX_VERSION}"'.encode() in file
    assert re.search(rf"htmx {re.escape(HTMX_VERSION)} .*0BSD", Path("NOTICE").read_text().replace("\n", " "))


def test_every_file_is_kept_for_a_year_under_an_address_of_its_content(app: Flask, client: FlaskClient) -> None:
    names = [str(file.relative_to(STATIC)) for file in STATIC.rglob("*") if file.is_file()]
    assert {"tokens.css", "review/desk.js"} <= set(names), "else this proves nothing"
    for name in names:
        with client.get(asset(app, name)) as answer:
            assert answer.status_code == 200, name
            assert "immutable" in answer.headers["Cache-Control"], name
            assert answer.data == (STATIC / name).read_bytes(), name


def test_module_is_found_beside_the_one_that_imports_it(app: Flask, client: FlaskClient) -> None:
    # given: what an import names, seen from the address of the module that imports
    entry = asset(app, "review/desk.js")
    with client.get(entry) as answer:
        names = re.findall(r'"\./([\w-]+\.js)"', answer.text)
    assert names, "else this proves nothing"

    # then
    for name in names:
        assert f"{entry.rpartition('/')[0]}/{name}" == asset(app, f"review/{name}")


def test_address_of_an_older_release_is_answered_and_not_kept(client: FlaskClient) -> None:
    with client.get("/static/v-0ld0ld00/review/desk.js") as answer:
        assert answer.status_code == 200
        assert "immutable" not in answer.headers["Cache-Control"]
    assert client.get("/static/v-0ld0ld00/nothing.js").status_code == 404
    assert client.get("/static/v-0ld0ld00/../app.py").status_code == 404


def test_folder_is_not_listed(client: FlaskClient) -> None:
    for folder in ("/static/", "/static/review", "/static/review/", "/static/v-0ld0ld00/review/"):
        answer = client.get(folder)
        assert answer.status_code == 404, folder
        assert "desk.js" not in answer.text
