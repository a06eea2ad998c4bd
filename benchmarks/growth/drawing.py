"""Draw how long everything takes against the number of comments: a small panel of curves for each operation, as SVG."""

import math
from collections.abc import Iterator
from typing import Any

ACROSS, WIDTH, HEIGHT, GAP, TOP = 4, 190, 118, 10, 44
# Within a panel: what stands above and below the curves, and beside them.
HEAD, FOOT, SIDE = 22, 16, 26
COLOURS = {"sqlite": "#1b6ca8", "postgresql": "#b3541e"}
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def growth_svg(told: dict[str, Any]) -> str:
    """Return the panels. The scale of the sizes and that of the times are logarithmic, the same in all."""
    databases = told["databases"]
    operations = list(next(iter(databases.values()))["operations"])
    sizes = sorted({size for each in databases.values() for size in each["sizes"]})
    scale = _Scale(sizes, [ratio for each in databases.values() for ratio in _every_ratio(each)])
    lines = [*_frame(sizes, databases, rows=math.ceil(len(operations) / ACROSS))]
    for number, operation in enumerate(operations):
        down, along = divmod(number, ACROSS)
        lines.append(f'<g transform="translate({GAP + along * (WIDTH + GAP)} {TOP + down * (HEIGHT + GAP)})">')
        lines += _panel(operation, scale, told["bar"])
        for kind, each in databases.items():
            if operation in each["operations"]:
                lines += _curve(_ratios(each, operation), scale, COLOURS[kind])
        lines.append("</g>")
    return "\n".join([*lines, "</svg>\n"])


class _Scale:
    """Where a size and a ratio stand in a panel; doublings from the lowest ratio there is to the highest."""

    def __init__(self, sizes: list[int], ratios: list[float]) -> None:
        self.sizes = sizes
        lowest, highest = min(math.floor(math.log2(min(ratios))), -1), max(math.ceil(math.log2(max(ratios))), 1)
        self.marks = [2.0**power for power in range(lowest, highest + 1)]

    def x(self, size: int) -> float:
        first, last = self.sizes[0], self.sizes[-1]
        share = math.log(size / first) / math.log(last / first) if last > first else 0.0
        return SIDE + 10 + (WIDTH - SIDE - 28) * share

    def y(self, times: float) -> float:
        share = math.log(times / self.marks[0]) / math.log(self.marks[-1] / self.marks[0])
        return HEIGHT - FOOT - (HEIGHT - HEAD - FOOT) * share


def _ratios(told: dict[str, Any], operation: str) -> dict[int, float]:
    figures, sizes = told["operations"][operation], told["sizes"]
    return {size: figures[f"p50_ms_{size}"] / figures[f"p50_ms_{sizes[0]}"] for size in sizes}


def _every_ratio(told: dict[str, Any]) -> Iterator[float]:
    for operation in told["operations"]:
        yield from _ratios(told, operation).values()


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


def _panel(operation: str, scale: _Scale, bar: float) -> Iterator[str]:
    yield f'<text x="{SIDE}" y="12" font-size="11" font-weight="bold">{operation}</text>'
    for times in (*scale.marks, bar):
        dash = ' stroke-dasharray="4 3"' if times == bar else ""
        yield f'<path d="M{SIDE} {scale.y(times):.1f}H{WIDTH - 4}" stroke="{"#999" if dash else "#ddd"}"{dash}/>'
        yield f'<text x="{SIDE - 4}" y="{scale.y(times) + 3:.1f}" text-anchor="end" fill="#666">{times:g}</text>'
    for size in scale.sizes:
        yield f'<text x="{scale.x(size):.1f}" y="{HEIGHT - 4}" text-anchor="middle" fill="#666">{_short(size)}</text>'


def _curve(ratios: dict[int, float], scale: _Scale, colour: str) -> Iterator[str]:
    places = [(scale.x(size), scale.y(times)) for size, times in ratios.items()]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for x, y in places:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>'


def _short(size: int) -> str:
    return f"{size // 1_000_000}M" if size >= 1_000_000 else f"{size // 1000}k"
