"""`headgate eval privacy`: how well personal data is found, on labelled texts."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from headgate.cli.options import json_option

if TYPE_CHECKING:
    from headgate.privacy.evaluation.labelled import Fold
    from headgate.privacy.evaluation.summary import CleanText, Summary


@click.command(short_help="Score detectors of personal data on labelled texts.")
@click.argument("data", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--fold",
    type=click.Choice(["all", "even", "odd"]),
    default="all",
    help="Only texts whose template, or else whose place in the file, has such a number.",
)
@click.option(
    "--clean",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="Count hits in a file or folder without personal data; repeatable.",
)
@click.option("--label", "labels", multiple=True, help="Look for this only; repeatable.")
@click.option("--disguises", is_flag=True, help="Show which disguises are seen through.")
@click.option("--picture", type=click.Path(path_type=Path, dir_okay=False), help="Write an SVG.")
@json_option
def command(
    data: tuple[Path, ...],
    fold: "Fold",
    clean: tuple[Path, ...],
    picture: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Score what finds personal data on DATA: texts with the places of what they hold.

    DATA is JSON lines, plain or gzipped, as of presidio-research (`full_text`, `spans`), of
    AmbientMeta (`text`, `annotations`), or with one secret (`text`, `start`, `end`).

    \b
    headgate eval privacy labelled.jsonl
    headgate eval privacy labelled.jsonl.gz --fold odd --picture recall.svg
    headgate eval privacy --clean docs --clean src --disguises
    """
    if not (data or clean or options["disguises"]):
        raise click.UsageError("nothing to score: name DATA, --clean text, or --disguises")
    wanted = _wanted(options["labels"])
    summaries = {path.name.split(".")[0]: _summary(path, fold, wanted) for path in data}
    cleaned = _cleaned(clean, wanted) if clean else None
    cells = _cells() if options["disguises"] else None
    if picture is not None:
        _draw(picture, summaries)
    if as_json:
        _print_json(summaries, cleaned, cells)
        return
    from headgate.cli.views.privacy import show, show_clean, show_disguises

    for name, summary in summaries.items():
        show(name, summary)
    if cleaned is not None:
        show_clean(cleaned)
    if cells is not None:
        show_disguises(cells)


def _wanted(labels: tuple[str, ...]) -> frozenset[str]:
    from headgate.privacy.scan import known_labels

    known = known_labels()
    for label in labels:
        if label not in known:
            raise click.UsageError(f"--label {label}: there are {', '.join(known)}")
    return frozenset(labels or known)


def _summary(path: Path, fold: "Fold", wanted: frozenset[str]) -> "Summary":
    from headgate.privacy.evaluation.summary import evaluate
    from headgate.runtime.labelled_texts import read_labelled_texts

    texts = [text for text in read_labelled_texts(path) if text.belongs_to(fold)]
    return evaluate(texts, wanted)


def _cleaned(paths: tuple[Path, ...], wanted: frozenset[str]) -> "CleanText":
    from headgate.privacy.evaluation.summary import count_clean
    from headgate.runtime.labelled_texts import read_clean_texts

    return count_clean(read_clean_texts(paths), wanted)


def _cells() -> dict[str, dict[str, bool]]:
    from headgate.privacy.evaluation.disguises import matrix

    return matrix()


def _draw(picture: Path, summaries: "dict[str, Summary]") -> None:
    from headgate.cli.views.privacy import panel
    from headgate.cli.views.privacy_picture import picture as drawn

    picture.write_text(drawn([panel(name, each) for name, each in summaries.items()]), "utf-8")


def _print_json(
    summaries: "dict[str, Summary]",
    cleaned: "CleanText | None",
    cells: dict[str, dict[str, bool]] | None,
) -> None:
    import msgspec

    from headgate.cli.views.privacy import as_rows

    shown: dict[str, Any] = {name: as_rows(summary) for name, summary in summaries.items()}
    if cleaned is not None:
        shown["clean"] = msgspec.to_builtins(cleaned)
    if cells is not None:
        shown["disguises"] = cells
    click.echo(json.dumps(shown, indent=2))
