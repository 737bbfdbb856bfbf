"""A replay as rows of a table: the traffic as it was, then each policy."""

from collections.abc import Iterator, Sequence

from headgate.core.usage import Money
from headgate.planner.replay.report import Figures, Quality, Replay

COLUMNS = (
    *("policy", "dollars ", "TTFT p50 ", "p95 ", "total p50 ", "p95 ", "local "),
    *("refused ", "decisions changed ", "worse answers "),
)
UNKNOWN = "unknown"
LONG_MS = 100_000


def rows(replay: Replay) -> Iterator[Sequence[str]]:
    """In the order of `COLUMNS`."""
    if replay.recorded is not None:
        yield _row(replay.recorded, replay.requests)
    for each in replay.policies:
        yield _row(each, replay.requests)


def _row(figures: Figures, requests: int) -> Sequence[str]:
    return (
        figures.name,
        dollars(figures.known_usd, figures.unknown_costs),
        seconds(figures.ttft_p50_ms),
        seconds(figures.ttft_p95_ms),
        seconds(figures.total_p50_ms),
        seconds(figures.total_p95_ms),
        UNKNOWN if figures.local_share is None else f"{figures.local_share:.1%}",
        f"{figures.refused:,}",
        "–"
        if figures.changed is None
        else f"{figures.changed:,} ({figures.changed / requests:.1%})",
        worse(figures.quality),
    )


def _changed(figures: Figures, requests: int) -> str:
    if figures.changed is None:
        return "–"
    return f"{figures.changed:,} ({figures.changed / requests:.1%})"


def dollars(known: Money, unknown: int) -> str:
    """What is known, and how many attempts are not in it."""
    if unknown and not known:
        return f"{UNKNOWN} ({unknown:,})"
    text = f"${known:,.2f}" if known >= 1 or not known else f"${known:.2g}"
    return f"{text} + {unknown:,} {UNKNOWN}" if unknown else text


def seconds(milliseconds: float | None) -> str:
    """A time, or that nobody knows."""
    if milliseconds is None:
        return UNKNOWN
    return (
        f"{milliseconds / 1000:.2f} s"
        if milliseconds < 100_000
        else f"{milliseconds / 1000:,.0f} s"
    )


def worse(quality: Quality | None) -> str:
    """Answers expected to be lost, with the interval."""
    if quality is None:
        return UNKNOWN
    if quality.expected_lost is None or quality.low is None or quality.high is None:
        return UNKNOWN if quality.unknown else "0"
    text = f"{quality.expected_lost:+.1f} ({quality.low:+.1f} … {quality.high:+.1f})"
    return f"{text}, {quality.unknown:,} {UNKNOWN}" if quality.unknown else text
