"""Small pictures beside names. They are drawn from the name that everyone sees, never from an email address.

The address of a picture says all there is to draw, so nothing is looked up and any cache may keep it.
"""

import re

from flask import Blueprint, Response, url_for

from comments.masking import mask_addresses
from comments.phrases import phrase
from service.headers import share_across_origins
from service.links import public_base
from service.parts import parts
from service.problems import Problem

identicons = Blueprint("identicons", __name__)

SIZES = (24, 48, 96)  # WordPress's
_SEED = re.compile(r"[0-9a-f]{12}", re.ASCII)
_FOR_EVER = "public, max-age=31536000, immutable"
_CELLS = 5
_HALF = 3  # the rest is its mirror image
_COLOURS = ("#1d5b79", "#7a4419", "#3f6c3a", "#6b3f87", "#8a2f3c", "#2f6f73", "#5b5a1e", "#44516b")


def seed_of(site_key: str, name: str) -> str:
    """Return what the picture of a name on a site is drawn from. The key keeps sites from being joined by it."""
    return parts().key.digest(f"identicon/{site_key}", mask_addresses(name).encode()).hex()[:12]


def picture_urls(site_key: str, name: str) -> dict[str, str]:
    """Return the addresses of a name's picture by its size in pixels."""
    seed, base = seed_of(site_key, name), public_base()
    return {str(size): base + url_for("identicons.show_picture", size=size, seed=seed) for size in SIZES}


@identicons.get("/identicons/<int:size>/<seed>.svg")
def show_picture(size: int, seed: str) -> Response:
    """Answer with a picture."""
    if size not in SIZES or not _SEED.fullmatch(seed):
        raise Problem(404, "not_found", phrase("There is nothing here."))
    share_across_origins()
    answer = Response(draw(seed, size), mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = _FOR_EVER
    return answer


def draw(seed: str, size: int) -> str:
    """Return a symmetric pattern as SVG: 15 bits for the cells, three for the colour."""
    bits = int(seed, 16)
    colour = _COLOURS[(bits >> 15) % len(_COLOURS)]
    path = "".join(
        f"M{x} {y}h1v1h-1z"
        for y in range(_CELLS)
        for x in range(_CELLS)
        if bits >> (y * _HALF + min(x, _CELLS - 1 - x)) & 1
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="-1 -1 7 7">'
        '<path fill="#f2f0eb" d="M-1 -1h7v7h-7z"/>'
        f'<path fill="{colour}" shape-rendering="crispEdges" d="{path}"/></svg>'
    )
