"""`headgate explain`: why a request went where it went."""

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from headgate.cli.ledger_file import db_option, open_ledger
from headgate.cli.options import config_option, json_option

if TYPE_CHECKING:
    from headgate.gateway.explain import Explanation
    from headgate.ledger.queries import RecordedDecision
    from headgate.policy.decision import Assessment


@click.command(short_help="Tell why a request went where it went.")
@click.argument("decision_id", metavar="ID")
@json_option
@db_option
@config_option
def command(decision_id: str, as_json: bool, db: Path | None, config: Path | None) -> None:
    """Tell why a request went where it went, and what it would have cost elsewhere.

    ID is in the answer's header `x-headgate-decision`; its beginning is enough. The decision
    is made again from what was recorded, and compared with what was decided then.

    \b
    headgate explain 19ab3c
    headgate explain 19ab3c --json
    """
    from headgate.gateway.explain import explain
    from headgate.ledger.export import json_text
    from headgate.policy.registry import all_rules

    with closing(open_ledger(db, config)) as store:
        explanation = explain(store, decision_id, all_rules())
    if as_json:
        click.echo(json_text(explanation))
    else:
        _show(explanation)


def _show(explanation: "Explanation") -> None:
    from headgate.cli.show import milliseconds, printable, table, usd

    for line in _what_happened(explanation.recorded):
        click.echo(printable(line))
    click.echo("\ncandidates")
    for place, item in enumerate(explanation.decision.ranked, start=1):
        _show_candidate(f"{place}.", item)
    for item in explanation.decision.refused:
        _show_candidate("refused", item)
    click.echo("\nattempts")
    table(
        ("target", "outcome", "first token ", "time ", "tokens in/out ", "cost ", "price from"),
        (
            (
                each.target,
                each.outcome + (f": {each.error}" if each.error else ""),
                milliseconds(each.ttft_ms),
                milliseconds(each.duration_ms),
                f"{each.usage.input_tokens}/{each.usage.output_tokens}" if each.usage else "–",
                usd(each.cost_usd),
                each.price_source or "–",
            )
            for each in explanation.recorded.attempts
        ),
    )
    click.echo("")
    for line in _what_it_means(explanation):
        click.echo(printable(line))


def _show_candidate(place: str, item: "Assessment") -> None:
    from headgate.cli.show import printable

    candidate = item.candidate
    click.echo(printable(f"  {place} {candidate.name} ({candidate.model})"))
    for rule, verdict in item.verdicts.items():
        mark = "✗ " if rule in item.vetoes else ""
        click.echo(printable(f"       {mark}{rule}: {verdict.reason}"))


def _what_happened(recorded: "RecordedDecision") -> Iterator[str]:
    from headgate.cli.show import milliseconds
    from headgate.ledger.export import timestamp

    yield f"decision {recorded.id} at {timestamp(recorded.at)}"
    asked = f"asked for `{recorded.requested_model}`, route `{recorded.route}`"
    yield asked + (f", key `{recorded.key_name}`" if recorded.key_name else "")
    by = f" by `{recorded.served_by}`" if recorded.served_by else ""
    took = milliseconds(recorded.duration_ms)
    yield f"{recorded.status}{by} with HTTP {recorded.http_status} after {took}"


def _what_it_means(explanation: "Explanation") -> Iterator[str]:
    from headgate.cli.show import usd

    recorded = explanation.recorded
    yield f"cost: {usd(recorded.known_cost_usd, unknown=recorded.unknown_costs)}"
    for place, each in enumerate(explanation.alternatives):
        lead = "the next best" if place == 0 else "then"
        yield f"{lead}, `{each.target}`, would have cost {usd(each.usd)}" + _compared(
            each.difference_usd
        )
    same = "the same ranking" if explanation.matches else "ANOTHER ranking"
    yield f"made again: {same}" + (f" ({explanation.note})" if explanation.note else "")


def _compared(difference: Decimal | None) -> str:
    from headgate.cli.show import usd

    if difference is None:
        return ""
    if not difference:
        return " (as much)"
    return f" ({usd(abs(difference))} {'more' if difference > 0 else 'less'})"
