"""`headgate budget`, as a person types it."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from headgate.cli.main import run
from headgate.ledger.store import LedgerStore
from headgate.ledger.writer import LedgerWriter
from support.entries import attempt_entry, decision_entry

Show = Callable[..., str]
CONFIG: dict[str, Any] = {
    "targets": {"cloud": {"backend": "openai", "model": "gpt-4o"}},
    "server": {"keys": [{"name": "alice", "hash": f"sha256:{'0' * 64}"}]},
    "budgets": {
        "month": {"usd": 500, "per": "month", "bend": {"tiers_down": 0.7}},
        "alice": {"usd": 2, "per": "day", "of": {"key": "alice"}},
        "each": {"usd": 2, "per": "day", "of": {"key": "*"}},
    },
}


@pytest.fixture
def show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Show:
    """Run the command over one request of a tenth of a cent; its output."""
    now = time.time()
    writer = LedgerWriter(LedgerStore.open(tmp_path / "ledger.sqlite3"), interval_s=3600)
    writer.record(decision_entry("d1", at=now, key_name="alice"))
    writer.record(attempt_entry("d1", started_at=now))
    writer.close()

    def show(*arguments: str, code: int = 0, **changes: Any) -> str:
        path = tmp_path / "headgate.yaml"
        path.write_text(json.dumps({**CONFIG, **changes}))
        db = str(tmp_path / "ledger.sqlite3")
        assert run(["budget", "--config", str(path), "--db", db, *arguments]) == code
        captured = capsys.readouterr()
        return captured.err if code not in {0, 5} else captured.out

    return show


def test_the_table_has_what_is_left_of_each(show: Show) -> None:
    header, month, alice = (line.split("\t") for line in show().splitlines())
    assert header[:4] == ["budget", "of", "limit", "spent"]
    assert month[:6] == ["month", "all", "$500.00 a month", "$0.001", "$0.00", "$500.00"]
    assert alice[:4] == ["alice", "key alice", "$2.00 a day", "$0.001"]
    assert alice[6:8] == ["unknown", "even"]


def test_json_has_stable_keys(show: Show) -> None:
    month, alice = json.loads(show("--json"))["budgets"]
    assert month["spent_usd"] == "0.001"
    assert month["bends"] == {"tiers_down": 0.7}
    assert (alice["scope"], alice["who"], alice["standing"]) == ("key", "alice", "even")
    assert alice["forecast"] is None


def test_it_exits_5_once_one_is_spent(show: Show) -> None:
    tiny = {"tiny": {"usd": 0.001, "per": "day"}}
    (state,) = json.loads(show("--json", code=5, budgets=tiny))["budgets"]
    assert state["standing"] == "spent"
    assert "spent" in show(code=5, budgets=tiny).splitlines()[1].split("\t")


def test_without_budgets_it_says_where_to_begin(show: Show) -> None:
    said = show(code=3, budgets={})
    assert "has no `budgets`" in said
    assert "docs/guides/budgets.md" in said
