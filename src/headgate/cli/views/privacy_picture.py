"""Recall and precision by entity as one SVG file; a panel for each data set."""

from collections.abc import Sequence
from html import escape

from msgspec import Struct

LABELS, WIDTH, VALUE = 150, 240, 60
ROW, TOP, GAP = 18, 40, 26
RECALL, PRECISION = "#0b6e4f", "#777777"


class Bar(Struct, frozen=True):
    """One entity; both from 0 to 1."""

    entity: str
    recall: float
    precision: float


class Panel(Struct, frozen=True):
    """One data set."""

    title: str
    bars: tuple[Bar, ...]


def picture(panels: Sequence[Panel]) -> str:
    """An SVG document: a bar is recall, a tick precision."""
    height = TOP + sum(GAP + ROW * len(panel.bars) for panel in panels) + GAP
    width = LABELS + WIDTH + VALUE
    title = "recall and precision by entity: " + ", ".join(panel.title for panel in panels)
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        ' role="img" font-family="system-ui, sans-serif" font-size="11">',
        f"<title>{escape(title)}</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="{LABELS}" y="20">bar: recall; tick: precision</text>',
    ]
    down = TOP
    for panel in panels:
        body += _panel(panel, down)
        down += GAP + ROW * len(panel.bars)
    return "\n".join([*body, "</svg>", ""])


def _panel(panel: Panel, down: int) -> list[str]:
    parts = [f'<text x="4" y="{down + 12}" font-weight="600">{escape(panel.title)}</text>']
    for place, bar in enumerate(panel.bars):
        top = down + GAP + ROW * place - 6
        tick = LABELS + WIDTH * bar.precision
        parts += [
            f'<text x="{LABELS - 6}" y="{top + 10}" text-anchor="end">{escape(bar.entity)}</text>',
            f'<rect x="{LABELS}" y="{top}" width="{WIDTH * bar.recall:.1f}" height="12"'
            f' fill="{RECALL}"/>',
            f'<line x1="{tick:.1f}" x2="{tick:.1f}" y1="{top - 2}" y2="{top + 14}"'
            f' stroke="{PRECISION}" stroke-width="2"/>',
            f'<text x="{LABELS + WIDTH + 6}" y="{top + 10}">{bar.recall:.2f}'
            f" / {bar.precision:.2f}</text>",
        ]
    return parts
