"""Which data may go where, as tables with numbered reasons."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

import click

from headgate.cli.show import printable, table

if TYPE_CHECKING:
    from headgate.runtime.compliance import Cell, Compliance, Row

NONE = "–"
IN_FORCE_NOWHERE = "no compliance policy is in force: set `compliance` to have one"


def show(found: "Compliance") -> None:
    """Each route, and each key that something more is said of, with the reasons below."""
    policies = ", ".join(policy.id for policy in found.policies) or IN_FORCE_NOWHERE
    click.echo(printable(f"as of {found.day}: {policies}"))
    for (route, key), rows in groupby(found.rows, key=lambda row: (row.route, row.key)):
        click.echo("")
        click.echo(printable(f"route {route}" + (f", key {key}" if key else "")))
        _show_rows(list(rows))
    if found.out_of_date:
        click.echo("\nout of date, and therefore unknown")
        columns = ("target", "fact", "since", "read at")
        lines = ([each.target, each.fact, str(each.since), each.at] for each in found.out_of_date)
        table(columns, lines)


def _show_rows(rows: "Sequence[Row]") -> None:
    reasons: list[str] = []
    targets = [cell.target for cell in rows[0].cells]
    table(
        ("data", *targets, "policies"),
        (
            [
                ", ".join(row.label for row in alike),
                *_answers(alike[0], reasons),
                ", ".join(alike[0].policies) or NONE,
            ]
            for alike in _alike(rows)
        ),
    )
    for number, reason in enumerate(reasons, 1):
        click.echo(printable(f"[{number}] {reason}"))


def _alike(rows: "Iterable[Row]") -> "Iterator[list[Row]]":
    """Rows that read the same but for their label, as one."""
    groups: dict[object, list[Row]] = {}
    for row in rows:
        groups.setdefault(_told(row), []).append(row)
    yield from groups.values()


def _told(row: "Row") -> object:
    return row.policies, tuple((cell.how, tuple(_why(row, cell))) for cell in row.cells)


def _why(row: "Row", cell: "Cell") -> Iterator[str]:
    """Why a target may not have it, a policy or rule at a time."""
    if cell.how != "no":
        return
    named = f"`{row.label}`"
    for each in cell.shortfalls:
        missing = "; ".join(each.missing).replace(named, "it")
        cites = f" [{', '.join(each.cites)}]" if each.cites else ""
        yield f"{each.policy}: {missing}{cites}"
    for rule, reason in cell.reasons.items():
        yield f"{rule}: {reason.replace(named, 'it')}"


def _answers(row: "Row", reasons: list[str]) -> Iterator[str]:
    for cell in row.cells:
        numbers = []
        for each in _why(row, cell):
            if each not in reasons:
                reasons.append(each)
            numbers.append(f"[{reasons.index(each) + 1}]")
        yield " ".join([cell.how, *numbers])


def show_policies() -> None:
    """Every policy that has a name."""
    from headgate.policy.compliance.builtin import policy_sets

    table(
        ("name", "policy", "about", "else", "requires", "cites"),
        (
            [
                name,
                policy.id,
                policy.message or each.about,
                policy.otherwise,
                _written(policy.require),
                "; ".join(policy.cites),
            ]
            for name, each in policy_sets().items()
            for policy in each.policies
        ),
    )


def _written(requirement: object) -> str:
    """A requirement in a line."""
    if isinstance(requirement, dict):
        [(name, given)] = requirement.items()
        if name in {"all", "any"}:
            inner = (" and " if name == "all" else " or ").join(map(_written, given))
            return f"({inner})"
        [(condition, value)] = given.items()
        words = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        return f"{name} {str(condition).replace('_', ' ')} {words}"
    return str(requirement)


def show_providers(day: date) -> None:
    """What providers publish, with what is out of date, and where sources differ."""
    from headgate.catalog.reference import COLUMNS, cells, conflicts

    table(("provider", *COLUMNS), cells(day))
    for line in conflicts():
        click.echo(printable(line))
