"""`headgate learn`: what routes have learned, labels from elsewhere, and starting over."""

import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from headgate.cli.ledger_file import db_option, open_ledger
from headgate.cli.options import config_option, json_option

if TYPE_CHECKING:
    from headgate.gateway.kept_learning import Standing


@click.group(short_help="Show, import or forget what routes have learned.")
def command() -> None:
    """What routes with `learn` have learned about requests that need a stronger tier."""


@command.command("show", short_help="Show what was learned, and from what.")
@click.argument("route", required=False)
@json_option
@db_option
@config_option
def show(route: str | None, as_json: bool, db: Path | None, config: Path | None) -> None:
    """Show labels by kind, cuts and drift, for ROUTE or for every route that has labels."""
    import json
    from datetime import UTC, datetime

    from headgate.cli.show import table
    from headgate.gateway.kept_learning import standing
    from headgate.ledger.learning import LearningStore

    with closing(open_ledger(db, config)) as ledger:
        store = LearningStore(ledger)
        routes = store.routes() if route is None else [route]
        counts = {name: store.counts(name) for name in routes}
        stand = {name: standing(store.model(name)) for name in routes}
    if as_json:
        import msgspec

        found = {name: {"labels": counts[name], "standing": stand[name]} for name in routes}
        click.echo(json.dumps(msgspec.to_builtins(found), indent=2))
        return
    rows = [
        [
            name,
            each.kind,
            str(each.labels),
            f"{each.mean_gain:+.3f}",
            datetime.fromtimestamp(each.newest_at, UTC).isoformat(" ", "minutes"),
        ]
        for name, kinds in counts.items()
        for each in kinds
    ]
    if not rows:
        click.echo("nothing was learned yet", err=True)
        return
    table(["route", "labels of kind", "labels ", "mean gain ", "newest"], rows)
    if known := {name: each for name, each in stand.items() if each is not None}:
        click.echo()
        table(["route", "a tier up above a gain of", "changes noticed "], _standings(known))


def _standings(known: "dict[str, Standing]") -> list[list[str]]:
    return [
        [name, ", ".join(f"{cut:+.3f}" for cut in each.cuts), str(each.drift_alarms)]
        for name, each in known.items()
    ]


@command.command("import", short_help="Learn from labelled prompts.")
@click.argument("route")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@db_option
@config_option
def import_labels(route: str, file: Path, **where: Any) -> None:
    """Learn for ROUTE from FILE: JSON lines with `prompt`, `weak` and `strong` (0 to 1).

    A server that runs learns them within seconds. Prompts are not kept, only buckets of
    their words.

    \b
    headgate learn import smart labels.jsonl
    """
    from headgate.estimate.learning.features import features_of
    from headgate.ledger.learning import Label, LearningStore
    from headgate.runtime.labelled_rows import read_prompts

    now = time.time()
    labels = [
        Label(
            at=now,
            route=route,
            kind="import",
            gain=row.gain,
            weight=1.0,
            features=features_of(row.prompt),
        )
        for row in read_prompts(file, fewest=1)
    ]
    with closing(open_ledger(where["db"], where["config"])) as ledger:
        LearningStore(ledger).add(labels)
    click.echo(f"{len(labels)} labels for route `{route}`")


@command.command("reset", short_help="Forget what a route has learned.")
@click.argument("routes", nargs=-1, required=True)
@db_option
@config_option
def reset(routes: tuple[str, ...], db: Path | None, config: Path | None) -> None:
    """Forget everything that ROUTES have learned; stop the server first, or it goes on."""
    from headgate.ledger.learning import LearningStore

    with closing(open_ledger(db, config)) as ledger:
        LearningStore(ledger).reset(routes)
    click.echo(f"forgotten: {', '.join(routes)}")
