"""`headgate comply`: which data may go to which targets, under which policy, and why."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from headgate.cli.options import config_option, json_option

if TYPE_CHECKING:
    from datetime import date


@click.command(short_help="Show which data may go where, and why.")
@config_option
@click.option("--label", "labels", multiple=True, help="Look at this label, too.")
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="As it will be, or was, on that day; by default today.",
)
@click.option("--policies", "what", flag_value="policies", help="List the policies there are.")
@click.option("--providers", "what", flag_value="providers", help="What providers publish.")
@json_option
def command(
    config: Path | None,
    labels: tuple[str, ...],
    on: datetime | None,
    what: str | None,
    as_json: bool,
) -> None:
    """Show which data may go to which targets of a configuration, under which policy, and why.

    The verdicts are the router's own. Needs no keys, starts nothing, sends nothing. This is
    logic over what you signed and what is published, not legal advice.

    \b
    headgate comply
    headgate comply --label trade_secret --json
    headgate comply --on 2027-07-01          what will have run out by then
    headgate comply --providers              retention, training, audits of providers
    """
    day = _today() if on is None else on.date()
    if what == "providers":
        _show_providers(day, as_json)
    elif what == "policies":
        _show_policies(as_json)
    else:
        _show_matrix(config, day, labels, as_json)


def _today() -> "date":
    from datetime import UTC

    return datetime.now(UTC).date()


def _show_matrix(config: Path | None, day: "date", labels: tuple[str, ...], as_json: bool) -> None:
    from headgate.cli.views.comply import show
    from headgate.config.load import read
    from headgate.runtime.compliance import compliance_of

    found = compliance_of(read(config).settings, day, labels)
    if as_json:
        _print(found)
    else:
        show(found)


def _show_providers(day: "date", as_json: bool) -> None:
    from headgate.catalog.provider_facts import provider_facts
    from headgate.cli.views.comply import show_providers

    if as_json:
        _print(provider_facts())
    else:
        show_providers(day)


def _show_policies(as_json: bool) -> None:
    from headgate.cli.views.comply import show_policies
    from headgate.policy.compliance.builtin import policies_of, policy_sets

    if as_json:
        _print({name: policies_of(name) for name in policy_sets()})
    else:
        show_policies()


def _print(found: object) -> None:
    import msgspec

    click.echo(json.dumps(msgspec.to_builtins(found), indent=2, ensure_ascii=False))
