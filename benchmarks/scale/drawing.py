"""Draw the rates against the number of replicas, as a plain SVG."""

from collections.abc import Iterator
from typing import Any

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 560, 260, 60, 40, 30
COLOURS = {"accept": "#1b6ca8", "drain": "#b3541e"}
SAID = {"accept": "accepted by web replicas", "drain": "judged by worker replicas"}


def scale_svg(told: dict[str, Any]) -> str:
    """Return two curves: comments a second over replicas."""
    highest = max(point["a_second"] for kind in COLOURS for point in told[kind].values()) * 1.1
    most = max(int(number) for number in told["accept"])
    lines = [*_frame(told, highest, most)]
    for kind, colour in COLOURS.items():
        lines += _curve(kind, colour, told[kind], highest, most)
    return "\n".join([*lines, "</svg>\n"])


def _frame(told: dict[str, Any], highest: float, most: int) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-label="Comments a second over replicas" font-family="sans-serif" font-size="12" fill="#333">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    )
    cores = told["machine"].split(",")[0]
    yield f'<text x="12" y="18" font-weight="bold">Comments a second, {cores} for everything</text>'
    step = 10 ** (len(str(int(highest))) - 1)
    step = step // 2 if highest / step < 4 else step
    for value in range(0, int(highest) + 1, step):
        y = _y(value, highest)
        yield f'<path d="M{LEFT} {y:.0f}H{WIDTH - 170}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{value:,}</text>'
    for number in told["accept"]:
        yield f'<text x="{_x(int(number), most):.0f}" y="{HEIGHT - 22}" text-anchor="middle">{number}</text>'
    yield f'<text x="{LEFT}" y="{HEIGHT - 6}">replicas</text>'


def _curve(kind: str, colour: str, points: dict[str, Any], highest: float, most: int) -> Iterator[str]:
    places = [(_x(int(number), most), _y(each["a_second"], highest)) for number, each in points.items()]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for (x, y), each in zip(places, points.values(), strict=True):
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
        yield f'<text x="{x:.0f}" y="{y - 8:.0f}" text-anchor="middle" font-size="10">{each["a_second"]:.0f}</text>'
    x, y = places[-1]
    yield f'<text x="{x + 10:.0f}" y="{y + 4:.0f}" fill="{colour}">{SAID[kind]}</text>'


def _x(number: int, most: int) -> float:
    return LEFT + (WIDTH - LEFT - 190) * number / most


def _y(value: float, highest: float) -> float:
    return (HEIGHT - BOTTOM) - (HEIGHT - BOTTOM - TOP) * value / highest
