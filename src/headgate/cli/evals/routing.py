"""`headgate eval routing`: how well prompts are ranked for a stronger model, on labelled ones."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from headgate.cli.options import json_option

if TYPE_CHECKING:
    from headgate.estimate.learning.evaluation import Evaluation
    from headgate.runtime.decision_speed import Latency


@click.command(short_help="Score routers on labelled prompts.")
@click.argument(
    "data", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option(
    "--labels",
    multiple=True,
    type=click.IntRange(1),
    default=(200, 800),
    show_default=True,
    help="Learn from so many, beside all; repeatable.",
)
@click.option("--parts", default=5, type=click.IntRange(2, 50), help="Parts to score on in turn.")
@click.option("--seed", default=1, help="Of the parts.")
@click.option("--picture", type=click.Path(path_type=Path, dir_okay=False), help="Write an SVG.")
@json_option
def command(
    data: tuple[Path, ...],
    labels: tuple[int, ...],
    picture: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Score what ranks prompts on DATA: how good a weaker and a stronger model answered each.

    Every prompt is scored by what learned from other questions only. DATA is JSON lines,
    plain or gzipped, with `prompt`, `weak` and `strong`.

    \b
    headgate eval routing labels.jsonl
    headgate eval routing labels.jsonl.gz --labels 500 --picture curve.svg
    """
    evaluations = {path.name.split(".")[0]: _evaluated(path, labels, options) for path in data}
    if picture is not None:
        _draw(picture, evaluations)
    if as_json:
        _print_json(evaluations)
        return
    from headgate.cli.views.routing import show

    for name, (evaluation, latency) in evaluations.items():
        show(name, evaluation, latency)


def _evaluated(
    path: Path, labels: tuple[int, ...], options: dict[str, Any]
) -> "tuple[Evaluation, Latency]":
    from random import Random

    from headgate.estimate.learning.evaluation import evaluate
    from headgate.runtime.decision_speed import decision_latency
    from headgate.runtime.labelled_rows import read_prompts

    rows = read_prompts(path)
    generator = Random(options["seed"])
    found = evaluate(rows, labels=labels, parts=options["parts"], generator=generator)
    return found, decision_latency(rows)


def _draw(picture: Path, evaluations: "dict[str, tuple[Evaluation, Latency]]") -> None:
    from headgate.cli.views.curve_picture import picture as drawn
    from headgate.cli.views.routing import panel

    panels = [panel(name, evaluation) for name, (evaluation, _) in evaluations.items()]
    across, up = "share of prompts to the strong model", "quality"
    picture.write_text(drawn(panels, across=across, up=up), "utf-8")


def _print_json(evaluations: "dict[str, tuple[Evaluation, Latency]]") -> None:
    import msgspec

    shown = {
        name: {**msgspec.to_builtins(evaluation), "decision_ms": msgspec.to_builtins(latency)}
        for name, (evaluation, latency) in evaluations.items()
    }
    click.echo(json.dumps(shown, indent=2))
