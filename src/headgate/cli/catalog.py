"""`headgate catalog`: the facts that plans and routes stand on, with their dates."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from headgate.cli.options import FINDINGS, json_option

if TYPE_CHECKING:
    from headgate.runtime.price_file import Update

ALONG_WITH = {
    "prices": ("prices", "second_prices"),
    "capabilities": ("capabilities", "families"),
}
"""Kinds that are shown as one."""

COLUMNS = {
    "models": {
        "model": "id",
        "parameters (B) ": "parameters_b",
        "active (B) ": "active_parameters_b",
        "context ": "context_tokens",
        "licence": "licence",
        "MMLU-Pro ": "quality",
    },
    "hardware": {
        "device": "id",
        "kind": "kind",
        "memory (GiB) ": "memory_gib",
        "GB/s ": "bandwidth_gb_s",
        "bf16 TFLOP/s ": "bf16_tflops",
        "watts ": "max_watts",
        "price (USD) ": "price_usd",
    },
    "rentals": {
        "provider": "provider",
        "device": "hardware",
        "devices ": "devices",
        "USD per device-hour ": "usd_per_device_hour",
        "tenure": "tenure",
        "checked": "checked",
    },
    "tariffs": {
        "tariff": "id",
        "where": "name",
        "USD per kWh ": "usd_per_kwh",
        "checked": "checked",
    },
    "apis": {
        "model": "id",
        "weights": "open_model",
        "context ": "context_tokens",
        "regions": "regions",
        "retired": "retired",
        "successor": "successor",
        "MMLU-Pro ": "quality",
    },
    "allowances": {
        "allowance": "id",
        "side": "side",
        "amount ": "amount",
        "unit": "unit",
        "checked": "checked",
    },
    "prices": {
        "model": "id",
        "USD per Mtok in ": "input_usd_per_mtok",
        "out ": "output_usd_per_mtok",
        "source": "source",
        "another list says": "differs",
    },
    "capabilities": {
        "provider": "provider",
        "models": "models",
        "kind": "kind",
        "context ": "context_tokens",
        "output ": "max_output_tokens",
        "has": "has",
        "lacks": "lacks",
    },
    "provider_facts": {
        "provider": "id",
        "kept (days) ": "retention_days",
        "zero retention": "zdr",
        "trains": "trains_default",
        "SOC 2": "soc2",
        "HIPAA agreement": "baa",
        "computes in": "regions_inference",
    },
    "stale": {
        "kind": "kind",
        "entry": "entry",
        "figures": "covers",
        "checked": "checked",
        "stale since": "since",
        "read at": "at",
    },
    "kinds": {"kind": "name", "entries ": "entries", "stale ": "stale"},
}
"""Of each table, what a column shows. A name that ends in a space is a number's."""

stale_option = click.option(
    "--stale", "only_stale", is_flag=True, help="Only figures past their date; exits 5 if any."
)


@click.group(invoke_without_command=True, short_help="Show the facts that plans stand on.")
@stale_option
@json_option
@click.pass_context
def command(context: click.Context, only_stale: bool, as_json: bool) -> None:
    """Show the facts that plans and routes stand on: prices, models, hardware, power.

    Every figure has a source and a date; `--json` shows them all.

    \b
    headgate catalog                  what there is
    headgate catalog hardware         one kind of it
    headgate catalog --stale          what has to be read again
    headgate catalog update           fetch today's prices
    """
    if context.invoked_subcommand is not None:
        return
    if only_stale:
        _show_stale(context, None, as_json=as_json)
    else:
        _show("kinds", _kinds(), as_json=as_json)


def _listing(kind: str, what: str) -> click.Command:
    """The command that lists one kind."""

    @click.command(kind, short_help=what, help=what)
    @stale_option
    @json_option
    @click.pass_context
    def listing(context: click.Context, only_stale: bool, as_json: bool) -> None:
        if only_stale:
            _show_stale(context, kind, as_json=as_json)
        else:
            _show(kind, _entries(kind), as_json=as_json)

    return listing


for _kind, _what in {
    "models": "Open-weights models: size, context, licence.",
    "hardware": "Devices that run models: memory, speed, power, price.",
    "rentals": "What providers ask for machines by the hour.",
    "tariffs": "What electricity costs a business.",
    "apis": "Hosted models: context, regions, retirement, successor.",
    "allowances": "Hidden costs: engineering, monitoring, interest.",
    "prices": "What hosted models cost now, and where lists differ.",
    "capabilities": "What models can and cannot do, as routing knows it.",
    "provider_facts": "What providers do with data: retention, training, audits.",
}.items():
    command.add_command(_listing(_kind, _what))


@command.command(short_help="Fetch today's price list.")
@click.option("--url", help="Fetch it from here instead of genai-prices' own address.")
def update(url: str | None) -> None:
    """Fetch today's price list and use it from the next start on.

    It is kept in $XDG_DATA_HOME/headgate/prices.json; delete it to go back to the installed one.
    """
    import asyncio
    import os
    from datetime import UTC, datetime

    from headgate.runtime.price_file import default_url, price_file, update_prices

    fetching = update_prices(
        url or default_url(), price_file(), at=datetime.now(UTC), environ=os.environ
    )
    _show_update(asyncio.run(fetching))


def _entries(kind: str) -> Iterable[Any]:
    from datetime import UTC, datetime

    from headgate.catalog.kinds import KINDS
    from headgate.catalog.quotes import quotes

    if kind == "prices":
        return quotes(datetime.now(UTC))
    return [entry for name in ALONG_WITH.get(kind, (kind,)) for entry in KINDS[name].entries()]


def _kinds() -> list[dict[str, object]]:
    from datetime import UTC, datetime

    from headgate.catalog.kinds import KINDS
    from headgate.catalog.staleness import stale

    today = datetime.now(UTC).date()
    return [
        {
            "name": kind.name,
            "entries": len(tuple(kind.entries())),
            "stale": len(stale(today, [kind])),
        }
        for kind in KINDS.values()
    ]


def _show_stale(context: click.Context, kind: str | None, *, as_json: bool) -> None:
    from datetime import UTC, datetime

    from headgate.catalog.kinds import KINDS
    from headgate.catalog.staleness import stale

    names = KINDS if kind is None else ALONG_WITH.get(kind, (kind,))
    found = stale(datetime.now(UTC).date(), [KINDS[name] for name in names])
    _show("stale", found, as_json=as_json)
    context.exit(FINDINGS if found else 0)


def _show_update(done: "Update") -> None:
    from headgate.cli.show import table

    click.echo(f"wrote {done.path}", err=True)
    click.echo(f"{len(done.added):,} models added, {len(done.removed):,} removed", err=True)
    click.echo(f"{len(done.changed):,} models of the catalogue have a new price", err=True)
    if done.changed:
        rows = [(now.id, _price(before), _price(now)) for before, now in done.changed]
        table(("model", "before ", "now "), rows)


def _price(quote: Any) -> str:
    return f"{_cell(quote.input_usd_per_mtok)} / {_cell(quote.output_usd_per_mtok)}"


def _show(kind: str, entries: Iterable[Any], *, as_json: bool) -> None:
    import msgspec

    from headgate.cli.show import table

    rows: list[dict[str, Any]] = msgspec.to_builtins(list(entries))
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    columns = COLUMNS[kind]
    table(tuple(columns), ([_cell(row[name]) for name in columns.values()] for row in rows))


def _cell(value: Any) -> str:
    """One figure in words."""
    match value:
        case None | () | "":
            return "–"
        case bool():
            return "yes" if value else "no"
        case dict():
            return _grouped(value)
        case tuple():
            return ", ".join(_cell(each) for each in value)
        case int() | float():
            return f"{value:,.10g}"
        case _:
            return str(value)


def _grouped(value: dict[str, Any]) -> str:
    """A range by its ends, a score by its number, another list's price by that."""
    match value:
        case {"low": low, "usual": usual, "high": high}:
            return f"{_cell(usual)} ({_cell(low)}–{_cell(high)})"
        case {"percent": percent}:
            return _cell(percent)
        case {"source": source, "input_usd_per_mtok": given, "output_usd_per_mtok": taken}:
            return f"{_cell(given)} / {_cell(taken)} ({source})"
        case _:
            return json.dumps(value)
