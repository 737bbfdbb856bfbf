"""An evaluation of detectors on a terminal."""

from typing import Any

import click
import msgspec

from headgate.cli.show import table
from headgate.cli.views.privacy_picture import Bar, Panel
from headgate.privacy.evaluation.summary import CleanText, Summary

DASH = "–"


def show(name: str, summary: Summary) -> None:
    """The table by entity, then by request, then by spans."""
    click.echo(f"{name}: {summary.texts} texts\n")
    table(
        ["entity", "n ", "precision ", "recall ", "F1 "],
        [
            [
                entity,
                str(its.labelled),
                f"{its.precision:.3f}" if its.found else DASH,
                f"{its.recall:.3f}" if its.labelled else DASH,
                f"{its.f1:.3f}",
            ]
            for entity, its in summary.entities.by_entity.items()
        ],
    )
    for line in (*_asides(summary), *_requests(summary)):
        click.echo(line)
    spans = summary.spans
    click.echo(
        f"SpanEvaluator at 0.9, whatever the kind: precision {spans.precision:.3f},"
        f" recall {spans.recall:.3f}, F2 {spans.f2:.3f}\n"
    )


def show_clean(clean: CleanText) -> None:
    """Hits by label where nothing should be found."""
    click.echo(f"clean text: {clean.characters} characters\n")
    table(
        ["label", "hits ", "per 4 KB "],
        [
            [label, str(count), f"{clean.per_unit(label):.4f}"]
            for label, count in clean.hits.items()
        ],
    )
    others = sum(clean.per_unit(label) for label in clean.hits if label != "url")
    click.echo(f"\nall but `url`: {others:.3f} per 4 KB")


def show_disguises(cells: dict[str, dict[str, bool]]) -> None:
    """Which identifiers are found in which disguise."""
    kinds = list(next(iter(cells.values())))
    click.echo("\ndisguises\n")
    table(
        ["disguise", *kinds],
        [[name, *("yes" if row[kind] else "no" for kind in kinds)] for name, row in cells.items()],
    )
    found = sum(sum(row.values()) for row in cells.values())
    click.echo(f"\nseen through: {found} of {len(cells) * len(kinds)}")


def as_rows(summary: Summary) -> dict[str, Any]:
    """For `--json`: the counts, and precision, recall and F1 beside them."""
    rows: dict[str, Any] = msgspec.to_builtins(summary)
    for entity, its in summary.entities.by_entity.items():
        rates = {"precision": its.precision, "recall": its.recall, "f1": its.f1}
        rows["entities"]["by_entity"][entity] |= rates
    return rows


def panel(name: str, summary: Summary) -> Panel:
    """Recall and precision by entity, to draw."""
    return Panel(
        name,
        tuple(
            Bar(entity, its.recall, its.precision)
            for entity, its in summary.entities.by_entity.items()
        ),
    )


def _asides(summary: Summary) -> list[str]:
    entities = summary.entities
    lines = []
    if entities.not_covered:
        lines.append(f"\nno detector answers for: {_listed(entities.not_covered)}")
    if entities.elsewhere:
        lines.append(f"\nfound, but not labelled in this data: {_listed(entities.elsewhere)}")
    return [*lines, ""]


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in sorted(counts.items()))


def _requests(summary: Summary) -> list[str]:
    its = summary.requests
    return [
        f"texts with personal data: {its.personal}; noticed {_share(its.flagged, its.personal)},"
        f" all of it covered {_share(its.redacted, its.personal)}",
        f"texts with hard identifiers: {its.hard};"
        f" all of them covered {_share(its.hard_covered, its.hard)}",
        f"texts without: {its.clean}; something found in {its.clean_flagged}",
    ]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else DASH
