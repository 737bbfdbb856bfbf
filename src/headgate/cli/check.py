"""`headgate check`: validate a configuration without starting or sending anything."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from headgate.cli.options import FINDINGS, json_option

if TYPE_CHECKING:
    from headgate.config.load import Loaded
    from headgate.config.report import Located
    from headgate.config.schema import Settings


@click.command(short_help="Validate a configuration.")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@json_option
@click.option("--strict", is_flag=True, help="Exit 5 when there is anything to look at.")
@click.option("--show-origin", is_flag=True, help="Print every value and where it comes from.")
@click.pass_context
def command(
    context: click.Context, file: Path | None, as_json: bool, strict: bool, show_origin: bool
) -> None:
    """Validate FILE, by default the configuration that `headgate serve` would use.

    Exits 3 when it is not valid. Starts nothing, sends nothing.

    \b
    headgate check
    headgate check production.yaml --strict --json
    """
    from headgate.config.load import read
    from headgate.config.report import InvalidConfig

    try:
        loaded = read(file)
    except InvalidConfig as error:
        if not as_json:
            raise
        click.echo(json.dumps({"valid": False, "problems": _plain(error.problems)}, indent=2))
        context.exit(error.exit_code)
    warnings = _warnings(loaded)
    show = _show_json if as_json else _show_words
    show(loaded, warnings, show_origin)
    context.exit(FINDINGS if strict and warnings else 0)


def _show_words(loaded: "Loaded", warnings: "list[Located]", show_origin: bool) -> None:
    from headgate.config.describe import describe
    from headgate.config.origins import origins

    if show_origin:
        for setting, value, source in origins(loaded):
            click.echo(f"{setting}: {json.dumps(value, ensure_ascii=False)}  ({source})")
    else:
        click.echo("\n".join([f"{loaded.path} is valid", *describe(loaded.settings)]))
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)


def _show_json(loaded: "Loaded", warnings: "list[Located]", show_origin: bool) -> None:
    from headgate.config.budgets import budget_in_words
    from headgate.config.describe import route_in_words, target_in_words
    from headgate.config.origins import origins

    settings = loaded.settings
    document: dict[str, Any] = {
        "valid": True,
        "file": str(loaded.path),
        "default_route": settings.auto_route,
        "routes": {name: route_in_words(route) for name, route in settings.routes.items()},
        "targets": {name: target_in_words(target) for name, target in settings.targets.items()},
        "budgets": {name: budget_in_words(budget) for name, budget in settings.budgets.items()},
        "warnings": _plain(warnings),
    }
    if show_origin:
        document["origins"] = [origin._asdict() for origin in origins(loaded)]
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def _warnings(loaded: "Loaded") -> "list[Located]":
    import os
    from datetime import UTC, datetime

    from headgate.config.findings import findings
    from headgate.config.report import located
    from headgate.runtime.compliance_findings import compliance_findings

    local, now = frozenset(_local_targets(loaded.settings)), datetime.now(UTC)
    found = findings(loaded.settings, os.environ, local, now)
    found += compliance_findings(loaded.settings, now.date())
    return located(loaded.document, loaded.path, found)


def _local_targets(settings: "Settings") -> Iterator[str]:
    from headgate.backends.registry import provider
    from headgate.runtime.trust import is_own

    for name, target in settings.targets.items():
        if is_own(provider(target.backend), target):
            yield name


def _plain(problems: "tuple[Located, ...] | list[Located]") -> list[dict[str, Any]]:
    from dataclasses import asdict

    return [asdict(problem) for problem in problems]
