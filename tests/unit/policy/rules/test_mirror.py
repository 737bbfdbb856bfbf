"""What only gets copies serves nobody, however much it is wanted otherwise."""

from headgate.policy.decide import decide
from headgate.policy.decision import Veto
from headgate.policy.registry import all_rules
from support.decisions import candidate, facts

ALL = all_rules()


def test_it_is_refused_by_this_rule_alone() -> None:
    field = [candidate(name="copy", only_mirrors=True), candidate(name="own", position=9)]
    decision = decide(facts(), field, ALL)
    assert decision.order == ["own"]
    assert list(decision.refused[0].vetoes) == ["mirror"]


def test_who_answers_is_none_of_its_business() -> None:
    assert not isinstance(ALL["mirror"].judge(facts(), candidate()), Veto)
