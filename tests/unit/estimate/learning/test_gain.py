"""What a stronger tier is worth: the prior, and what labels teach."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.estimate.learning.features import features_of
from headgate.estimate.learning.gain import (
    FEWEST_TO_FIT,
    HALF_SAY,
    PRIOR_GAIN,
    GainModel,
    say_after,
)

HARD, EASY = "prove the theorem about {} primes", "translate the letter of {} into French"


def rows(count: int, seed: int = 1) -> list:
    generator = Random(seed)
    numbers = [generator.randrange(10_000) for _ in range(count)]
    kinds = ((HARD, 1.0), (EASY, 0.0))
    return [
        (features_of(kinds[n % 2][0].format(x)), kinds[n % 2][1]) for n, x in enumerate(numbers)
    ]


def test_the_prior_ranks_by_how_hard_a_prompt_looks() -> None:
    model = GainModel.prior()
    texts = ["hi", "explain the reasons " * 10, "explain the reasons " * 100]
    found = [model.predict(features_of(text)) for text in texts]
    assert [each.gain for each in found] == sorted(each.gain for each in found)
    assert [each.order for each in found] == sorted(each.order for each in found)
    assert found[0].gain > PRIOR_GAIN
    assert all(each.low < each.gain < each.high for each in found)


@given(st.lists(st.text(max_size=40), min_size=2, max_size=6, unique=True))
def test_orders_rank_as_gains_do(texts: list[str]) -> None:
    model = GainModel.prior()
    for index, text in enumerate(texts):
        model.learn(features_of(text), index % 3 - 1)
    found = [model.predict(features_of(text)) for text in texts]
    for one in found:
        assert model.gain_at(one.order) == pytest.approx(one.gain, abs=1e-9)


@pytest.mark.parametrize("way", ["at once", "one by one"])
def test_labels_tell_kinds_of_prompts_apart(way: str) -> None:
    model = GainModel.prior()
    if way == "at once":
        model.fit(rows(300))
    else:
        for features, gain in rows(300):
            model.learn(features, gain)
    assert model.labels == 300
    hard, easy = (model.predict(features_of(kind.format(5))) for kind in (HARD, EASY))
    assert hard.gain > 0.75
    assert easy.gain < 0.25
    assert hard.high - hard.low < 0.4


def test_few_labels_move_the_prior_little() -> None:
    model = GainModel.prior()
    before = model.predict(features_of(HARD)).gain
    model.fit(rows(FEWEST_TO_FIT - 30))
    assert abs(model.predict(features_of(HARD)).gain - before) < 0.55


def test_words_of_a_few_labels_hardly_count_and_of_many_nearly_all() -> None:
    assert say_after(0) == 0
    assert say_after(20) < 0.02
    assert say_after(HALF_SAY) == pytest.approx(0.5)
    assert say_after(1000) > 0.97


def test_a_few_labels_do_not_turn_the_order_of_the_prior_round() -> None:
    """Twenty labels that all say otherwise, each of other words."""
    model = GainModel.prior()
    for number in range(20):
        model.learn(features_of(f"say {number} " * (1 + number)), 1.0 if number < 10 else -1.0)
    short, long = (model.predict(features_of("tell us " * n)).order for n in (2, 100))
    assert long > short


def test_chance_labels_leave_the_order_to_the_prior() -> None:
    """Words that teach nothing get no say: how hard a prompt looks still ranks it."""
    generator = Random(3)
    model = GainModel.prior()
    texts = ["why " * generator.randrange(1, 200) + str(n) for n in range(400)]
    model.fit([(features_of(text), generator.choice((-1.0, 0.0, 1.0))) for text in texts])
    short, long = (model.predict(features_of("how " * n)).order for n in (2, 150))
    assert long > short


def test_the_interval_holds_what_repeated_labels_come_to() -> None:
    """About 80 of 100 models, each of other labels of a kind, hold its true mean gain."""
    held = 0
    for seed in range(60):
        generator = Random(seed)
        model = GainModel.prior()
        for _ in range(150):
            gain = 1.0 if generator.random() < 0.3 else 0.0
            model.learn(features_of(HARD.format(generator.randrange(100))), gain)
        found = model.predict(features_of(HARD.format(7)))
        held += found.low <= 0.3 <= found.high
    assert held >= 40


def test_what_is_stored_predicts_the_same_and_learns_on() -> None:
    model = GainModel.prior()
    model.fit(rows(100))
    again = GainModel.loads(model.dumps())
    probe = features_of(HARD.format(3))
    assert again.predict(probe).gain == pytest.approx(model.predict(probe).gain, abs=1e-4)
    assert (again.labels, again.usual) == (100, model.usual)
    again.learn(probe, 1.0)
    assert again.labels == 101


def test_another_version_is_not_misread() -> None:
    data = GainModel.prior().dumps().replace(b"\xa7version\x02", b"\xa7version\x63")
    with pytest.raises(ValueError, match="version 99"):
        GainModel.loads(data)


def test_forgetting_leads_back_to_the_prior() -> None:
    model = GainModel.prior()
    model.fit(rows(300))
    model.forget(1.0)
    probe = features_of(HARD.format(3))
    assert model.predict(probe).gain == pytest.approx(GainModel.prior().predict(probe).gain)
