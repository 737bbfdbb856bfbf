"""Vectors and ranks in their places, or an error: never shifted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.core.errors import UpstreamGarbled
from headgate.core.vectors import Ranked
from headgate.wire.alignment import best_first, for_each, in_place, of_documents


@given(st.permutations(list(range(6))))
def test_numbered_vectors_go_to_their_places(order):
    assert in_place([(place, (float(place),)) for place in order]) == tuple(
        (float(place),) for place in range(6)
    )


def test_vectors_without_a_number_stay_where_they_are():
    assert in_place([(None, (1.0,)), (None, (2.0,))]) == ((1.0,), (2.0,))


@pytest.mark.parametrize("numbers", [[0, 0], [1, 2], [0, 2], [-1, 0], [None, 0]])
def test_a_gap_or_a_double_is_garbled(numbers):
    with pytest.raises(UpstreamGarbled, match="numbered"):
        in_place([(number, (1.0,)) for number in numbers])


def test_there_is_a_vector_for_each_input():
    assert for_each([(1.0,)], 1) == [(1.0,)]
    with pytest.raises(UpstreamGarbled, match="1 vectors for 2 inputs"):
        for_each([(1.0,)], 2)


def test_the_best_comes_first_and_equals_keep_their_order():
    found = best_first([Ranked(0, -3.5), Ranked(1, 8.25), Ranked(2, 8.25)])
    assert [ranked.index for ranked in found] == [1, 2, 0]


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_a_score_is_a_number(score):
    with pytest.raises(UpstreamGarbled, match="score"):
        best_first([Ranked(0, score)])


def test_no_more_than_asked_for_and_only_documents_that_are_there():
    results = [Ranked(1, 0.9), Ranked(0, 0.1)]
    assert of_documents(results, 2, None) == tuple(results)
    assert of_documents(results, 2, 1) == (Ranked(1, 0.9),)
    for wrong in ([Ranked(2, 0.5)], [Ranked(-1, 0.5)], [Ranked(0, 0.5), Ranked(0, 0.4)]):
        with pytest.raises(UpstreamGarbled, match="2 documents"):
            of_documents(wrong, 2, None)
