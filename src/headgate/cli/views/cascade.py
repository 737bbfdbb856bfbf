"""A trial of a cascade on a terminal."""

import click

from headgate.cli.show import table
from headgate.cli.views.curve_picture import Line, Panel
from headgate.policy.cascade.summary import BUDGETS, Spread, Summary

SHOWN_BUDGETS = (2, 4, 6, 8, 10, 14, 20)
"""Positions in `BUDGETS`."""
DASH = "–"


def show(name: str, summary: Summary) -> None:
    """What was tried, the table, the curve in numbers, and what it comes to."""
    click.echo(
        f"{name}: learned from {summary.learned} questions, scored on {summary.scored} others;"
        f" first member {summary.weak.mean:.3f}, strong model {summary.strong.mean:.3f}"
    )
    chosen = "; ".join(f"{members} ({count}×)" for members, count in summary.partners.items())
    click.echo(f"members: {chosen}\n")
    table(
        ["router", "APGR ", "CPT(50) ", "CPT(80) "],
        [
            [each.router, _apgr(each.apgr), _share(each.cpt_50), _share(each.cpt_80)]
            for each in summary.routers
        ],
    )
    click.echo(f"\nquality by dollars; all strong is ${summary.strong_usd:.6f} a prompt")
    table(
        ["router", *(f"{BUDGETS[place]:.0%} " for place in SHOWN_BUDGETS)],
        [
            [each.router, *(_quality(each.quality[place]) for place in SHOWN_BUDGETS)]
            for each in summary.routers
        ],
    )
    click.echo(f"\n{verdict(summary)}\n")


def verdict(summary: Summary) -> str:
    """Whether the cascade is above every router that sees only the prompt."""
    if summary.margin is None or summary.margin_at is None:
        return "no budget pays for the cascade and for a router"
    at = f"at {summary.margin_at:.0%} of the strong model's dollars"
    if summary.margin > 0:
        return (
            "at equal dollars the cascade is above every prompt-only router,"
            f" least {at}: by {summary.margin:.3f}"
        )
    return f"the cascade is not above every prompt-only router: {summary.margin:+.3f} {at}"


def panel(name: str, summary: Summary) -> Panel:
    """The curve, to draw."""
    return Panel(
        name,
        tuple(
            Line(each.router, tuple(zip(BUDGETS, each.quality, strict=True)))
            for each in summary.routers
        ),
    )


def _apgr(spread: Spread | None) -> str:
    return DASH if spread is None else f"{spread.mean:.3f} ± {spread.deviation:.3f}"


def _share(spread: Spread | None) -> str:
    return DASH if spread is None else f"{spread.mean:.0%}"


def _quality(value: float | None) -> str:
    return DASH if value is None else f"{value:.3f}"
