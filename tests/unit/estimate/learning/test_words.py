"""Least squares over hashed words."""

from random import Random

import pytest

from headgate.estimate.learning.features import features_of
from headgate.estimate.learning.words import KEPT, RIDGE, WordRidge

KINDS = ("prove the theorem about {} primes", "translate the letter of {} into French")


def prompts(count: int, seed: int = 1) -> list[tuple[str, float]]:
    """Prompts of two kinds, of which one is worth 1 more."""
    generator = Random(seed)
    numbers = [generator.randrange(10_000) for _ in range(count)]
    return [(KINDS[n % 2].format(number), 0.5 - n % 2) for n, number in enumerate(numbers)]


def rows(count: int, seed: int = 1) -> list:
    return [(features_of(prompt), label) for prompt, label in prompts(count, seed)]


def test_nothing_learned_predicts_nothing() -> None:
    expected, doubt = WordRidge().predict(features_of(KINDS[0]))
    assert (expected, doubt) == (0.0, 0.0)


@pytest.mark.parametrize("way", ["at once", "one by one"])
def test_it_tells_kinds_of_prompts_apart(way: str) -> None:
    model = WordRidge()
    if way == "at once":
        model.fit(rows(200))
    else:
        for features, label in rows(200):
            model.learn(features, label)
    dear, _ = model.predict(features_of(KINDS[0].format(5)))
    cheap, _ = model.predict(features_of(KINDS[1].format(5)))
    assert dear > 0.3
    assert cheap < -0.3


def test_many_passes_come_to_the_exact_ridge_solution() -> None:
    """At the optimum every row's share of the weights is its own error: the dual conditions."""
    model = WordRidge()
    data = rows(60)
    model.fit(data, passes=200)
    for row in model.rows:
        missed = row.label - sum(
            model.weights[index] * value
            for index, value in zip(row.indices, row.values, strict=True)
        )
        assert row.dual == pytest.approx(missed, abs=1e-6)
    index = model.rows[0].indices[0]
    total = sum(
        row.dual * value
        for row in model.rows
        for place, value in zip(row.indices, row.values, strict=True)
        if place == index
    )
    assert model.weights[index] == pytest.approx(total / RIDGE, abs=1e-9)


def test_doubt_shrinks_with_what_was_seen() -> None:
    few, many = WordRidge(), WordRidge()
    few.fit(rows(20))
    many.fit(rows(400))
    probe = features_of(KINDS[0].format(77))
    assert 0 < many.predict(probe)[1] < few.predict(probe)[1]


def test_what_is_kept_predicts_the_same() -> None:
    model = WordRidge()
    model.fit(rows(50))
    again = WordRidge.loads(model.dumps())
    probe = features_of(KINDS[0].format(3))
    assert again.predict(probe) == pytest.approx(model.predict(probe), abs=1e-5)


def test_the_rows_passed_over_again_have_a_bound() -> None:
    model = WordRidge()
    for features, label in rows(20) * ((KEPT + 40) // 20):
        model.learn(features, label)
    assert len(model.rows) == KEPT


def test_forgetting_brings_predictions_down() -> None:
    model = WordRidge()
    model.fit(rows(200))
    probe = features_of(KINDS[0].format(3))
    before, _ = model.predict(probe)
    model.forget(0.8)
    assert model.predict(probe)[0] == pytest.approx(0.2 * before)
