"""The laws of routing, over every rule there is and over the decision they make together."""

import random
from itertools import pairwise
from math import isfinite
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from headgate.catalog.capabilities import ModelKind
from headgate.core.inbound import Need, Operation
from headgate.core.plugins import names
from headgate.policy.compliance.policy import Asked
from headgate.policy.decide import decide
from headgate.policy.decision import (
    Applied,
    Bend,
    BendHow,
    Breaker,
    Candidate,
    Gain,
    Known,
    Penalty,
    Preference,
    RequestFacts,
    Veto,
)
from headgate.policy.registry import RULES, all_rules
from headgate.policy.treatment import ACTIONS
from support.compliance import BOOKS, STANDINGS

ALL = all_rules()
every_rule = pytest.mark.parametrize("rule", ALL.values(), ids=ALL.keys())

REGIONS = ("us", "eu", "de")
TARGETS = ("a", "b", "c", "d", "e")
LABELS = ("email", "card", "secret")
some_needs = st.frozensets(st.sampled_from(get_args(Need)), max_size=3)
a_price = st.none() | st.floats(0, 1000)


def maybe(strategy):
    return st.none() | strategy


some_targets = st.frozensets(st.sampled_from(TARGETS), max_size=3)
shares = st.floats(-1, 1)
gains = st.builds(
    Gain, expected=shares, low=shares, high=shares, cut=shares, explores=st.booleans()
)
applications = st.builds(
    Applied,
    name=st.just("long prompts"),
    only=maybe(some_targets),
    refuse=some_targets,
    prefer=some_targets,
)
bends = st.builds(
    Bend,
    budget=st.just("team"),
    how=st.sampled_from(get_args(BendHow)),
    spent=st.floats(0, 2),
    resets=maybe(st.just("2026-12-01T00:00+01:00")),
)


def some_of(labels):
    return st.frozensets(st.sampled_from(sorted(labels))) if labels else st.just(frozenset())


def actions_for(labels):
    if not labels:
        return st.just(())
    said = st.dictionaries(st.sampled_from(sorted(labels)), st.sampled_from(ACTIONS))
    return said.map(lambda actions: tuple(sorted(actions.items())))


@st.composite
def facts(draw):
    labels = draw(st.frozensets(st.sampled_from(LABELS)))
    return RequestFacts(
        operation=draw(st.sampled_from(get_args(Operation))),
        route="r",
        environment=draw(maybe(st.just("dev"))),
        environment_targets=draw(maybe(st.frozensets(st.sampled_from(TARGETS)))),
        input_tokens=draw(st.integers(0, 300_000)),
        expected_output_tokens=draw(st.integers(0, 10_000)),
        choices=draw(st.integers(1, 8)),
        needs=draw(some_needs),
        labels=labels,
        local_labels=draw(some_of(labels)),
        actions=draw(actions_for(labels)),
        maskable=draw(some_of(labels)),
        allowed_regions=draw(maybe(st.frozensets(st.sampled_from(REGIONS), min_size=1))),
        complexity=None,
        tier=draw(maybe(st.integers(0, 3))),
        prefer=draw(st.sampled_from(get_args(Preference))),
        max_usd=draw(maybe(st.floats(0, 10))),
        max_ttft_ms=draw(maybe(st.floats(1, 10_000))),
        max_output_tokens=draw(maybe(st.integers(1, 200_000))),
        gain=draw(maybe(gains)),
        key=draw(maybe(st.just("alice"))),
        team=draw(maybe(st.just("search"))),
        tags=draw(st.frozensets(st.sampled_from(["nightly", "demo"]))),
        session=draw(maybe(st.just("5e55"))),
        held_by=draw(maybe(st.sampled_from(TARGETS))),
        draw=draw(maybe(st.integers(0, 2**32 - 1))),
        priority=draw(st.integers(0, 100)),
        deadline_ms=draw(maybe(st.floats(1, 1e7))),
        max_wait_ms=draw(maybe(st.floats(1, 1e5))),
        slo_ttft_ms=draw(maybe(st.floats(1, 1e5))),
        keeps_cache=draw(st.booleans()),
        is_deferrable=draw(st.booleans()),
        applied=tuple(draw(st.lists(applications, max_size=2))),
        bend=draw(maybe(bends)),
        policies=draw(st.sampled_from(BOOKS)).applying(Asked(labels, "r")),
    )


knowns = st.builds(
    Known,
    kind=st.sampled_from(get_args(ModelKind)),
    context_tokens=maybe(st.integers(1, 300_000)),
    max_output_tokens=maybe(st.integers(1, 100_000)),
    lacks=some_needs,
    checked=st.just("2026-11-28"),
)


@st.composite
def candidates(draw, name=None):
    return Candidate(
        name=name or draw(st.sampled_from(TARGETS)),
        model="m",
        provider="p",
        is_local=draw(st.booleans()),
        region=draw(maybe(st.sampled_from(REGIONS))),
        position=draw(st.integers(0, 60)),
        tier=draw(maybe(st.integers(0, 3))),
        operations=draw(st.frozensets(st.sampled_from(get_args(Operation)))),
        lacks=draw(some_needs),
        context_tokens=draw(maybe(st.integers(1, 300_000))),
        max_output_tokens=draw(maybe(st.integers(1, 100_000))),
        known=draw(maybe(knowns)),
        usd_per_input_mtok=draw(a_price),
        usd_per_output_mtok=draw(a_price),
        breaker=draw(st.sampled_from(get_args(Breaker))),
        in_flight=draw(st.integers(0, 8)),
        max_concurrency=draw(maybe(st.integers(1, 8))),
        ttft_ms=draw(maybe(st.floats(0, 1e9))),
        output_tokens_per_s=draw(maybe(st.floats(0, 1e4))),
        p95_ttft_ms=draw(maybe(st.floats(0, 1e9))),
        waiting=draw(st.integers(0, 100)),
        max_waiting=draw(maybe(st.integers(0, 100))),
        wait_ms=draw(maybe(st.floats(0, 1e7))),
        load_ms=draw(maybe(st.floats(0, 1e6))),
        cached_tokens=draw(st.integers(0, 100_000)),
        saved_ms=draw(maybe(st.floats(0, 1e6))),
        drawn=draw(maybe(st.integers(0, 20))),
        weight=draw(maybe(st.floats(0, 100))),
        by_batch=draw(st.booleans()),
        only_mirrors=draw(st.booleans()),
        hours=draw(maybe(st.just("mon-fri 18:00-08:00"))),
        is_open=draw(st.booleans()),
        is_unbilled=draw(st.booleans()),
        bend=draw(maybe(bends)),
        standing=draw(maybe(st.sampled_from(STANDINGS))),
        actions=draw(actions_for(LABELS)),
    )


@st.composite
def fields(draw):
    """Several candidates, mostly able to serve, so that rankings have something to rank."""
    chosen = draw(st.lists(st.sampled_from(TARGETS), min_size=1, max_size=5, unique=True))
    made = [draw(candidates(name=name)) for name in chosen]
    if draw(st.booleans()):
        easy = {"operations": frozenset(get_args(Operation)), "lacks": frozenset(), "known": None}
        made = [
            replace(each, **easy, context_tokens=None, max_output_tokens=None, breaker="closed")
            for each in made
        ]
    return made


def place(decision, name):
    """Index in the ranking; refused comes after every place."""
    return decision.order.index(name) if name in decision.order else len(TARGETS)


@every_rule
@given(facts(), candidates())
def test_every_verdict_has_a_reason_and_a_sane_weight(rule, known, candidate):
    verdict = rule.judge(known, candidate)
    assert isinstance(verdict, Veto | Penalty)
    assert verdict.reason
    assert not verdict.reason.endswith(".")
    if isinstance(verdict, Penalty):
        assert verdict.steps >= 0
        assert verdict.usd >= 0
        assert isfinite(verdict.usd)


@every_rule
@given(facts(), candidates())
def test_a_rule_gives_the_same_verdict_twice(rule, known, candidate):
    assert rule.judge(known, candidate) == rule.judge(known, candidate)


@every_rule
@given(facts(), candidates(), st.floats(0, 1000), st.floats(0, 1000))
def test_raising_a_price_never_makes_a_verdict_kinder(rule, known, candidate, more_in, more_out):
    before = rule.judge(known, candidate)
    after = rule.judge(known, dearer(candidate, more_in, more_out))
    if isinstance(before, Veto):
        assert isinstance(after, Veto)
    elif isinstance(after, Penalty):
        assert (after.steps, after.usd) >= (before.steps, before.usd)


def dearer(candidate, more_in, more_out):
    into, out = candidate.usd_per_input_mtok, candidate.usd_per_output_mtok
    return replace(
        candidate,
        usd_per_input_mtok=None if into is None else into + more_in,
        usd_per_output_mtok=None if out is None else out + more_out,
    )


@given(facts(), fields())
def test_every_candidate_is_ranked_or_refused_with_a_verdict_of_every_rule(known, field):
    decision = decide(known, field, ALL)
    placed = [*decision.ranked, *decision.refused]
    assert sorted(item.candidate.name for item in placed) == sorted(each.name for each in field)
    assert all(item.verdicts.keys() == ALL.keys() for item in placed)


@given(facts(), fields())
def test_a_refused_candidate_is_never_ranked(known, field):
    decision = decide(known, field, ALL)
    assert all(not item.vetoes and not item.is_refused for item in decision.ranked)
    assert all(item.vetoes and item.is_refused for item in decision.refused)


@given(facts(), fields(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_is_irrelevant(known, field, shuffler: random.Random):
    shuffled = list(field)
    shuffler.shuffle(shuffled)
    assert decide(known, shuffled, ALL) == decide(known, field, ALL)


@given(facts(), fields(), st.floats(0, 1000), st.floats(0, 1000))
def test_raising_a_price_never_improves_a_rank(known, field, more_in, more_out):
    target, *others = field
    before = decide(known, field, ALL)
    after = decide(known, [dearer(target, more_in, more_out), *others], ALL)
    assert place(after, target.name) >= place(before, target.name)


@given(facts(), fields(), st.permutations(list(ALL)))
def test_the_order_of_the_rules_is_irrelevant(known, field, shuffled):
    reordered = decide(known, field, {name: ALL[name] for name in shuffled})
    assert reordered.order == decide(known, field, ALL).order


@given(facts(), fields())
def test_a_label_that_stays_local_outvotes_everything(known, field):
    labels = known.labels | {"email"}
    held = replace(known, labels=labels, local_labels=frozenset({"email"}), actions=())
    field = [replace(each, actions=()) for each in field]
    assert all(item.candidate.is_local for item in decide(held, field, ALL).ranked)


@given(facts(), fields(), st.data())
def test_a_rule_can_refuse_but_never_let_in(known, field, data):
    """With any one rule left out, whoever is ranked now was ranked or refused by it alone."""
    without = data.draw(st.sampled_from(list(ALL)))
    fewer = {name: rule for name, rule in ALL.items() if name != without}
    assert set(decide(known, field, ALL).order) <= set(decide(known, field, fewer).order)


@given(facts(), fields())
def test_not_knowing_never_lets_a_hosted_target_in(known, field):
    bounded = replace(
        known,
        allowed_regions=known.allowed_regions or frozenset({"eu"}),
        max_usd=known.max_usd or 1,
    )
    unknown = {"region": None, "usd_per_input_mtok": None, "is_local": False}
    for each in field:
        assert decide(bounded, [replace(each, **unknown)], ALL).order == []


@given(facts(), fields())
def test_what_the_ledger_stored_decides_the_same_again(known, field):
    encode, decode = msgspec.json.encode, msgspec.json.decode
    stored_facts = decode(encode(known), type=RequestFacts)
    stored_field = decode(encode(field), type=list[Candidate])
    assert decide(stored_facts, stored_field, ALL) == decide(known, field, ALL)


@given(facts(), fields())
def test_a_tier_outweighs_every_other_wish(known, field):
    # A budget that bends, and nothing else, may ask for another tier.
    tiered = replace(known, tier=1, bend=None)
    field = [replace(each, tier=each.tier or 0, bend=None) for each in field]
    ranks = [item.candidate.tier for item in decide(tiered, field, ALL).ranked]
    # Tier 1 is asked for: then upwards, and the weaker one last.
    keys = [(tier < 1, abs(tier - 1)) for tier in ranks]
    assert all(one <= other for one, other in pairwise(keys))


def test_every_file_of_the_folder_is_a_rule():
    assert tuple(ALL) == names(RULES)
    assert len(ALL) >= 15


def shuts(applied, name):
    return name in applied.refuse or (applied.only is not None and name not in applied.only)


@given(facts(), fields())
def test_what_a_route_s_own_rule_shuts_out_is_never_ranked_whoever_prefers_it(known, field):
    wishes = tuple(Applied(name="wish", prefer=frozenset({each})) for each in TARGETS)
    ranked = decide(replace(known, applied=(*wishes, *known.applied)), field, ALL).order
    assert not [name for name in ranked if any(shuts(rule, name) for rule in known.applied)]


@given(facts(), fields(), st.sampled_from(TARGETS))
def test_a_wish_of_a_rule_refuses_nobody_and_outweighs_all_but_budgets(known, field, wished):
    known = replace(known, bend=None, applied=())
    field = [replace(each, bend=None) for each in field]
    wish = Applied(name="wish", prefer=frozenset({wished}))
    before = decide(known, field, ALL).order
    after = decide(replace(known, applied=(wish,)), field, ALL).order
    others = [name for name in before if name != wished]
    assert after == [*([wished] if wished in before else []), *others]


@given(facts(), fields())
def test_what_is_closed_or_only_mirrors_is_never_ranked(known, field):
    standing = {each.name: each for each in field}
    for name in decide(known, field, ALL).order:
        each = standing[name]
        assert each.hours is None or each.is_open
        assert not each.only_mirrors


def costs(usd):
    return {"usd_per_input_mtok": usd, "usd_per_output_mtok": usd}


LEVELS = {
    "budget": ({"bend": Bend(budget="b", how="tiers_down", spent=0.9)}, {"tier": 0}, {"tier": 1}),
    "wishes": ({"applied": lambda name: (Applied(name="w", prefer=frozenset({name})),)}, {}, {}),
    "tier": ({"tier": 1}, {"tier": 1}, {"tier": 2}),
    "split": ({"draw": 1}, {"drawn": 0, "weight": 1.0}, {"drawn": 1, "weight": 1.0}),
    "session": ({"held_by": lambda name: name, "session": "5e55"}, {}, {}),
    "waits": ({"max_wait_ms": 1.0}, {}, {"max_concurrency": 1, "in_flight": 1, "wait_ms": 9e6}),
    "cache": ({"keeps_cache": True}, {"cached_tokens": 10_000}, {}),
    "order": ({"prefer": "order"}, {"position": 0}, {"position": 60}),
    "price": ({}, costs(0.1), costs(90.0)),
}
"""What each asks for, how the target it wants stands, and how the other does."""


def asked(level, name):
    """Its facts where it wants target `name`."""
    return {
        fact: value(name) if callable(value) else value for fact, value in LEVELS[level][0].items()
    }


@pytest.mark.parametrize("level", list(LEVELS))
def test_every_level_outweighs_all_levels_below_it_together(level):
    """This one wants `a`, and whatever is below it wants `b`."""
    known, wanted, other = {}, {}, {}
    for each in reversed(list(LEVELS)[list(LEVELS).index(level) + 1 :]):
        known |= asked(each, "b")
        wanted |= LEVELS[each][2]
        other |= LEVELS[each][1]
    assert level == "price" or order_of(known, wanted, other) == ["b", "a"]
    known |= asked(level, "a")
    assert order_of(known, wanted | LEVELS[level][1], other | LEVELS[level][2]) == ["a", "b"]


def order_of(asks, a, b):
    tokens = {"input_tokens": 10_000, "expected_output_tokens": 100}
    known = RequestFacts(operation="chat", route="r", **tokens, **asks)
    made = [
        Candidate(name=name, model="m", provider="p", is_local=False, **each)
        for name, each in (("a", a), ("b", b))
    ]
    return decide(known, made, ALL).order
