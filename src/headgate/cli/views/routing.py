"""An evaluation of routers on a terminal."""

from typing import TYPE_CHECKING

import click

from headgate.cli.show import table
from headgate.cli.views.curve_picture import Line, Panel

if TYPE_CHECKING:
    from headgate.estimate.learning.evaluation import Evaluation, Score
    from headgate.runtime.decision_speed import Latency

SHOWN = (2, 4, 6, 8, 10, 14)
"""Points of the curve, in twentieths of the traffic."""
DASH = "–"


def show(name: str, evaluation: "Evaluation", latency: "Latency") -> None:
    """The table, the curve in numbers, and what a decision takes."""
    click.echo(
        f"{name}: {evaluation.rows} prompts; weak model {evaluation.weak:.3f},"
        f" strong model {evaluation.strong:.3f}"
    )
    table(
        ["router", "APGR ", "± ", "CPT(50) ", "CPT(80) "],
        [_line(router, score) for router, score in evaluation.scores.items()],
    )
    click.echo("\nquality by share of prompts to the strong model")
    table(
        ["router", *(f"{place / 20:.0%} " for place in SHOWN)],
        [
            [router, *(f"{score.curve[place]:.3f}" for place in SHOWN)]
            for router, score in evaluation.scores.items()
        ],
    )
    click.echo(
        f"\na decision takes {latency.p50_ms:.2f} ms, 99 of 100 less than {latency.p99_ms:.2f} ms;"
        f" on 4 KB {latency.p99_of_4_kb_ms:.2f} ms\n"
    )


def panel(name: str, evaluation: "Evaluation") -> Panel:
    """The curve, to draw."""
    last = len(next(iter(evaluation.scores.values())).curve) - 1
    lines = (
        Line(router, tuple((place / last, quality) for place, quality in enumerate(score.curve)))
        for router, score in evaluation.scores.items()
    )
    return Panel(name, tuple(lines))


def _line(router: str, score: "Score") -> list[str]:
    if score.apgr is None or score.apgr_spread is None:
        return [router, DASH, DASH, DASH, DASH]
    shares = (DASH if share is None else f"{share:.0%}" for share in (score.cpt_50, score.cpt_80))
    return [router, f"{score.apgr:.3f}", f"{score.apgr_spread:.3f}", *shares]
