"""Remembered verdicts rank as the decision itself does."""

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from headgate.planner.replay.policy import Resolved
from headgate.planner.replay.unseen import VARYING_CANDIDATE, VARYING_FACTS
from headgate.planner.replay.verdicts import OF_THE_ROUTE, OF_THE_SEAT, Verdicts
from headgate.policy.decide import decide
from headgate.policy.decision import (
    Bend,
    Candidate,
    Penalty,
    RequestFacts,
    Rule,
    Verdict,
    Veto,
)
from headgate.policy.registry import all_rules
from support.entries import FACTS, candidate
from support.replays import route

NAMES = "abcd"
bends = st.none() | st.builds(
    Bend, budget=st.just("b"), how=st.sampled_from(["tiers_down", "refuse"]), spent=st.just(1.0)
)
some_facts = st.builds(
    RequestFacts,
    operation=st.sampled_from(["chat", "embedding"]),
    route=st.just("default"),
    input_tokens=st.sampled_from([10, 3_000, 90_000]),
    expected_output_tokens=st.sampled_from([0, 512]),
    needs=st.frozensets(st.sampled_from(["tools", "vision"]), max_size=1),
    local_labels=st.frozensets(st.just("email")),
    tier=st.none() | st.integers(0, 2),
    draw=st.none() | st.integers(0, 2**32 - 1),
    session=st.none() | st.sampled_from(["s", "t"]),
    deadline_ms=st.none() | st.floats(1, 1e5),
    max_output_tokens=st.none() | st.sampled_from([100, 5_000]),
    choices=st.integers(1, 2),
    held_by=st.none() | st.sampled_from(["a", "b"]),
    key=st.none() | st.sampled_from(["alice", "bob"]),
    is_deferrable=st.booleans(),
    bend=bends,
)
settings_of_a_route = {
    "prefer": st.sampled_from(["order", "cost", "latency"]),
    "max_usd": st.none() | st.floats(0, 1),
    "max_ttft_ms": st.none() | st.floats(1, 1_000),
    "max_wait_ms": st.none() | st.floats(1, 1_000),
    "slo_ttft_ms": st.none() | st.floats(1, 1_000),
    "keeps_cache": st.booleans(),
}
states = st.fixed_dictionaries(
    {
        "breaker": st.sampled_from(["closed", "open"]),
        "in_flight": st.integers(0, 3),
        "waiting": st.integers(0, 3),
        "wait_ms": st.none() | st.floats(0, 2_000),
        "ttft_ms": st.none() | st.floats(0, 2_000),
        "p95_ttft_ms": st.none() | st.floats(0, 2_000),
        "output_tokens_per_s": st.none() | st.floats(1, 100),
        "load_ms": st.none() | st.floats(0, 2_000),
        "cached_tokens": st.integers(0, 5_000),
        "saved_ms": st.none() | st.floats(0, 2_000),
        "drawn": st.none() | st.integers(0, 3),
        "by_batch": st.booleans(),
        "operations": st.sampled_from([frozenset({"chat"}), frozenset({"chat", "embedding"})]),
        "is_open": st.booleans(),
        "bend": bends,
    }
)


@st.composite
def fields(draw: st.DrawFn) -> list[Candidate]:
    """What is fixed about the targets of one route."""
    return [
        candidate(
            name,
            position=place,
            is_local=draw(st.booleans()),
            tier=draw(st.none() | st.integers(0, 2)),
            context_tokens=draw(st.none() | st.just(4_000)),
            max_output_tokens=draw(st.none() | st.just(1_000)),
            max_concurrency=draw(st.none() | st.integers(1, 3)),
            max_waiting=draw(st.none() | st.integers(1, 3)),
            usd_per_input_mtok=draw(st.none() | st.floats(0, 10)),
            usd_per_output_mtok=draw(st.none() | st.floats(0, 10)),
            weight=draw(st.none() | st.floats(0, 10)),
        )
        for place, name in enumerate(NAMES[: draw(st.integers(1, 4))])
    ]


@settings(max_examples=150, deadline=None)
@given(fields(), st.fixed_dictionaries(settings_of_a_route), st.data())
def test_every_request_of_a_route_is_ranked_as_if_it_were_the_first(
    fixed: list[Candidate], demands: dict[str, object], data: st.DataObject
) -> None:
    rules = all_rules()
    verdicts, resolved = Verdicts(rules), Resolved(route(*fixed), "m")
    for _ in range(4):
        facts = replace(data.draw(some_facts), **demands)
        field = [replace(each, **data.draw(states)) for each in fixed]
        order = verdicts.order(facts, field, resolved)
        assert tuple(order) == tuple(decide(facts, field, rules).order)


class Sometimes:
    """Reads a field that varies only where another one says so."""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Veto long prompts of strangers."""
        if facts.key == "alice":
            return Penalty("a friend")
        return Veto("long") if facts.input_tokens > 100 else Penalty("short")


class Priced:
    """Reads what is no field."""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Veto what has no price."""
        return Penalty("known") if candidate.has_price else Veto("unknown")


def test_what_a_rule_reads_on_one_path_is_not_taken_for_another() -> None:
    rules: Mapping[str, Rule] = {"sometimes": Sometimes()}
    resolved = Resolved(route(candidate("a")), "m")
    verdicts = Verdicts(rules)
    for key, tokens, order in (
        ("alice", 5, ("a",)),
        ("alice", 500, ("a",)),
        ("bob", 5, ("a",)),
        ("bob", 500, ()),
        ("bob", 6, ("a",)),
    ):
        facts = replace(FACTS, key=key, input_tokens=tokens)
        assert tuple(verdicts.order(facts, [candidate("a")], resolved)) == order


def test_what_is_made_from_fields_counts_as_varying() -> None:
    verdicts, resolved = Verdicts({"priced": Priced()}), Resolved(route(candidate("a")), "m")
    priced = candidate("a", usd_per_input_mtok=1.0, usd_per_output_mtok=1.0)
    assert tuple(verdicts.order(FACTS, [priced], resolved)) == ("a",)
    assert tuple(verdicts.order(FACTS, [candidate("a")], resolved)) == ()


def test_named_fields_exist() -> None:
    assert set(RequestFacts.__struct_fields__) >= VARYING_FACTS | OF_THE_ROUTE
    assert set(Candidate.__struct_fields__) >= VARYING_CANDIDATE | OF_THE_SEAT
