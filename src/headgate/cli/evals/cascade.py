"""`headgate eval cascade`: what reading the cheap answers first is worth, on labelled data."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from typing_extensions import override

from headgate.cli.options import json_option

if TYPE_CHECKING:
    from headgate.policy.cascade.prices import Prices
    from headgate.policy.cascade.rows import Row
    from headgate.policy.cascade.summary import Summary


class PerToken(click.ParamType[tuple[float, float]]):
    """Dollars for a million tokens, input and output: `2.5/10`."""

    name = "IN/OUT"

    @override
    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        """Two numbers that are not negative."""
        try:
            read, written = (float(part) for part in str(value).split("/"))
        except ValueError:
            self.fail(f"{value!r} is not two prices, as 2.5/10", param, ctx)
        if not (0 <= read < float("inf") and 0 <= written < float("inf")):
            self.fail(f"{value!r} is not two prices of 0 or more", param, ctx)
        return read, written


@click.command(short_help="Score cascades on labelled answers.")
@click.argument(
    "data", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--members", default="2", help="How many cheap models, or names: a,b.")
@click.option("--labels", type=click.IntRange(0), help="Learn from this many questions at most.")
@click.option("--splits", default=5, type=click.IntRange(1, 100), help="Random parts to score on.")
@click.option("--seed", default=1, help="Of the random parts.")
@click.option("--strong-usd-per-mtok", type=PerToken(), help="By default GPT-4o: 2.5/10.")
@click.option(
    "--local-usd-per-mtok", type=PerToken(), help="By default power for an RTX 4090: 0.0072/0.2149."
)
@click.option(
    "--strong-answer-tokens",
    type=click.FloatRange(0),
    help="By default the first cheap model's median.",
)
@click.option("--picture", type=click.Path(path_type=Path, dir_okay=False), help="Write an SVG.")
@json_option
def command(data: tuple[Path, ...], picture: Path | None, as_json: bool, **options: Any) -> None:
    """Score cascades on DATA: labelled answers of cheap models and of a strong one.

    Learns from one part of the questions and scores on another, several times. DATA is JSON
    lines, plain or gzipped, with `id`, `prompt`, `strong` and `cheap`.

    \b
    headgate eval cascade answers.jsonl
    headgate eval cascade answers.jsonl.gz --members 3 --picture curve.svg
    headgate eval cascade answers.jsonl --local-usd-per-mtok 0/0.05 --json
    """
    from headgate.cli.views.cascade import panel, show

    names = [path.name.split(".")[0] for path in data]
    if len(set(names)) < len(names):
        names = [str(path) for path in data]
    summaries = {name: _summary(path, options) for name, path in zip(names, data, strict=True)}
    if picture is not None:
        from headgate.cli.views.curve_picture import picture as drawn

        panels = [panel(name, summary) for name, summary in summaries.items()]
        across, up = "cost, as a share of all strong", "quality"
        picture.write_text(drawn(panels, across=across, up=up), "utf-8")
    if as_json:
        import msgspec

        click.echo(json.dumps(msgspec.to_builtins(summaries), indent=2))
        return
    for name, summary in summaries.items():
        show(name, summary)


def _summary(path: Path, options: dict[str, Any]) -> "Summary":
    from random import Random

    from headgate.policy.cascade.prompt_only import PROMPT_ONLY
    from headgate.policy.cascade.rows import labelled
    from headgate.policy.cascade.summary import summarise
    from headgate.policy.cascade.trial import Plan, run
    from headgate.runtime.cascade_rows import read_rows

    rows = read_rows(path)
    count, fixed = _members(options["members"], rows[0])
    plan = Plan(
        members=count,
        fixed=fixed,
        labels=options["labels"],
        splits=options["splits"],
        prices=_prices(options),
    )
    generator = Random(options["seed"])
    return summarise(list(run(labelled(rows), plan, routers=PROMPT_ONLY, generator=generator)))


def _members(asked: str, row: "Row") -> tuple[int, tuple[int, ...]]:
    known = [each.model for each in row.cheap]
    if asked.isdecimal():
        if not 1 <= int(asked) <= len(known):
            raise click.UsageError(f"--members {asked}: the data has {len(known)} cheap models")
        return int(asked), ()
    names = [name.strip() for name in asked.split(",")]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise click.UsageError(
            f"--members: no model is called {unknown[0]!r}; there are {', '.join(known)}"
        )
    return len(names), tuple(known.index(name) for name in dict.fromkeys(names))


def _prices(options: dict[str, Any]) -> "Prices":
    from headgate.policy.cascade import prices

    strong, local = options["strong_usd_per_mtok"], options["local_usd_per_mtok"]
    return prices.Prices(
        cheap=prices.PerToken(*local) if local else prices.electricity(),
        strong=prices.PerToken(*strong) if strong else prices.GPT_4O,
        strong_answer_tokens=options["strong_answer_tokens"],
    )
