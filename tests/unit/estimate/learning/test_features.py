"""A prompt as small numbers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.estimate.learning.features import (
    BUCKETS,
    HEAD_CHARS,
    MOST_WORDS,
    SHAPES,
    TAIL_CHARS,
    features_of,
)


@given(st.text(max_size=300))
def test_any_text_has_features_in_their_ranges(text: str) -> None:
    features = features_of(text)
    assert len(features.buckets) == len(features.counts) == len(set(features.buckets))
    assert all(0 <= bucket < BUCKETS for bucket in features.buckets)
    assert all(count >= 1 for count in features.counts)
    assert len(features.shape) == SHAPES
    assert all(map(math.isfinite, features.shape))
    assert features == features_of(text)


def test_words_count_whatever_their_case_and_order_shows_in_pairs() -> None:
    assert features_of("Red CAR").buckets == features_of("red car").buckets
    one, other = features_of("red car"), features_of("car red")
    assert len(set(one.buckets) & set(other.buckets)) == 2
    assert features_of("car car car").counts[0] == 3


def test_numbers_of_a_size_are_alike() -> None:
    assert features_of("pay 17").buckets == features_of("pay 99").buckets
    assert features_of("pay 17").buckets != features_of("pay 1700").buckets


def test_a_long_prompt_is_read_at_both_ends_only() -> None:
    middle = "x " * HEAD_CHARS
    head, tail = "head " * (HEAD_CHARS // 5), " tail" * (TAIL_CHARS // 5)
    features = features_of(head + middle + tail)
    assert features.buckets == features_of(head + "unread " * HEAD_CHARS + tail).buckets
    assert sum(features.counts) <= 2 * MOST_WORDS
    assert features.shape[0] == pytest.approx(math.log1p(len(head + middle + tail)))


def test_choices_are_counted() -> None:
    assert features_of("Which?\nA. one\nB. two\nC. three\nAnswer:").shape[2] == 3
    assert features_of("Which?").shape[2] == 0
