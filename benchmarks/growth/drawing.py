"""Draw how many times as long everything takes in a large database as in the small one, as a plain SVG."""

from collections.abc import Iterator
from typing import Any

WIDTH, LEFT, RIGHT, TOP, ROW = 760, 215, 110, 46, 30
BAR_HEIGHT, LONGEST = 9, 2.0
COLOURS = {"sqlite": "#1b6ca8", "postgresql": "#b3541e"}
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def growth_svg(told: dict[str, Any]) -> str:
    """Return the bars: one row for each operation, one bar for each database at the largest size."""
    databases = told["databases"]
    operations = list(next(iter(databases.values()))["operations"])
    height = TOP + ROW * len(operations) + 12
    lines = [*_frame(told, height), *_legend(list(databases))]
    for row, operation in enumerate(operations):
        lines += _row(operation, TOP + ROW * row, databases, told["sizes"])
    return "\n".join([*lines, "</svg>\n"])


def _frame(told: dict[str, Any], height: int) -> Iterator[str]:
    first, last = told["sizes"][0], told["sizes"][-1]
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="Times as slow with {last:,} comments as with {first:,}" '
        'font-family="sans-serif" font-size="12" fill="#333">'
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>'
    )
    yield f'<text x="12" y="18" font-weight="bold">Median with {last:,} comments, divided by that with {first:,}</text>'
    for times in (0.5, 1.0, told["bar"], 2.0):
        dash = ' stroke-dasharray="4 3"' if times == told["bar"] else ""
        yield f'<path d="M{_x(times):.0f} {TOP - 6}V{height - 8}" stroke="#bbb"{dash}/>'
        yield f'<text x="{_x(times):.0f}" y="{TOP - 10}" text-anchor="middle" fill="#666">{times:g}</text>'


def _legend(databases: list[str]) -> Iterator[str]:
    for number, kind in enumerate(databases):
        x = WIDTH - 210 + 100 * number
        yield f'<rect x="{x}" y="9" width="10" height="10" fill="{COLOURS[kind]}"/>'
        yield f'<text x="{x + 15}" y="18">{NAMES[kind]}</text>'


def _row(operation: str, y: int, databases: dict[str, Any], sizes: list[int]) -> Iterator[str]:
    yield f'<text x="{LEFT - 10}" y="{y + 15}" text-anchor="end">{operation}</text>'
    for number, (kind, told) in enumerate(databases.items()):
        figures = told["operations"].get(operation)
        if figures is None:
            continue
        small, large = figures[f"p50_ms_{sizes[0]}"], figures[f"p50_ms_{sizes[-1]}"]
        times, top = large / small, y + 2 + number * (BAR_HEIGHT + 2)
        yield (
            f'<rect x="{LEFT}" y="{top}" width="{_x(times) - LEFT:.1f}" height="{BAR_HEIGHT}" fill="{COLOURS[kind]}"/>'
        )
        said = f"{small:.1f} → {large:.1f} ms"
        yield f'<text x="{_x(times) + 5:.0f}" y="{top + 9}" font-size="10">{said}</text>'


def _x(times: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * min(times, LONGEST) / LONGEST
