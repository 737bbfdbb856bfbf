"""`headgate batch`: many requests from a file, each answered once, at the lowest price."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from headgate.cli.options import config_option

if TYPE_CHECKING:
    from headgate.ledger.batch_store import Counts

SOME_FAILED = 1
_file = click.Path(path_type=Path, dir_okay=False)


@click.command(short_help="Answer a file of requests.")
@click.argument("source", metavar="IN", type=_file)
@click.argument("output", metavar="OUT", type=_file)
@config_option
@click.option(
    "--endpoint",
    default="/v1/chat/completions",
    show_default=True,
    help="Where lines go that do not say it themselves.",
)
@click.option("--label", "labels", multiple=True, help="Privacy label, such as phi; repeatable.")
@click.option(
    "--now", is_flag=True, help="Wait neither for idle time nor in a provider's cheaper queue."
)
def command(
    source: Path,
    output: Path,
    config: Path | None,
    endpoint: str,
    labels: tuple[str, ...],
    now: bool,
) -> int:
    """Answer every line of IN (JSON lines, in the form of OpenAI's batches, or bodies alone).

    OUT gets one result a line, in the order of IN, once all are there. Stopped or crashed,
    the same command goes on where it was.

    \b
    headgate batch questions.jsonl answers.jsonl
    """
    import anyio

    from headgate.config.load import load_settings
    from headgate.runtime.batch_file import FileBatch

    batch = FileBatch(
        source=source,
        output=output,
        endpoint=endpoint,
        labels=frozenset(labels),
        may_wait=not now,
    )
    settings = load_settings(config)
    try:
        with _progress() as watch:
            counts = anyio.run(batch.run, settings, watch)
    except KeyboardInterrupt:
        click.echo(f"stopped; the same command goes on ({batch.journal} knows where)", err=True)
        raise
    click.echo(f"{output}: {counts.completed} answered, {counts.failed} failed", err=True)
    return SOME_FAILED if counts.failed else 0


@contextmanager
def _progress() -> "Iterator[Callable[[Counts], None]]":
    """Shows how far it has come, to people only."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=None)

        def watch(counts: "Counts") -> None:
            done = counts.completed + counts.failed
            progress.update(task, total=counts.total, completed=done)

        yield watch
