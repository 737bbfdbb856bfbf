"""A replay as tables and sentences."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from headgate.cli.show import printable, table

if TYPE_CHECKING:
    from headgate.planner.replay.report import Figures, Replay, TargetShare

MOST_MOVES = 10


def show(replay: "Replay") -> None:
    """Print it."""
    from headgate.planner.replay.rows import COLUMNS, rows

    click.echo(printable(_headline(replay)))
    click.echo("")
    table(COLUMNS, rows(replay))
    for figures in replay.policies:
        click.echo("")
        for line in _policy(figures):
            click.echo(printable(line))
    click.echo("")
    for note in replay.notes:
        click.echo(printable(f"assumed: {note}" if not note[0].isdigit() else f"note: {note}"))


def _headline(replay: "Replay") -> str:
    parts = [f"{replay.requests:,} requests of {replay.source}"]
    if replay.first_at is not None:
        parts.append(f"from {replay.first_at[:19].replace('T', ' ')} UTC")
    if replay.span_s is not None:
        parts.append(f"over {_span(replay.span_s)}")
    return ", ".join(parts) + f"; prices of {replay.prices}; seed {replay.seed}"


def _span(seconds: float) -> str:
    for size, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} seconds"


def _policy(figures: "Figures") -> Iterator[str]:
    yield f"{figures.name}"
    for share in figures.targets:
        yield f"  {share.target}: {_share(share)}"
    if figures.failed:
        yield f"  {figures.failed:,} fail: every target that may serve them failed them then"
    if figures.waited:
        yield f"  {figures.waited:,} wait for a slot longer than they did"
    if figures.unknown_times:
        yield f"  the times of {figures.unknown_times:,} are unknown and in no percentile"
    yield from _changes(figures)
    for note in figures.notes:
        yield f"  {note}"


def _share(share: "TargetShare") -> str:
    from headgate.planner.replay.rows import dollars

    parts = [f"{share.requests:,} requests", dollars(share.known_usd, share.unknown_costs)]
    if share.utilisation is not None:
        parts.append(f"slots {share.utilisation:.0%} busy")
    parts.append("speed unknown" if share.speed is None else f"speed {share.speed}")
    return ", ".join(parts)


def _changes(figures: "Figures") -> Iterator[str]:
    for move in figures.moves[:MOST_MOVES]:
        examples = ", ".join(move.examples)
        yield (
            f"  {move.requests:,} from {move.before or 'nowhere'} to"
            f" {move.after or 'nowhere'} (as {examples})"
        )
    if len(figures.moves) > MOST_MOVES:
        yield f"  and {len(figures.moves) - MOST_MOVES} more kinds of move: --json has them"
    if figures.reordered:
        yield f"  {figures.reordered:,} keep their target and would fall back on others"
    if (quality := figures.quality) and (quality.weaker or quality.stronger or quality.unknown):
        yield (
            f"  a weaker tier answers {quality.weaker:,}, a stronger one {quality.stronger:,};"
            f" of {quality.unknown:,} that move nobody can tell"
        )
