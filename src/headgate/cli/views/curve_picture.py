"""Lines of quality over cost as one SVG file; several panels beside each other."""

from collections.abc import Callable, Sequence
from html import escape

from msgspec import Struct

WIDTH, HEIGHT = 380, 300
LEFT, RIGHT, TOP, BOTTOM = 52, 24, 34, 44
LEGEND, LEGEND_COLUMNS, LEGEND_WIDTH = 22, 2, 250
COLOURS = ("#0b6e4f", "#5aa17f", "#c46210", "#777777", "#2f5fa8", "#8a3fa0", "#b3282d")
DASHES = ("", "6 3", "", "2 3", "", "8 3 2 3", "")
"""Lines differ without colour, too."""


class Line(Struct, frozen=True):
    """Points (cost as a share, quality) that belong together; `None` is not drawn."""

    name: str
    points: tuple[tuple[float, float | None], ...]


class Panel(Struct, frozen=True):
    """One data set."""

    title: str
    lines: tuple[Line, ...]


def picture(panels: Sequence[Panel], *, across: str, up: str) -> str:
    """An SVG document; `across` and `up` name the axes."""
    names = list(dict.fromkeys(line.name for panel in panels for line in panel.lines))
    width = WIDTH * max(1, len(panels))
    height = HEIGHT + LEGEND * ((len(names) + 1) // LEGEND_COLUMNS)
    title = f"{up} over {across}: {', '.join(panel.title for panel in panels)}"
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {max(width, 560)} {height}"'
        ' role="img" font-family="system-ui, sans-serif" font-size="11">',
        f"<title>{escape(title)}</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
    ]
    for index, panel in enumerate(panels):
        body += _panel(panel, index * WIDTH, names, across=across, up=up)
    body += _legend(names)
    return "\n".join([*body, "</svg>", ""])


def _panel(panel: Panel, offset: int, names: Sequence[str], *, across: str, up: str) -> list[str]:
    values = [y for line in panel.lines for _, y in line.points if y is not None]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    low, high = low - 0.05 * (high - low or 1), high + 0.05 * (high - low or 1)
    inner_width, inner_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def place(x: float, y: float) -> str:
        down = TOP + inner_height * (1 - (y - low) / (high - low))
        return f"{offset + LEFT + inner_width * x:.1f},{down:.1f}"

    parts = [
        f'<text x="{offset + LEFT}" y="20" font-weight="600">{escape(panel.title)}</text>',
        f'<rect x="{offset + LEFT}" y="{TOP}" width="{inner_width}" height="{inner_height}"'
        ' fill="none" stroke="#cccccc"/>',
        *_ticks(offset, low, high, place),
        f'<text x="{offset + LEFT + inner_width / 2:.0f}" y="{HEIGHT - 10}"'
        f' text-anchor="middle">{escape(across)}</text>',
        f'<text transform="translate({offset + 12},{TOP + inner_height / 2:.0f}) rotate(-90)"'
        f' text-anchor="middle">{escape(up)}</text>',
    ]
    for line in reversed(panel.lines):
        points = " ".join(place(x, y) for x, y in line.points if y is not None)
        parts.append(f'<polyline points="{points}" {_style(names.index(line.name))}/>')
    return parts


def _ticks(offset: int, low: float, high: float, place: Callable[[float, float], str]) -> list[str]:
    parts = []
    for step in range(5):
        share = step / 4
        x, y = place(share, low).split(",")
        parts.append(
            f'<text x="{x}" y="{float(y) + 15:.0f}" text-anchor="middle">{share:.0%}</text>'
        )
        value = low + share * (high - low)
        y = place(0, value).split(",")[1]
        parts.append(
            f'<text x="{offset + LEFT - 5}" y="{float(y) + 4:.1f}" text-anchor="end">'
            f"{value:.2f}</text>"
        )
    return parts


def _legend(names: Sequence[str]) -> list[str]:
    parts = []
    for index, name in enumerate(names):
        x, y = (
            LEFT + index % LEGEND_COLUMNS * LEGEND_WIDTH,
            HEIGHT + 8 + index // LEGEND_COLUMNS * LEGEND,
        )
        parts += [
            f'<polyline points="{x},{y} {x + 24},{y}" {_style(index)}/>',
            f'<text x="{x + 30}" y="{y + 4}">{escape(name)}</text>',
        ]
    return parts


def _style(index: int) -> str:
    colour, dash = COLOURS[index % len(COLOURS)], DASHES[index % len(DASHES)]
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'fill="none" stroke="{colour}" stroke-width="1.8"{dashes}'
