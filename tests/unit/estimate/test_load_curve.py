"""Counts in buckets of time as a curve of load."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.estimate.load_curve import MOST_STEPS, STEADY, bucket_s, load_curve

counts = st.dictionaries(st.integers(0, 400), st.integers(1, 10_000), min_size=1)


@given(counts, st.sampled_from([60.0, 3600.0]), st.floats(0, 1))
def test_shares_and_loads_add_up_to_one(
    counts: dict[int, int], width_s: float, rest: float
) -> None:
    span_s = (max(counts) + rest) * width_s + 1
    curve = load_curve(counts, width_s=width_s, span_s=span_s)
    assert len(curve) <= MOST_STEPS
    assert sum(step.share for step in curve) == pytest.approx(1, abs=1e-9)
    assert sum(step.share * step.load for step in curve) == pytest.approx(1, abs=1e-9)
    assert [step.load for step in curve] == sorted((step.load for step in curve), reverse=True)


def test_the_busiest_hundredth_is_a_step_of_its_own() -> None:
    counts = dict.fromkeys(range(1000), 10) | dict.fromkeys(range(10), 500)
    first, second, *_ = load_curve(counts, width_s=60, span_s=60_000)
    assert (first.share, first.load) == pytest.approx((0.01, 500 / 14.9))
    assert second.load == pytest.approx(10 / 14.9)


def test_buckets_without_requests_were_idle() -> None:
    curve = load_curve({0: 30, 3: 10}, width_s=60, span_s=240)
    assert [step.load for step in curve] == [3, 1, 0, 0]


def test_the_end_of_the_span_counts_by_its_length() -> None:
    curve = load_curve({0: 60, 1: 60, 2: 10}, width_s=60, span_s=130)
    assert sorted(step.share for step in curve) == pytest.approx([60 / 130, 70 / 130])
    assert [step.load for step in curve] == pytest.approx([1, 1])


@pytest.mark.parametrize(
    ("requests", "span_s", "expected"),
    [
        (19_366, 3_500, 60),
        (100, 3_600, 900),
        (10, 3_600, 3_600),
        (1_000_000, 14 * 86_400, 3_600),
        (20, 30, 60),
    ],
)
def test_buckets_are_short_enough_for_peaks_and_long_enough_for_chance(
    requests: int, span_s: float, expected: int
) -> None:
    assert bucket_s(requests, span_s) == expected


def test_chance_does_not_look_like_a_rush() -> None:
    steady = Counter(int(number * 36 // 900) for number in range(100))
    assert max(step.load for step in load_curve(steady, width_s=900, span_s=3_600)) == 1


def test_less_than_a_bucket_is_steady() -> None:
    assert load_curve({0: 5}, width_s=60, span_s=20) == STEADY
