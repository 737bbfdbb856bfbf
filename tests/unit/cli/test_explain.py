"""`headgate explain`, as a person types it."""

import json
from pathlib import Path

import msgspec
import pytest

from headgate.cli.main import run
from headgate.ledger.store import LedgerStore
from headgate.ledger.writer import LedgerWriter
from headgate.policy.decide import decide
from headgate.policy.registry import all_rules, rules_version
from support.entries import FACTS, attempt_entry, candidate, decision_entry

CANDIDATES = (
    candidate("cloud", breaker="open", model="gpt\x1b[31m"),
    candidate("spare", position=1, usd_per_input_mtok=2.0, usd_per_output_mtok=2.0),
    candidate("local", position=2, is_local=True),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger with one request that the second choice answered."""
    path = tmp_path / "ledger.sqlite3"
    decision = decide(FACTS, CANDIDATES, all_rules())
    writer = LedgerWriter(LedgerStore.open(path), interval_s=3600)
    failed = {"outcome": "timeout", "usage": None, "error": "no first token within 5 s"}
    writer.record(attempt_entry("19ab3c-1", 1, target="spare", **failed))
    writer.record(attempt_entry("19ab3c-1", 2, target="local", ttft_ms=40.0))
    writer.record(
        decision_entry(
            "19ab3c-1",
            attempts=2,
            served_by="local",
            key_name="alice",
            ranked=tuple(decision.order),
            candidates=msgspec.json.encode(CANDIDATES),
            rules_version=rules_version(),
        )
    )
    writer.close()
    return path


def test_it_tells_what_happened_and_why(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "19ab", "--db", str(path)]) == 0
    out = capsys.readouterr().out
    assert "answered by `local` with HTTP 200 after 120 ms" in out
    assert "asked for `auto`, route `default`, key `alice`" in out
    assert "  1. spare (m)\n" in out
    assert "  2. local (m)\n" in out
    assert "✗ breaker: " in out
    assert "timeout: no first token within 5 s" in out
    assert "cost: $0.001 + 1 unknown" in out
    assert "the next best, `spare`, would have cost $0.002 ($0.001 more)" in out
    assert "made again: the same ranking\n" in out
    assert "\x1b" not in out


def test_json_is_one_document(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "19ab", "--db", str(path), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["matches"] is True
    assert document["recorded"]["id"] == "19ab3c-1"
    assert document["next_best"] == {
        "target": "spare",
        "model": "m",
        "usd": "0.002",
        "difference_usd": "0.001",
    }


def test_a_decision_that_is_not_there_is_said_with_a_way_on(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", "zz", "--db", str(path)]) == 2
    error = capsys.readouterr().err
    assert "the ledger has no decision `zz`" in error
    assert "hint: `headgate ledger` lists them" in error
