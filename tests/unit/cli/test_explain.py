"""`headgate explain`, as a person types it."""

import json
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from headgate.cli.main import run
from headgate.ledger.store import LedgerStore
from headgate.ledger.writer import LedgerWriter
from headgate.policy.decide import decide
from headgate.policy.decision import Bend, Candidate, RequestFacts
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
        "expected_ms": None,
    }
    assert document["actual"]["target"] == "local"
    assert document["actual"]["ttft_ms"] == 40.0
    assert [each["role"] for each in document["by_role"]] == ["serve"]


def test_a_decision_that_is_not_there_is_said_with_a_way_on(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", "zz", "--db", str(path)]) == 2
    error = capsys.readouterr().err
    assert "the ledger has no decision `zz`" in error
    assert "hint: `headgate ledger` lists them" in error


def test_what_was_expected_stands_beside_what_came(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = {"usd_per_input_mtok": 1.0, "usd_per_output_mtok": 2.0, "ttft_ms": 200.0}
    cloud = candidate("cloud", **known, output_tokens_per_s=50.0, p95_ttft_ms=900.0)
    bend = Bend(budget="team", how="tiers_down", spent=0.91)
    path = recorded(tmp_path, (cloud,), replace(FACTS, bend=bend), [("serve", "cloud", None)])
    assert run(["explain", "d1", "--db", str(path)]) == 0
    out = capsys.readouterr().out
    # 10 in at $1 and 10 out at $2, a million each; 200 ms and 10 tokens at 50 a second.
    assert "expected of `cloud`: $0.00003 for 10/10 tokens; came: $0.001 for 700/300" in out
    assert "expected: first token after 200 ms (19 of 20 within 900 ms), all after 400 ms" in out
    assert "budget `team` is spent to 91%, so weaker tiers go first" in out


def test_what_was_paid_twice_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tried = [("member", "a", None), ("member", "b", None), ("judge", "b", None)]
    path = recorded(
        tmp_path,
        (candidate("a"), candidate("b", position=1)),
        FACTS,
        [*tried, ("mirror", "c", "mirror: timeout"), ("serve", "a", None)],
    )
    assert run(["explain", "d1", "--db", str(path)]) == 0
    out = capsys.readouterr().out
    assert "member of the cascade: 2 attempts, 2 answered, $0.002" in out
    assert "judge: 1 attempts, 1 answered, $0.001" in out
    assert "mirror: 1 attempts, 0 answered, unknown" in out
    assert "of the cost, $0.003 + 1 unknown is for attempts whose answer" in out


def recorded(
    folder: Path,
    candidates: tuple[Candidate, ...],
    facts: RequestFacts,
    tried: list[tuple[str, str, str | None]],
) -> Path:
    """A ledger with one decision; `tried` are role, target and error."""
    path = folder / "ledger.sqlite3"
    writer = LedgerWriter(LedgerStore.open(path), interval_s=3600)
    for number, (role, target, error) in enumerate(tried, start=1):
        failed = {} if error is None else {"outcome": "timeout", "usage": None, "error": error}
        writer.record(attempt_entry("d1", number, target=target, role=role, **failed))
    writer.record(
        decision_entry(
            "d1",
            attempts=len(tried),
            served_by=tried[-1][1],
            facts=msgspec.json.encode(facts),
            ranked=tuple(decide(facts, candidates, all_rules()).order),
            candidates=msgspec.json.encode(candidates),
            rules_version=rules_version(),
        )
    )
    writer.close()
    return path
