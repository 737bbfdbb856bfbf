"""`headgate replay`: what another policy would have done to past traffic."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from typing_extensions import override

from headgate.cli.ledger import Since
from headgate.cli.ledger_file import db_option, open_ledger
from headgate.cli.options import config_option, json_option

if TYPE_CHECKING:
    from headgate.ledger.store import LedgerStore
    from headgate.planner.replay.report import Replay
    from headgate.runtime.replay_policy import Said

LEDGER = "ledger"


class SaidSpeed(click.ParamType["tuple[str, Said]"]):
    """`local=2000:40`, prompt and answer tokens a second, `cloud=400ms:80`, or a machine."""

    name = "TARGET=SPEED"

    @override
    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> "tuple[str, Said]":
        from headgate.planner.replay.speeds import Steady

        target, _, machine = str(value).partition("=")
        if target and "@" in machine:
            return target, machine
        number = r"(\d+(?:\.\d+)?)"
        found = re.fullmatch(rf"([\w.-]+)={number}(ms)?:{number}", str(value))
        if not found or not float(found[4]) or not (found[3] or float(found[2])):
            self.fail(
                f"{value}: write `local=2000:40` (tokens a second read and written),"
                " `cloud=400ms:80` (the time to the first token), or"
                " `local=llama-3.1-8b@rtx-4090` (a model on a machine)",
                param,
                ctx,
            )
        start, written = float(found[2]), float(found[4])
        if found[3]:
            return found[1], Steady(ttft_s=start / 1000, write_tokens_per_s=written)
        return found[1], Steady(read_tokens_per_s=start, write_tokens_per_s=written)


@click.command(short_help="What another policy would have done to past traffic.")
@click.option(
    "--policy",
    "policies",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A configuration to replay; several are compared. By default the current one.",
)
@click.option("--from", "source", default=LEDGER, help="`ledger`, a ledger's file, or a trace.")
@click.option("--format", "form", help="Of a usage file, where its columns do not tell.")
@click.option("--since", type=Since(), help="24h, 7d, or a date like 2026-11-01 (UTC).")
@click.option("--until", type=Since(), help="Likewise; by default up to now.")
@click.option(
    "--prices",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A price list (genai-prices' data.json) instead of the one in use.",
)
@click.option("--speed", "speeds", multiple=True, type=SaidSpeed(), help="How fast a target is.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of what is drawn.")
@click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a picture (SVG).",
)
@json_option
@db_option
@config_option
def command(picture: Path | None, as_json: bool, **options: Any) -> None:
    """What another policy, price list or hardware would have done to past traffic.

    Sends nothing, and needs no keys. Decisions are made again with what was known then; the
    queues of targets with `max_concurrency` are simulated.

    \b
    headgate replay --policy cheaper.yaml --since 30d
    headgate replay --policy a.yaml --policy b.yaml --from trace.csv --speed local=3000:45
    headgate replay --policy cheaper.yaml --json --picture replay.svg
    """
    replay = _replay(options)
    if picture is not None:
        _write_picture(replay, picture)
    if as_json:
        from headgate.ledger.export import json_text

        click.echo(json_text(replay))
    else:
        from headgate.cli.views.replay import show

        show(replay)


def _replay(options: dict[str, Any]) -> "Replay":
    from datetime import UTC, datetime

    from headgate.runtime.replaying import Question, make_replay

    source, speeds = options.pop("source"), dict(options.pop("speeds"))
    db, config = options.pop("db"), options.pop("config")
    policies = options.pop("policies") or (_current(config),)
    with _opened(source, db, config) as opened:
        return make_replay(
            Question(
                **options,
                policies=policies,
                source=opened,
                source_name=source if source == LEDGER else Path(source).name,
                speeds=speeds,
                environ=os.environ,
                now=datetime.now(UTC),
            )
        )


@contextmanager
def _opened(source: str, db: Path | None, config: Path | None) -> "Iterator[LedgerStore | Path]":
    from headgate.runtime.replaying import is_ledger

    if source == LEDGER or is_ledger(Path(source)):
        store = open_ledger(db if source == LEDGER else Path(source), config)
        try:
            yield store
        finally:
            store.close()
    else:
        yield Path(source)


def _current(config: Path | None) -> Path:
    from headgate.config.find import find_config

    found = find_config(config, environ=os.environ, folder=Path.cwd())
    if found is None:
        raise click.UsageError("there is no headgate.yaml here: say which `--policy` to replay")
    return found


def _write_picture(replay: "Replay", path: Path) -> None:
    from headgate.cli.views.replay_picture import picture
    from headgate.core.errors import HeadgateError

    try:
        path.write_text(picture(replay), "utf-8")
    except OSError as error:
        raise HeadgateError(f"cannot write `{path}`: {error.strerror}") from error
    click.echo(f"wrote {path}", err=True)
