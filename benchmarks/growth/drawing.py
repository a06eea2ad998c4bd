"""Draw how long everything takes against the number of comments: a small panel of curves for each operation, as SVG."""

import math
from collections.abc import Iterator
from typing import Any

ACROSS, WIDTH, HEIGHT, GAP, TOP = 4, 190, 118, 10, 44
# Within a panel: what stands above and below the curves, and beside them.
HEAD, FOOT, SIDE = 22, 16, 26
LOWEST, HIGHEST = 0.5, 2.0
COLOURS = {"sqlite": "#1b6ca8", "postgresql": "#b3541e"}
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

Figures = dict[str, float]


def growth_svg(told: dict[str, Any]) -> str:
    """Return the panels. The scale of the sizes and that of the times are logarithmic."""
    databases = told["databases"]
    operations = list(next(iter(databases.values()))["operations"])
    sizes = sorted({size for each in databases.values() for size in each["sizes"]})
    lines = [*_frame(sizes, databases, rows=math.ceil(len(operations) / ACROSS))]
    for number, operation in enumerate(operations):
        down, along = divmod(number, ACROSS)
        lines.append(f'<g transform="translate({GAP + along * (WIDTH + GAP)} {TOP + down * (HEIGHT + GAP)})">')
        lines += _panel(operation, sizes, told["bar"])
        for kind, each in databases.items():
            if operation in each["operations"]:
                lines += _curve(each["operations"][operation], each["sizes"], sizes, COLOURS[kind])
        lines.append("</g>")
    return "\n".join([*lines, "</svg>\n"])


def _frame(sizes: list[int], databases: dict[str, Any], *, rows: int) -> Iterator[str]:
    width, height = GAP + ACROSS * (WIDTH + GAP), TOP + rows * (HEIGHT + GAP)
    said = f"Median time, as a multiple of that with {sizes[0]:,} comments"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{said}" '
        f'font-family="sans-serif" font-size="10" fill="#333"><rect width="{width}" height="{height}" fill="#fff"/>'
    )
    yield f'<text x="{GAP}" y="22" font-size="13" font-weight="bold">{said}</text>'
    for number, kind in enumerate(databases):
        x = width - 190 + 90 * number
        yield f'<path d="M{x} 18h16" stroke="{COLOURS[kind]}" stroke-width="2"/>'
        yield f'<text x="{x + 21}" y="22" font-size="12">{NAMES[kind]}</text>'


def _panel(operation: str, sizes: list[int], bar: float) -> Iterator[str]:
    yield f'<text x="{SIDE}" y="12" font-size="11" font-weight="bold">{operation}</text>'
    for times in (0.5, 1.0, bar, 2.0):
        dash = ' stroke-dasharray="4 3"' if times == bar else ""
        yield f'<path d="M{SIDE} {_y(times):.1f}H{WIDTH - 4}" stroke="{"#999" if dash else "#ddd"}"{dash}/>'
        yield f'<text x="{SIDE - 4}" y="{_y(times) + 3:.1f}" text-anchor="end" fill="#666">{times:g}</text>'
    for size in sizes:
        yield f'<text x="{_x(size, sizes):.1f}" y="{HEIGHT - 4}" text-anchor="middle" fill="#666">{_short(size)}</text>'


def _curve(figures: Figures, measured: list[int], sizes: list[int], colour: str) -> Iterator[str]:
    first = figures[f"p50_ms_{measured[0]}"]
    places = [(_x(size, sizes), _y(figures[f"p50_ms_{size}"] / first)) for size in measured]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for x, y in places:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>'


def _x(size: int, sizes: list[int]) -> float:
    share = math.log(size / sizes[0]) / math.log(sizes[-1] / sizes[0]) if sizes[-1] > sizes[0] else 0.0
    return SIDE + 10 + (WIDTH - SIDE - 28) * share


def _y(times: float) -> float:
    share = math.log(min(max(times, LOWEST), HIGHEST) / LOWEST) / math.log(HIGHEST / LOWEST)
    return HEIGHT - FOOT - (HEIGHT - HEAD - FOOT) * share


def _short(size: int) -> str:
    return f"{size // 1_000_000}M" if size >= 1_000_000 else f"{size // 1000}k"
