"""JSON and CSV, read back."""

import csv
import json
from decimal import Decimal
from io import StringIO

import pytest

from headgate.core.usage import Usage
from headgate.estimate.cost import Pricing
from headgate.ledger.export import CSV_COLUMNS, csv_text, decisions_json, json_text, timestamp
from headgate.ledger.queries import RecordedDecision, recent, totals
from headgate.ledger.writer import LedgerWriter
from support.entries import AT, attempt_entry, decision_entry


@pytest.fixture
def recorded(writer: LedgerWriter) -> list[RecordedDecision]:
    usage = Usage(input_tokens=3, output_tokens=4)
    writer.record(attempt_entry("d1", 1, target="local", usage=None, error='a, "b"\nc'))
    writer.record(attempt_entry("d1", 2, usage=usage, ttft_ms=12.5, response_model="gpt-4o"))
    writer.record(decision_entry("d1", attempts=2, key_name="älice"))
    refused = {"status": "refused", "served_by": None, "attempts": 0}
    writer.record(decision_entry("d0", at=AT - 1, **refused))
    writer.flush()
    assert writer.store is not None
    return recent(writer.store)


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text, newline="")))


def test_json_is_one_document_with_a_document_for_each_decision(
    recorded: list[RecordedDecision],
) -> None:
    first, second = json.loads(decisions_json(recorded))["decisions"]
    assert (first["id"], first["key_name"], first["at"]) == ("d1", "älice", timestamp(AT))
    assert (first["known_cost_usd"], first["cost_known"]) == ("0.000007", False)
    failed, answered = first["attempts"]
    assert (failed["cost_usd"], failed["cost_known"], failed["usage"]) == (None, False, None)
    assert (answered["cost_usd"], answered["cost_known"]) == ("0.000007", True)
    assert answered["usage"]["output_tokens"] == 4
    assert (second["attempts"], second["cost_known"]) == ([], True)


def test_json_keeps_its_keys(recorded: list[RecordedDecision]) -> None:
    first = json.loads(decisions_json(recorded))["decisions"][0]
    assert list(first) == [
        *("id", "at", "operation", "route", "requested_model", "key_name", "environment"),
        *("stream", "ranked", "status", "served_by", "http_status", "duration_ms"),
        *("rules_version", "attempts", "known_cost_usd", "unknown_costs", "verdict"),
        "cost_known",
    ]
    assert list(first["attempts"][0]) == [
        *("number", "target", "provider", "model", "response_model", "is_local", "region"),
        *("started_at", "duration_ms", "ttft_ms", "outcome", "error", "http_status", "usage"),
        *("cost_usd", "cost_basis", "price_source", "price_as_of", "role", "note"),
        "cost_known",
    ]


def test_csv_has_a_line_for_each_attempt_and_empty_cells_for_none(
    recorded: list[RecordedDecision],
) -> None:
    text = csv_text(recorded)
    failed, answered, refused = lines(text)
    assert tuple(failed) == CSV_COLUMNS
    assert (failed["decision_id"], failed["attempt"], failed["error"]) == ("d1", "1", 'a, "b"\nc')
    assert (failed["cost_usd"], failed["cost_known"], failed["input_tokens"]) == ("", "false", "")
    assert (answered["cost_usd"], answered["cost_known"]) == ("0.000007", "true")
    assert (answered["ttft_ms"], answered["output_tokens"]) == ("12.5", "4")
    assert (refused["decision_id"], refused["attempt"], refused["cost_known"]) == ("d0", "", "")


def test_csv_and_json_say_the_same(recorded: list[RecordedDecision]) -> None:
    documents = json.loads(decisions_json(recorded))["decisions"]
    attempts = [attempt for document in documents for attempt in document["attempts"]]
    cells = [line for line in lines(csv_text(recorded)) if line["attempt"]]
    for attempt, line in zip(attempts, cells, strict=True):
        for column in ("target", "model", "response_model", "outcome", "cost_usd", "cost_basis"):
            assert (attempt[column] or "") == line[column], column


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_model_name_is_no_formula_for_a_spreadsheet(writer: LedgerWriter, start: str) -> None:
    writer.record(decision_entry("d1", attempts=0, requested_model=f"{start}cmd|'/c calc'!A0"))
    writer.flush()
    assert writer.store is not None
    (line,) = lines(csv_text(recent(writer.store)))
    assert line["requested_model"] == f"'{start}cmd|'/c calc'!A0"


def test_small_money_is_written_out(writer: LedgerWriter) -> None:
    cheap = Pricing(usd_per_input_mtok=Decimal("0.01"), usd_per_output_mtok=Decimal("0.01"))
    usage = Usage(input_tokens=1)
    writer.record(attempt_entry("d1", pricing=cheap, usage=usage))
    writer.record(decision_entry("d1"))
    writer.flush()
    assert writer.store is not None
    assert json.loads(json_text(totals(writer.store)))["total"]["known_cost_usd"] == "0.00000001"
    (line,) = lines(csv_text(recent(writer.store)))
    assert line["cost_usd"] == "0.00000001"


def test_no_decisions_are_an_empty_list_and_a_header() -> None:
    assert json.loads(decisions_json([])) == {"decisions": []}
    assert csv_text([]).strip() == ",".join(CSV_COLUMNS)


def test_times_are_utc_to_the_millisecond() -> None:
    assert timestamp(AT + 0.25) == "2026-11-23T12:00:00.250+00:00"
