"""A decision made again from the ledger is the decision that was made."""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.core.errors import OperatorError
from headgate.core.usage import Usage
from headgate.gateway.explain import Explanation, explain
from headgate.ledger.export import json_text
from headgate.ledger.queries import DecisionNotFound
from headgate.ledger.store import LedgerStore
from headgate.ledger.writer import LedgerWriter
from headgate.policy.decide import decide
from headgate.policy.decision import Candidate, Known, Penalty, RequestFacts, Rule
from headgate.policy.registry import all_rules, version_of
from support.entries import FACTS, attempt_entry, candidate, decision_entry
from support.rules import ByPosition, OnlyLocal

ORDERLY: Mapping[str, Rule] = {"order": ByPosition()}
CLOUD = candidate("cloud", usd_per_input_mtok=1.0, usd_per_output_mtok=2.0)
DEAR = candidate("dear", position=1, usd_per_input_mtok=10.0, usd_per_output_mtok=20.0)
LOCAL = candidate("local", position=2, is_local=True)


def explained(
    path: Path,
    rules: Mapping[str, Rule] = ORDERLY,
    *,
    candidates: tuple[Candidate, ...] = (CLOUD, DEAR, LOCAL),
    facts: RequestFacts = FACTS,
    now: Mapping[str, Rule] | None = None,
    stored: Mapping[str, bytes] = {},
    **fields: Any,
) -> Explanation:
    """Record what `rules` decide, answered by the first target, then explain it by `now`."""
    decision = decide(facts, candidates, rules)
    writer = LedgerWriter(LedgerStore.open(path), interval_s=3600)
    served_by = next(iter(decision.order), None)
    if served_by is not None:
        writer.record(attempt_entry("d1", target=served_by))
    given: dict[str, Any] = {
        "facts": msgspec.json.encode(facts),
        "candidates": msgspec.json.encode(candidates),
        "ranked": tuple(decision.order),
        "served_by": served_by,
        "attempts": 0 if served_by is None else 1,
        "rules_version": version_of(rules),
    }
    writer.record(decision_entry("d1", **{**given, **fields, **stored}))
    writer.flush()
    assert writer.store is not None
    try:
        return explain(writer.store, "d1", rules if now is None else now)
    finally:
        writer.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite3"


def test_the_same_rules_decide_the_same(path: Path) -> None:
    explanation = explained(path)
    assert explanation.matches
    assert explanation.note is None
    assert explanation.decision.order == ["cloud", "dear", "local"]
    assert explanation.decision.ranked[0].verdicts == {"order": Penalty("its place", 0)}


def test_refusals_come_with_their_reasons(path: Path) -> None:
    explanation = explained(path, {"local": OnlyLocal()})
    assert explanation.decision.order == ["local"]
    assert {item.candidate.name: item.vetoes for item in explanation.decision.refused} == {
        "cloud": {"local": "not local"},
        "dear": {"local": "not local"},
    }
    assert explanation.alternatives == ()
    assert explanation.next_best is None


def test_other_rules_that_decide_otherwise_are_named_as_the_cause(path: Path) -> None:
    explanation = explained(path, now={"order": ByPosition(), "local": OnlyLocal()})
    assert not explanation.matches
    assert explanation.note == "the rules have changed since, and would decide differently now"


def test_other_rules_that_decide_the_same_are_mentioned(path: Path) -> None:
    explanation = explained(path, rules_version="older")
    assert explanation.matches
    assert explanation.note == "other rules made it, and decided the same"


def test_a_changed_ledger_is_told_apart_from_changed_rules(path: Path) -> None:
    explanation = explained(path, ranked=("dear", "cloud", "local"))
    assert not explanation.matches
    assert explanation.note is not None
    assert "this is a bug, or the ledger was changed" in explanation.note


def test_the_others_are_priced_for_what_the_answer_used(path: Path) -> None:
    explanation = explained(path)
    # 700 in and 300 out: paid at $1 and $1, elsewhere 700 × $10 + 300 × $20, a million each
    assert explanation.recorded.known_cost_usd == Decimal("0.001")
    assert explanation.answer_usage == Usage(input_tokens=700, output_tokens=300)
    dear, local = explanation.alternatives
    assert (dear.target, dear.usd, dear.difference_usd) == (
        "dear",
        Decimal("0.013"),
        Decimal("0.012"),
    )
    assert (local.target, local.usd, local.difference_usd) == ("local", None, None)
    assert explanation.next_best == dear


def test_without_an_answer_nothing_is_compared(path: Path) -> None:
    explanation = explained(path, candidates=(CLOUD,), served_by=None, status="failed")
    assert explanation.answer_usage is None
    assert [(each.target, each.usd) for each in explanation.alternatives] == [("cloud", None)]


def test_an_explanation_is_one_json_document(path: Path) -> None:
    document = json.loads(json_text(explained(path)))
    assert document["matches"] is True
    assert document["facts"]["route"] == "default"
    assert document["recorded"]["attempts"][0]["cost_usd"] == "0.001"
    assert document["next_best"]["usd"] == "0.013"
    assert document["decision"]["ranked"][0]["verdicts"]["order"]["reason"] == "its place"


@pytest.mark.parametrize(
    "stored",
    [
        {"facts": b'{"invented": 1}'},
        {"candidates": b'[{"name": "cloud"}]'},
        {"candidates": b"\xff"},
        {"facts": b""},
    ],
)
def test_what_another_version_recorded_is_not_guessed_at(
    path: Path, stored: dict[str, bytes]
) -> None:
    with pytest.raises(OperatorError, match="decision `d1` cannot be made again") as caught:
        explained(path, stored=stored)
    assert caught.value.hint is not None


def test_a_decision_that_is_not_there_is_said(path: Path) -> None:
    store = LedgerStore.open(path)
    with pytest.raises(DecisionNotFound):
        explain(store, "d1", ORDERLY)
    store.close()


floats = st.none() | st.floats(0, 100)
some_facts = st.builds(
    RequestFacts,
    operation=st.sampled_from(["chat", "completion", "embedding"]),
    route=st.just("r"),
    input_tokens=st.integers(0, 200_000),
    expected_output_tokens=st.integers(0, 8_000),
    needs=st.frozensets(st.sampled_from(["tools", "vision", "json_schema"])),
    local_labels=st.frozensets(st.sampled_from(["email", "secret"])),
    allowed_regions=st.none() | st.frozensets(st.sampled_from(["us", "eu"])),
    complexity=floats,
    tier=st.none() | st.integers(0, 2),
    prefer=st.sampled_from(["order", "cost", "latency"]),
    max_usd=floats,
    max_ttft_ms=floats,
)
some_candidates = st.lists(
    st.builds(
        Candidate,
        name=st.sampled_from("abcdefgh"),
        model=st.just("m"),
        provider=st.just("p"),
        is_local=st.booleans(),
        region=st.sampled_from([None, "us", "eu"]),
        position=st.integers(0, 5),
        tier=st.none() | st.integers(0, 2),
        lacks=st.frozensets(st.sampled_from(["tools", "vision"])),
        context_tokens=st.none() | st.integers(1, 200_000),
        max_output_tokens=st.none() | st.integers(1, 9_000),
        known=st.none()
        | st.builds(
            Known,
            kind=st.sampled_from(["chat", "embedding"]),
            context_tokens=st.none() | st.integers(1, 200_000),
            max_output_tokens=st.none() | st.integers(1, 9_000),
            lacks=st.frozensets(st.sampled_from(["tools", "vision"])),
            checked=st.just("2026-11-28"),
        ),
        usd_per_input_mtok=floats,
        usd_per_output_mtok=floats,
        breaker=st.sampled_from(["closed", "half_open", "open"]),
        in_flight=st.integers(0, 9),
        max_concurrency=st.none() | st.integers(1, 9),
        ttft_ms=floats,
        output_tokens_per_s=floats,
    ),
    max_size=6,
    unique_by=lambda item: item.name,
)


@settings(max_examples=30, deadline=None)
@given(some_facts, some_candidates)
def test_every_decision_of_the_real_rules_is_made_again_from_the_ledger(
    facts: RequestFacts, candidates: list[Candidate]
) -> None:
    with TemporaryDirectory() as folder:
        explanation = explained(
            Path(folder) / "l.sqlite3", all_rules(), facts=facts, candidates=tuple(candidates)
        )
    assert explanation.matches
    assert explanation.note is None
    assert explanation.decision == decide(facts, tuple(candidates), all_rules())
