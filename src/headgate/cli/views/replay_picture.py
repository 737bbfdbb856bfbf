"""A replay as bars, one panel a question, as one SVG file."""

from collections.abc import Callable, Iterator, Sequence
from html import escape

from msgspec import Struct

from headgate.planner.replay.report import Figures, Replay
from headgate.planner.replay.rows import UNKNOWN, dollars, seconds

WIDTH, LEFT, RIGHT = 720, 190, 150
BAR, GAP, HEAD, FOOT = 18, 6, 30, 14
COLOUR, PAST = "#0b6e4f", "#777777"


class Bar(Struct, frozen=True):
    """One policy's value; `None` is unknown and has no bar."""

    name: str
    value: float | None
    label: str
    is_past: bool


def picture(replay: Replay) -> str:
    """An SVG document."""
    each = [replay.recorded] if replay.recorded is not None else []
    figures = [*each, *replay.policies]
    panels = [(title, _bars(replay, figures, ask)) for title, ask in _QUESTIONS]
    panel_height = HEAD + (BAR + GAP) * len(figures) + FOOT
    height = panel_height * len(panels)
    title = f"{replay.requests:,} requests of {replay.source} under {len(replay.policies)} policies"
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        ' font-family="system-ui, sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
    ]
    for place, (question, bars) in enumerate(panels):
        body += _panel(question, bars, place * panel_height)
    return "\n".join([*body, "</svg>", ""])


def _bars(
    replay: Replay, figures: Sequence[Figures], ask: Callable[[Figures], tuple[float | None, str]]
) -> list[Bar]:
    return [Bar(each.name, *ask(each), each is replay.recorded) for each in figures]


def _panel(question: str, bars: Sequence[Bar], top: int) -> Iterator[str]:
    most = max((bar.value for bar in bars if bar.value), default=1.0)
    yield f'<text x="{LEFT}" y="{top + 20}" font-weight="600">{escape(question)}</text>'
    for place, bar in enumerate(bars):
        y = top + HEAD + place * (BAR + GAP)
        length = (WIDTH - LEFT - RIGHT) * (bar.value or 0.0) / most
        name, label = escape(bar.name), escape(bar.label)
        yield f'<text x="{LEFT - 8}" y="{y + 13}" text-anchor="end">{name}</text>'
        yield (
            f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR}"'
            f' fill="{PAST if bar.is_past else COLOUR}"/>'
        )
        yield f'<text x="{LEFT + length + 6:.1f}" y="{y + 13}">{label}</text>'


def _dollars(figures: Figures) -> tuple[float | None, str]:
    known, unknown = figures.known_usd, figures.unknown_costs
    return (None if unknown and not known else float(known)), dollars(known, unknown)


def _ttft(figures: Figures) -> tuple[float | None, str]:
    return figures.ttft_p95_ms, seconds(figures.ttft_p95_ms)


def _total(figures: Figures) -> tuple[float | None, str]:
    return figures.total_p95_ms, seconds(figures.total_p95_ms)


def _local(figures: Figures) -> tuple[float | None, str]:
    share = figures.local_share
    return share, UNKNOWN if share is None else f"{share:.1%}"


def _refused(figures: Figures) -> tuple[float | None, str]:
    return float(figures.refused), f"{figures.refused:,}"


_QUESTIONS = (
    ("Dollars", _dollars),
    ("Time to first token, 95th percentile", _ttft),
    ("Whole answer, 95th percentile", _total),
    ("Share kept local", _local),
    ("Requests refused", _refused),
)
