"""Pictures beside names: of the name alone, the same for ever, and nothing else is drawn."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.identicons import SIZES, draw, picture_urls, seed_of


def test_picture_is_of_the_name_and_the_site(app: Flask) -> None:
    with app.test_request_context("/"):
        assert seed_of("demo", "Ada") == seed_of("demo", "Ada")
        assert len({seed_of("demo", "Ada"), seed_of("demo", "Bola"), seed_of("other", "Ada")}) == 3


def test_picture_is_a_small_svg_for_every_cache(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context("/"):
        urls = picture_urls("demo", "Ada")
    assert list(urls) == [str(size) for size in SIZES]

    for size, url in urls.items():
        answer = client.get(url.removeprefix("http://localhost"))

        assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Set-Cookie" not in answer.headers
        assert len(answer.data) < 1_000
        assert answer.text.startswith(f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" ')


def test_pattern_is_symmetric() -> None:
    assert draw("0" * 12, 24).count("M") == 1, "an empty pattern is the ground alone"
    assert "M0 0h" in draw("000000000001", 24)
    assert "M4 0h" in draw("000000000001", 24)


@pytest.mark.parametrize(
    "path", ["25/0123456789ab", "24/0123456789AB", "24/0123456789abc", "24/xyz", "24/%00", "99999999999999999999/0"]
)
def test_nothing_else_is_drawn(client: FlaskClient, path: str) -> None:
    assert client.get(f"/identicons/{path}.svg").status_code == 404
