from dataclasses import dataclass, field
from typing import Any

import pytest

from headgate.policy.decide import assess, decide
from headgate.policy.decision import Candidate, Known, Penalty, RequestFacts, Veto
from headgate.policy.registry import all_rules

RULES = all_rules()


def facts(**changes: Any) -> RequestFacts:
    known = {"operation": "chat", "route": "r", "input_tokens": 1000, "expected_output_tokens": 500}
    return RequestFacts(**(known | changes))


def target(name: str, **changes: Any) -> Candidate:
    known = {"name": name, "model": "m", "provider": "p", "is_local": False}
    return Candidate(**(known | changes))


def order(known: RequestFacts, *candidates: Candidate) -> list[str]:
    return list(decide(known, candidates, RULES).order)


def reason(rule: str, known: RequestFacts, candidate: Candidate) -> str:
    verdict = assess(known, candidate, RULES).verdicts[rule]
    assert isinstance(verdict, Veto), f"{rule} did not refuse: {verdict.reason}"
    return verdict.reason


GPT_35 = Known(
    kind="chat",
    context_tokens=16_385,
    max_output_tokens=4_096,
    lacks=frozenset({"audio", "json_schema", "vision"}),
    checked="2026-11-28",
)


@dataclass(frozen=True)
class Case:
    """One refusal: the rule that makes it, and its words."""

    rule: str
    says: str
    facts: dict[str, Any] = field(default_factory=dict)
    candidate: dict[str, Any] = field(default_factory=dict)


EMBEDS: dict[str, Any] = {
    "operations": frozenset({"embedding"}),
    "known": Known(kind="embedding", context_tokens=512, checked="2026-11-28"),
}
COUNTS: dict[str, Any] = {"operations": frozenset({"count_tokens"}), "known": GPT_35}

REFUSALS = [
    Case(
        "capability",
        "does not offer `embedding`",
        {"operation": "embedding"},
        {"operations": frozenset({"chat"})},
    ),
    Case(
        "capability",
        "does not support `tools`, `vision`",
        {"needs": frozenset({"vision", "tools", "json"})},
        {"lacks": frozenset({"tools", "vision", "audio"})},
    ),
    Case(
        "context",
        "about 1500 tokens do not fit its context of 1499",
        {},
        {"context_tokens": 1499},
    ),
    Case(
        "context",
        "up to 5000 tokens are asked for, it writes at most 4096 (catalogue, 2026-11-28)",
        {"max_output_tokens": 5000},
        {"known": GPT_35},
    ),
    Case(
        "context",
        "up to 5000 tokens are asked for, it writes at most 4999",
        {"max_output_tokens": 5000},
        {"max_output_tokens": 4999},
    ),
    Case(
        "context",
        "about 16886 tokens do not fit its context of 16385 (catalogue, 2026-11-28)",
        {"input_tokens": 16386},
        {"known": GPT_35},
    ),
    Case(
        "capability",
        "`m` has no `json_schema`, `vision` (catalogue, 2026-11-28)",
        {"needs": frozenset({"vision", "tools", "json_schema"})},
        {"known": GPT_35},
    ),
    Case(
        "capability",
        "`m` is a model for embedding, not for chat (catalogue, 2026-11-28)",
        {},
        {"known": Known(kind="embedding", context_tokens=512, checked="2026-11-28")},
    ),
    Case(
        "privacy",
        "not local, and the request holds `card`, `email`",
        {"local_labels": frozenset({"email", "card"})},
    ),
    Case(
        "residency",
        "`us` is not in `de`, `eu`",
        {"allowed_regions": frozenset({"eu", "de"})},
        {"region": "us"},
    ),
    Case(
        "residency",
        "its region is unknown: set `region` on the target",
        {"allowed_regions": frozenset({"eu"})},
        {"is_local": True},
    ),
    Case(
        "environment",
        "not a target of environment `dev`",
        {"environment": "dev", "environment_targets": frozenset({"other"})},
    ),
    Case(
        "spend",
        "expected to cost $0.020000, more than the $0.01 allowed",
        {"max_usd": 0.01},
        {"usd_per_input_mtok": 10.0, "usd_per_output_mtok": 20.0},
    ),
    Case(
        "spend",
        "its price is unknown, and the route allows at most $0.01",
        {"max_usd": 0.01},
        {"usd_per_input_mtok": 10.0},
    ),
    Case(
        "latency",
        "starts to answer after 801 ms, more than the 800 allowed",
        {"max_ttft_ms": 800.0},
        {"ttft_ms": 801.0},
    ),
    Case("breaker", "resting after failures", {}, {"breaker": "open"}),
    Case("capacity", "all 4 slots are busy", {}, {"max_concurrency": 4, "in_flight": 4}),
    Case("capacity", "its only slot is busy", {}, {"max_concurrency": 1, "in_flight": 2}),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: f"{case.rule}: {case.says}")
def test_a_refusal_says_why_and_keeps_the_target_out(case):
    known, candidate = facts(**case.facts), target("t", **case.candidate)
    assert reason(case.rule, known, candidate) == case.says
    decision = decide(known, [candidate], RULES)
    assert decision.order == []
    assert decision.refused[0].vetoes == {case.rule: case.says}


@pytest.mark.parametrize(
    ("known", "candidate"),
    [
        ({}, {"context_tokens": 1500}),
        # The operator's word goes before the catalogue's.
        ({"input_tokens": 20_000}, {"context_tokens": 32_000, "known": GPT_35}),
        ({"max_output_tokens": 8_000}, {"max_output_tokens": 8_192, "known": GPT_35}),
        ({"max_output_tokens": 4_096, "needs": frozenset({"tools"})}, {"known": GPT_35}),
        ({"needs": frozenset({"logprobs", "choices"})}, {"known": GPT_35}),
        # Each text of these has the whole context, and counting is for what may be too long.
        ({"operation": "embedding", "input_tokens": 90_000}, EMBEDS),
        ({"operation": "count_tokens", "input_tokens": 90_000}, COUNTS),
        ({"needs": frozenset({"tools"})}, {"lacks": frozenset({"vision"})}),
        ({"local_labels": frozenset({"email"})}, {"is_local": True}),
        ({"labels": frozenset({"email"})}, {}),
        ({"allowed_regions": frozenset({"eu"})}, {"region": "eu"}),
        ({"environment_targets": frozenset({"t"})}, {}),
        ({"max_usd": 0.01}, {"is_local": True}),
        ({"max_usd": 0.02}, {"usd_per_input_mtok": 10.0, "usd_per_output_mtok": 20.0}),
        ({"max_ttft_ms": 800.0}, {}),
        ({"max_ttft_ms": 800.0}, {"ttft_ms": 800.0}),
        ({}, {"breaker": "half_open"}),
        ({}, {"max_concurrency": 4, "in_flight": 3}),
    ],
)
def test_what_is_allowed_or_unknown_without_harm_is_let_in(known, candidate):
    assert order(facts(**known), target("t", **candidate)) == ["t"]


def test_a_route_is_tried_in_its_order_whatever_the_prices():
    first = target("z", position=0, usd_per_input_mtok=9.0, usd_per_output_mtok=9.0)
    second = target("a", position=1, usd_per_input_mtok=1.0, usd_per_output_mtok=1.0)
    assert order(facts(), second, first) == ["z", "a"]
    assert order(facts(), target("x", position=99), target("y", position=40)) == ["y", "x"]


def test_cost_counts_input_output_and_every_choice():
    reads = target("reads", usd_per_input_mtok=1.0, usd_per_output_mtok=3.0)
    writes = target("writes", usd_per_input_mtok=2.0, usd_per_output_mtok=2.0)
    cheap = facts(prefer="cost", input_tokens=1000, expected_output_tokens=900)
    assert order(cheap, writes, reads) == ["reads", "writes"]
    many = facts(prefer="cost", input_tokens=1000, expected_output_tokens=900, choices=2)
    assert order(many, writes, reads) == ["writes", "reads"]


def test_an_unknown_price_ranks_after_every_known_one():
    known = [
        target("dear", usd_per_input_mtok=1e6, usd_per_output_mtok=1e6),
        target("half", usd_per_input_mtok=0.0),
        target("home", is_local=True),
    ]
    assert order(facts(prefer="cost"), *known) == ["dear", "half", "home"]


def test_embeddings_need_no_output_price():
    candidate = target("t", usd_per_input_mtok=10.0)
    known = facts(operation="embedding", expected_output_tokens=0, max_usd=0.01, prefer="cost")
    assert decide(known, [candidate], RULES).ranked[0].usd == pytest.approx(0.01)


def test_latency_counts_the_start_and_the_speed():
    snappy = target("snappy", ttft_ms=100.0, output_tokens_per_s=10.0)
    steady = target("steady", ttft_ms=900.0, output_tokens_per_s=100.0)
    assert order(facts(prefer="latency"), snappy, steady) == ["steady", "snappy"]
    brief = facts(prefer="latency", expected_output_tokens=5)
    assert order(brief, snappy, steady) == ["snappy", "steady"]


def test_what_was_never_measured_is_tried_first():
    known = facts(prefer="latency")
    assert order(known, target("fast", ttft_ms=1.0), target("new")) == ["new", "fast"]


def test_tiers_go_up_before_they_go_down():
    tiers = [target(name, tier=tier) for tier, name in enumerate(("small", "mid", "large", "huge"))]
    assert order(facts(tier=1), *tiers) == ["mid", "large", "huge", "small"]
    assert order(facts(tier=3), *tiers) == ["huge", "large", "mid", "small"]


def test_a_half_open_breaker_does_not_cost_the_place():
    first = target("first", position=0, breaker="half_open")
    assert order(facts(), first, target("second", position=1)) == ["first", "second"]


def test_ties_are_broken_by_name():
    assert order(facts(), target("b"), target("c"), target("a")) == ["a", "b", "c"]


def test_every_reason_of_a_refusal_is_kept():
    known = facts(local_labels=frozenset({"email"}), allowed_regions=frozenset({"eu"}))
    item = assess(known, target("t", breaker="open"), RULES)
    assert item.is_refused
    assert item.vetoes.keys() == {"privacy", "residency", "breaker"}
    assert item.verdicts.keys() == RULES.keys()


def test_the_weights_of_all_rules_add_up():
    class Heavy:
        def judge(self, facts, candidate):
            return Penalty("heavy", 2, 0.5)

    item = assess(facts(), target("t"), {"one": Heavy(), "two": Heavy()})
    assert (item.steps, item.usd) == (4, 1.0)


def test_no_candidates_give_an_empty_decision():
    decision = decide(facts(), [], RULES)
    assert (decision.ranked, decision.refused) == ((), ())
