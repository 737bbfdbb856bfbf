import msgspec
import pytest

from headgate.policy.decision import Assessment, Candidate, Decision, Penalty, Veto


def candidate(**changes) -> Candidate:
    return Candidate(**({"name": "t", "model": "m", "provider": "p", "is_local": False} | changes))


def test_only_vetoes_are_among_the_vetoes():
    item = Assessment(candidate(), {"one": Veto("no"), "two": Penalty("fine", 3)}, 3, 0.0, True)
    assert item.vetoes == {"one": "no"}


@pytest.mark.parametrize(
    ("prices", "known"), [((1.0, 2.0), True), ((0.0, 0.0), True), ((1.0, None), False)]
)
def test_a_price_is_known_when_both_halves_are(prices, known):
    into, out = prices
    assert candidate(usd_per_input_mtok=into, usd_per_output_mtok=out).has_price is known


def test_a_decision_survives_json():
    item = Assessment(
        candidate(), {"one": Veto("no"), "two": Penalty("fine", 3, 0.5)}, 3, 0.5, True
    )
    decision = Decision(ranked=(), refused=(item,))
    assert msgspec.json.decode(msgspec.json.encode(decision), type=Decision) == decision


def test_the_order_is_that_of_the_ranking():
    ranked = tuple(Assessment(candidate(name=name), {}, 0, 0.0) for name in ("b", "a"))
    assert Decision(ranked=ranked, refused=()).order == ["b", "a"]
