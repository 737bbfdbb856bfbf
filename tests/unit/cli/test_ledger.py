"""`headgate ledger`, as a person types it."""

import csv
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from headgate.cli.ledger import STATUSES, Since
from headgate.cli.main import run
from headgate.estimate.cost import Pricing
from headgate.ledger.entry import Status
from headgate.ledger.store import LedgerStore
from headgate.ledger.writer import LedgerWriter
from support.entries import AT, attempt_entry, decision_entry

Show = Callable[..., str]


@pytest.fixture
def show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Show:
    """Run the command over two requests; its output."""
    path = tmp_path / "ledger.sqlite3"
    writer = LedgerWriter(LedgerStore.open(path), interval_s=3600)
    writer.record(attempt_entry("aa1"))
    writer.record(decision_entry("aa1", key_name="alice"))
    writer.record(attempt_entry("bb2", target="local", pricing=Pricing()))
    writer.record(decision_entry("bb2", at=AT + 3600, route="code", served_by="local"))
    writer.close()

    def show(*arguments: str, code: int = 0) -> str:
        assert run(["ledger", "--db", str(path), *arguments]) == code
        captured = capsys.readouterr()
        return captured.err if code else captured.out

    return show


def test_requests_are_listed_newest_first(show: Show) -> None:
    head, *lines = [line.split("\t") for line in show().splitlines()]
    assert head == ["decision", "at", "route", "served by", "status", "tries", "time", "cost"]
    assert lines == [
        ["bb2", "2026-11-23 13:00:00.000", "code", "local", "answered", "1", "120 ms", "unknown"],
        ["aa1", "2026-11-23 12:00:00.000", "default", "cloud", "answered", "1", "120 ms", "$0.001"],
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--route", "code"], ["bb2"]),
        (["--target", "cloud"], ["aa1"]),
        (["--key", "alice"], ["aa1"]),
        (["--status", "failed"], []),
        (["--limit", "1"], ["bb2"]),
        (["--since", "2026-11-23T12:30"], ["bb2"]),
        (["--since", "2026-11-23T13:30+01:00"], ["bb2"]),
        (["--since", "2026-11-23"], ["bb2", "aa1"]),
    ],
)
def test_options_narrow_the_list(show: Show, arguments: list[str], expected: list[str]) -> None:
    document = json.loads(show("--json", *arguments))
    assert [decision["id"] for decision in document["decisions"]] == expected


def test_csv_is_printed_as_it_is_and_not_limited(show: Show) -> None:
    found = list(csv.DictReader(show("--csv").splitlines()))
    assert [(line["decision_id"], line["cost_usd"]) for line in found] == [
        ("bb2", ""),
        ("aa1", "0.001"),
    ]


def test_totals_are_by_target_and_say_what_is_unknown(show: Show) -> None:
    summary, *lines = show("--totals").splitlines()
    assert summary == "2 requests: 2 answered"
    assert [line.split("\t") for line in lines] == [
        ["target", "attempts", "answered", "tokens in", "cached", "tokens out", "cost"],
        ["cloud", "1", "1", "700", "0", "300", "$0.001"],
        ["local", "1", "1", "700", "0", "300", "unknown"],
        ["all", "2", "2", "1,400", "0", "600", "$0.001 + 1 unknown"],
    ]


def test_totals_as_json_are_exact(show: Show) -> None:
    total = json.loads(show("--totals", "--json"))["total"]
    assert (total["known_cost_usd"], total["unknown_costs"]) == ("0.001", 1)


def test_nothing_found_leaves_standard_output_empty(show: Show) -> None:
    assert show("--route", "nobody's") == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--csv", "--json"], "--csv goes with neither"),
        (["--since", "yesterday"], "write `24h`, `7d`, or a date"),
        (["--status", "lost"], "'lost' is not one of"),
        (["--limit", "0"], "x>=1"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_way_out(
    show: Show, arguments: list[str], says: str
) -> None:
    assert says in show(*arguments, code=2)


def test_a_ledger_that_is_not_there_ends_with_the_code_for_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ledger", "--db", str(tmp_path / "none.sqlite3")]) == 3
    assert "there is no ledger at" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "seconds"), [("90m", 5400), ("24h", 86400), ("7d", 604800), ("2w", 1209600)]
)
def test_a_time_ago_is_counted_back_from_now(text: str, seconds: int) -> None:
    before = time.time()
    assert before - seconds <= Since().convert(text, None, None) <= time.time() - seconds


def test_a_date_begins_at_midnight_utc() -> None:
    expected = datetime(2026, 11, 1, tzinfo=UTC).timestamp()
    assert Since().convert("2026-11-01", None, None) == expected


def test_every_status_of_the_ledger_can_be_asked_for() -> None:
    assert get_args(Status) == STATUSES
