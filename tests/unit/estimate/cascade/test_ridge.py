"""Least squares, a row at a time."""

from operator import mul

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.estimate.cascade.ridge import ridge

small = st.floats(-3, 3).map(lambda value: round(value, 3))
rows = st.lists(st.tuples(st.tuples(small, small, small), small), max_size=12)


def loss(weights, guess, strengths, data):
    errors = sum((value - sum(map(mul, weights, row))) ** 2 for row, value in data)
    pairs = zip(weights, guess, strengths, strict=True)
    return errors + sum(strong * (own - start) ** 2 for own, start, strong in pairs)


def learned(guess, strengths, data):
    model = ridge(guess, strengths)
    for row, value in data:
        model.learn(row, value)
    return model


@given(rows, st.tuples(small, small, small))
def test_no_other_weights_have_a_smaller_loss(data, guess):
    strengths = (1.0, 2.0, 0.5)
    model = learned(guess, strengths, data)
    best = loss(model.weights, guess, strengths, data)
    for index in range(3):
        for step in (-0.01, 0.01):
            other = [w + step * (place == index) for place, w in enumerate(model.weights)]
            assert best <= loss(other, guess, strengths, data) + 1e-7


@settings(deadline=None)
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(data, generator):
    mixed = list(data)
    generator.shuffle(mixed)
    one, other = learned((0, 0, 0), (1, 1, 1), data), learned((0, 0, 0), (1, 1, 1), mixed)
    assert one.weights == pytest.approx(other.weights, abs=1e-6)


def test_a_row_of_weight_two_is_two_rows():
    one, other = ridge([0.0, 0.0], [1, 1]), ridge([0.0, 0.0], [1, 1])
    one.learn([1, 2], 3, weight=2)
    other.learn([1, 2], 3)
    other.learn([1, 2], 3)
    assert one.weights == pytest.approx(other.weights)


def test_before_any_row_it_says_the_guess():
    assert ridge([0.5, 0.25], [1, 1]).predict([1, 2]) == 1.0
