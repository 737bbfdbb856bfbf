"""The options that are compared, and the hybrids made of them."""

from itertools import pairwise

from hypothesis import given, settings

from headgate.planner.candidate import MOST_HYBRIDS
from headgate.planner.link import question_of
from headgate.planner.presets import USUAL_APIS, USUAL_MACHINES
from headgate.planner.question import Question
from support.plans import BARE, HAIKU, L4, MINI, RTX, candidates_of, questions


def candidates(**fields):
    return candidates_of(question_of(fields))[0]


def test_the_usual_ones_are_compared_when_none_is_named():
    pure = [each.id for each in candidates_of(Question(hybrid=False))[0]]
    assert pure == [*USUAL_APIS, *USUAL_MACHINES]


def test_those_named_are_compared_in_their_order_each_once():
    found = candidates(apis=[HAIKU, MINI, HAIKU], machines=[L4, L4], hybrid=False)
    assert [each.id for each in found] == [HAIKU, MINI, L4]


def test_the_same_machine_with_a_blank_before_it_is_one():
    found = candidates(apis=[], machines=[L4, f" {L4}"])
    assert [each.id for each in found] == [L4]


def test_an_empty_list_is_none_of_a_kind():
    assert {each.kind for each in candidates(apis=[])} == {"own"}
    assert {each.kind for each in candidates(machines=[])} == {"api"}
    assert candidates(apis=[], machines=[]) == []


def test_hybrids_are_of_what_is_allowed_with_the_cheapest_allowed_api():
    found = candidates(apis=[HAIKU, MINI], machines=[L4, RTX], allowances=BARE)
    hybrids = [each for each in found if each.kind == "hybrid"]
    assert {each.api.id for each in hybrids} == {MINI}
    assert {each.own.id for each in hybrids} <= {L4, RTX}
    assert candidates(apis=[MINI], machines=[L4], hybrid=False)[-1].kind == "own"
    needy = candidates(apis=[MINI], machines=[L4, RTX], needs=["air_gapped"])
    assert not any(each.kind == "hybrid" for each in needy)


@settings(max_examples=60)
@given(questions())
def test_a_hybrid_has_the_verdicts_of_both_halves_and_only_allowed_ones(question):
    found, _ = candidates_of(question)
    by_id = {each.id: each for each in found}
    hybrids = [each for each in found if each.kind == "hybrid"]
    assert len(hybrids) <= MOST_HYBRIDS
    for each in hybrids:
        own, api = by_id[each.own.id], by_id[each.api.id]
        assert own.is_allowed
        assert api.is_allowed
        assert each.is_allowed
        assert {*own.verdicts, *api.verdicts} == set(each.verdicts)


@settings(max_examples=60)
@given(questions(limits=False))
def test_no_hybrid_is_dearer_than_its_halves(question):
    found, setting = candidates_of(question)
    by_id = {each.id: each for each in found}
    values, tokens = setting.inputs.usual(), setting.workload.tokens
    for each in found:
        if each.kind != "hybrid":
            continue
        mine = each.costed.at(values).usd(tokens)
        halves = [by_id[half.id].costed.at(values).usd(tokens) for half in (each.own, each.api)]
        assert mine <= min(halves) * (1 + 1e-12)


@settings(max_examples=60)
@given(questions(limits=False))
def test_the_work_of_a_mix_is_divided(question):
    found, setting = candidates_of(question)
    values, tokens = setting.inputs.usual(), setting.workload.tokens
    for each in found:
        if each.kind == "hybrid":
            split = each.costed.at(values).split(tokens)
            assert 0 <= split.kept_tokens <= tokens * (1 + 1e-9)
            if each.is_mix:
                assert split.units > 0


@settings(max_examples=40)
@given(questions(limits=False))
def test_no_cost_falls_when_the_volume_rises(question):
    found, setting = candidates_of(question)
    inputs = setting.inputs
    for values in (inputs.usual(), inputs.changed("volume", 0.5)):
        for each in found:
            if each.costed is None:
                continue
            cost = each.costed.at(values)
            usd = [cost.usd(10 ** (power / 7)) for power in range(6 * 7, 12 * 7 + 1)]
            for less, more in pairwise(usd):
                assert less <= more * (1 + 1e-12), each.id


def test_a_seldom_peak_makes_a_mix():
    found, setting = candidates_of(
        question_of(
            {
                "apis": [MINI],
                "machines": [L4],
                "allowances": BARE,
                "rent_usd_per_hour": {"l4": 0.05},
                "monthly_tokens": 2e10,
                "peak_to_mean": 20,
            }
        )
    )
    hybrid = found[-1]
    assert hybrid.is_mix
    split = hybrid.costed.at(setting.inputs.usual()).split(setting.workload.tokens)
    assert 0 < split.kept_tokens < setting.workload.tokens
