"""Draw the learning curves as a plain SVG."""

from collections.abc import Iterator
from typing import Any

WIDTH, HEIGHT, LEFT, BOTTOM = 640, 320, 50, 40
LOWEST = 0.5
COLOURS = {"yo": "#1b6ca8", "ha": "#b3541e", "ig": "#3d7a3d", "insults": "#7a3d7a", "sexism": "#555555"}


def learning_svg(curves: dict[str, list[dict[str, Any]]]) -> str:
    """Return the AUC of each stream against labels seen; a dashed line is the shipped model that learns nothing."""
    last = max((point["labels"] for points in curves.values() for point in points), default=1)
    return "\n".join(["".join(_frame(last)), *_curves(curves, last), "</svg>\n"])


def _frame(last: int) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-label="AUC against labels" font-family="sans-serif" font-size="12" fill="#444">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    )
    for tenth in range(5, 11):
        y = _y(tenth / 10)
        yield f'<path d="M{LEFT} {y:.0f}H{WIDTH - 90}" stroke="#ddd"/>'
        yield f'<text x="14" y="{y + 4:.0f}">{tenth / 10:.1f}</text>'
    for labels in range(0, last + 1, 500):
        yield f'<text x="{_x(labels, last) - 10:.0f}" y="{HEIGHT - 18}">{labels:,}</text>'
    yield f'<text x="{LEFT}" y="{HEIGHT - 3}">labels from moderators (AUC of the window that ends there)</text>'


def _curves(curves: dict[str, list[dict[str, Any]]], last: int) -> Iterator[str]:
    for name, points in curves.items():
        if not points:
            continue
        colour = COLOURS.get(name, "#000")
        yield _line([(point["labels"], point["auc"]) for point in points], last, f'stroke="{colour}" stroke-width="2"')
        frozen = [(point["labels"], point["shipped"]) for point in points if point["shipped"] is not None]
        if frozen:
            yield _line(frozen, last, f'stroke="{colour}" stroke-dasharray="4 3"')
        x, y = _x(points[-1]["labels"], last) + 6, _y(points[-1]["auc"]) + 4
        yield f'<text x="{x:.0f}" y="{y:.0f}" fill="{colour}">{name}</text>'


def _line(points: list[tuple[int, float]], last: int, style: str) -> str:
    path = " ".join(f"{_x(labels, last):.1f},{_y(auc):.1f}" for labels, auc in points)
    return f'<polyline points="{path}" fill="none" {style}/>'


def _x(labels: int, last: int) -> float:
    return LEFT + (WIDTH - LEFT - 90) * labels / last


def _y(auc: float) -> float:
    return (HEIGHT - BOTTOM) - (HEIGHT - BOTTOM - 12) * (auc - LOWEST) / (1 - LOWEST)
