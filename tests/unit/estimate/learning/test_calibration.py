"""From predictions to a cut."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.estimate.learning.calibration import WINDOW, ShareCut, share_for_quality

streams = {
    "even": lambda generator, n: generator.random(),
    "all alike": lambda generator, n: 0.5,
    "two kinds": lambda generator, n: float(n % 2),
    "rising": lambda generator, n: n / 1000 + generator.random(),
    "moved half way": lambda generator, n: generator.random() + (5.0 if n > 1000 else 0.0),
    "heavy tail": lambda generator, n: generator.paretovariate(0.5),
}


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("name", streams)
def test_the_share_that_is_asked_for_comes_out(name: str, share: float) -> None:
    generator = Random(1)
    cut = ShareCut(share)
    above = sum(cut.is_above(streams[name](generator, n)) for n in range(2000))
    assert above / 2000 == pytest.approx(share, abs=0.03)


def test_of_two_kinds_the_greater_lies_above() -> None:
    cut = ShareCut(0.5)
    found = [(n % 2, cut.is_above(float(n % 2))) for n in range(200)]
    assert sum(bool(kind) == above for kind, above in found) >= 190


@pytest.mark.parametrize(("share", "all_above"), [(0.0, False), (1.0, True)])
def test_nothing_and_all_are_exact(share: float, all_above: bool) -> None:
    cut, generator = ShareCut(share), Random(1)
    assert {cut.is_above(generator.random()) for _ in range(100)} == {all_above}


def test_it_rests_on_what_came_lately() -> None:
    cut = ShareCut(0.5)
    for n in range(WINDOW + 100):
        cut.is_above(float(n))
    assert cut.recent == tuple(float(n) for n in range(100, WINDOW + 100))
    assert ShareCut(0.5, cut.recent).cut() == WINDOW // 2 + 100


gains = st.lists(st.floats(-1, 1), max_size=30)


@settings(deadline=None)
@given(gains, st.floats(0.05, 1), st.floats(0, 0.5))
def test_more_quality_never_takes_a_smaller_share(
    found: list[float], wanted: float, more: float
) -> None:
    assert share_for_quality(found, min(1, wanted + more)) >= share_for_quality(found, wanted)


@given(gains, st.floats(0.05, 1))
def test_the_share_recovers_what_was_wanted_and_no_smaller_one_does(
    found: list[float], wanted: float
) -> None:
    share = share_for_quality(found, wanted)
    ranked, total = sorted(found, reverse=True), sum(found)
    taken = round(share * len(found))
    if total > 1e-6:
        assert sum(ranked[:taken]) >= wanted * total - 1e-9
        assert taken == 0 or sum(ranked[: taken - 1]) < wanted * total


def test_where_nothing_is_to_be_gained_all_stays() -> None:
    assert share_for_quality([-0.2, 0.1, 0.0], 0.9) == 0.0
    assert share_for_quality([], 0.9) == 0.0
