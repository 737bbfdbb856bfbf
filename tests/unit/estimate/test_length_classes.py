"""Cells of like length joined into a few classes."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.estimate.length_classes import (
    INPUT_EDGES,
    OUTPUT_EDGES,
    Cell,
    cell_of,
    classes,
    tier_of,
)
from headgate.estimate.traffic import MOST_CLASSES, TIER_EDGES

lengths = st.tuples(st.integers(0, 3_000_000), st.integers(0, 300_000))
requests = st.lists(lengths, min_size=1, max_size=300)


def counted(requests: list[tuple[int, int]]) -> list[Cell]:
    """Counted as a source counts them."""
    sums: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for request in requests:
        cell = sums[cell_of(*request)]
        for place, value in enumerate((1, *request)):
            cell[place] += value
    return [Cell(requests=n, input_tokens=i, output_tokens=o) for n, i, o in sums.values()]


@given(requests)
def test_totals_are_kept_and_shares_are_one(requests: list[tuple[int, int]]) -> None:
    found = classes(counted(requests))
    assert len(found) <= MOST_CLASSES
    assert sum(each.share for each in found) == pytest.approx(1, abs=1e-12)
    read = sum(each.share * each.input_tokens for each in found) * len(requests)
    written = sum(each.share * each.output_tokens for each in found) * len(requests)
    assert read == pytest.approx(sum(request[0] for request in requests), rel=1e-9)
    assert written == pytest.approx(sum(request[1] for request in requests), rel=1e-9)


@given(requests)
def test_no_class_mixes_price_tiers(requests: list[tuple[int, int]]) -> None:
    shares: dict[int, float] = defaultdict(float)
    for each in classes(counted(requests), most=len(TIER_EDGES) + 1):
        shares[tier_of(each.input_tokens)] += each.share
    for tier in range(len(TIER_EDGES) + 1):
        inside = sum(tier_of(request[0]) == tier for request in requests)
        assert shares[tier] == pytest.approx(inside / len(requests))


@given(st.permutations(counted([(number**3, number**2) for number in range(120)])))
def test_the_order_of_cells_does_not_matter(cells: list[Cell]) -> None:
    assert classes(cells) == classes(sorted(cells, key=lambda cell: cell.input_tokens))


def test_rare_long_requests_stay_a_class_of_their_own() -> None:
    frequent = [
        Cell(requests=1_000, input_tokens=1_000 * size, output_tokens=1_000 * size)
        for size in range(100, 200)
    ]
    rare = Cell(requests=1, input_tokens=30_000, output_tokens=9_000_000)
    assert classes([*frequent, rare], most=10)[-1].output_tokens == 9_000_000


def test_an_edge_belongs_to_what_is_below_it() -> None:
    assert tier_of(200_000) == tier_of(200_000.0) < tier_of(200_001)
    assert cell_of(INPUT_EDGES[3], OUTPUT_EDGES[2]) == (3, 2)
    assert set(TIER_EDGES) <= set(INPUT_EDGES)


def test_cache_tokens_are_carried_along() -> None:
    cell = Cell(
        requests=2, input_tokens=20, output_tokens=4, cache_read_tokens=10, cache_write_tokens=6
    )
    (found,) = classes([cell])
    assert (found.cache_read_tokens, found.cache_write_tokens) == (5, 3)


def test_nothing_has_no_classes() -> None:
    assert classes([]) == ()
