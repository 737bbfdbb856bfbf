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


ATTEMPT_NUMBERS = ("first token ", "time ", "tokens in/out ", "cost ")
ROLES = {
    "serve": "answer",
    "member": "member of the cascade",
    "judge": "judge",
    "hedge": "hedge",
    "mirror": "mirror",
    "batch": "batch",
}


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
    for sentence in explanation.words:
        click.echo(printable(f"  {sentence}"))
    click.echo("\nattempts")
    table(
        ("target", "for", "outcome", *ATTEMPT_NUMBERS, "price from"),
        (
            (
                each.target,
                ROLES[each.role],
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
    for line in (*_expected(explanation), *_what_it_means(explanation)):
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


def _expected(explanation: "Explanation") -> Iterator[str]:
    """What was expected of the target that served, beside what came."""
    from headgate.cli.show import milliseconds, usd

    actual = explanation.actual
    if actual is None:
        return
    expected = actual.expected
    if expected is None:
        yield f"nothing was expected of `{actual.target}`: it was no candidate of the decision"
        return
    facts = explanation.facts
    tokens = f"{facts.input_tokens}/{facts.expected_output_tokens * facts.choices} tokens"
    came = f"{actual.input_tokens}/{actual.output_tokens}" if actual.input_tokens else "unknown"
    yield (
        f"expected of `{actual.target}`: {_money(expected.usd)} for {tokens};"
        f" came: {usd(actual.usd)} for {came}"
    )
    start = f"first token after {milliseconds(expected.ttft_ms)}"
    if expected.p95_ttft_ms is not None:
        start += f" (19 of 20 within {milliseconds(expected.p95_ttft_ms)})"
    if expected.wait_ms:
        start += f", {milliseconds(expected.wait_ms)} of it waiting"
    whole = f"all after {milliseconds(expected.total_ms)}"
    yield (
        f"expected: {start}, {whole}; came: first token after {milliseconds(actual.ttft_ms)},"
        f" all after {milliseconds(actual.total_ms)}"
    )


def _money(amount: float | None) -> str:
    from headgate.cli.show import usd

    return usd(None if amount is None else Decimal(repr(amount)))


def _beside(explanation: "Explanation") -> Iterator[str]:
    """What was paid twice."""
    from headgate.cli.show import usd

    if len(explanation.recorded.attempts) < 2:
        return
    for each in explanation.by_role:
        spent = usd(each.known_cost_usd, unknown=each.unknown_costs)
        yield (f"{ROLES[each.role]}: {each.attempts} attempts, {each.answered} answered, {spent}")
    beside = usd(explanation.beside_usd, unknown=explanation.beside_unknown)
    yield f"of the cost, {beside} is for attempts whose answer the client does not have"


def _what_it_means(explanation: "Explanation") -> Iterator[str]:
    from headgate.cli.show import usd

    recorded = explanation.recorded
    yield f"cost: {usd(recorded.known_cost_usd, unknown=recorded.unknown_costs)}"
    if recorded.verdict is not None:
        yield recorded.verdict
    for attempt in recorded.attempts:
        if attempt.note is not None:
            yield f"{ROLES[attempt.role]} `{attempt.target}`: {attempt.note}"
    yield from _beside(explanation)
    for place, each in enumerate(explanation.alternatives):
        lead = "the next best" if place == 0 else "then"
        took = "" if each.expected_ms is None else f" and taken about {each.expected_ms:,.0f} ms"
        cost = usd(each.usd) + _compared(each.difference_usd)
        yield f"{lead}, `{each.target}`, would have cost {cost}{took}"
    same = "the same ranking" if explanation.matches else "ANOTHER ranking"
    yield f"made again: {same}" + (f" ({explanation.note})" if explanation.note else "")


def _compared(difference: Decimal | None) -> str:
    from headgate.cli.show import usd

    if difference is None:
        return ""
    if not difference:
        return " (as much)"
    return f" ({usd(abs(difference))} {'more' if difference > 0 else 'less'})"
