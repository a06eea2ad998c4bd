"""The demo newspaper is drawn with the service's tokens: page and comments are one, in the light and in the dark."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DARK = "@media (prefers-color-scheme: dark)"
# Not shared: the newspaper's face for heads; the service's face for Arabic, its radius and its measure.
OWN = {"--serif", "--sans", "--radius", "--measure"}


def tokens(sheet: str) -> dict[str, dict[str, str]]:
    """Return {scheme: {token: value}} of the first block of each scheme."""
    light, _, dark = (ROOT / sheet).read_text().partition(DARK)
    blocks = {"light": light.partition("}")[0], "dark": dark.partition("}")[0]}
    return {scheme: dict(re.findall(r"(--[\w-]+):\s*([^;]+);", block)) for scheme, block in blocks.items()}


def test_demo_and_service_have_the_same_values() -> None:
    ours, demo = tokens("service/static/tokens.css"), tokens("demo/static/site.css")

    for scheme in ("light", "dark"):
        assert len(ours[scheme]) > 10, "else this proves nothing"
        assert {name: value for name, value in demo[scheme].items() if name not in OWN} == {
            name: value for name, value in ours[scheme].items() if name not in OWN
        }


def test_thread_in_another_page_has_the_same_values() -> None:
    ours = tokens("service/static/tokens.css")
    plain, _, both = (ROOT / "service/static/embed.css").read_text().partition("@supports")

    assert dict(re.findall(r"(--[\w-]+):\s*([^;]+);", plain)) == ours["light"]
    assert dict(re.findall(r"(--[\w-]+):\s*([^;]+);", both)) == {
        name: f"light-dark({ours['light'][name]}, {value})" for name, value in ours["dark"].items()
    }
