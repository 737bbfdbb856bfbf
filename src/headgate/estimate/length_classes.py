"""Many requests as a few classes of like length.

A source counts its requests in cells: one cell of input length by one of output length,
with exact sums. Whoever reads a log makes the cells (a database does it in one pass), and
`classes` joins the least of them with their neighbours until few enough are left. Nothing
is joined across `TIER_EDGES`: a price may change there.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import fsum, hypot, log2

from msgspec import Struct

from headgate.estimate.traffic import MOST_CLASSES, TIER_EDGES, RequestClass

INPUT_EDGES = tuple(
    sorted({round(2 ** (half / 2)) for half in range(8, 43)} | {*TIER_EDGES, 1_000_000})
)
"""A cell of input lengths ends with each of these, itself included: half octaves and tiers."""
OUTPUT_EDGES = (0, *(2**octave for octave in range(3, 18)))
"""The same for output lengths: octaves, and no output at all."""


class Cell(Struct, frozen=True, kw_only=True):
    """What was counted in one cell: exact sums."""

    requests: int
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0


def cell_of(input_tokens: float, output_tokens: float) -> tuple[int, int]:
    """Which cell a request of these lengths is counted in."""
    return bisect_left(INPUT_EDGES, input_tokens), bisect_left(OUTPUT_EDGES, output_tokens)


def tier_of(input_tokens: float) -> int:
    """How many tier edges an input of this length is over."""
    return bisect_left(TIER_EDGES, input_tokens)


def classes(cells: Iterable[Cell], most: int = MOST_CLASSES) -> tuple[RequestClass, ...]:
    """The classes of all requests, shortest input first; totals are kept exactly."""
    counted = sorted((cell for cell in cells if cell.requests), key=_lengths)
    total_requests = sum(cell.requests for cell in counted)
    total_tokens = max(1, sum(map(_tokens, counted)))

    def weight(cell: Cell) -> float:
        # Rare long requests matter as much as frequent short ones: they cost as much.
        return cell.requests / total_requests + _tokens(cell) / total_tokens

    while len(counted) > most:
        counted = _with_least_joined(counted, [weight(cell) for cell in counted])
    shares = _shares([cell.requests for cell in counted])
    return tuple(map(_class, counted, shares))


def _with_least_joined(cells: Sequence[Cell], weights: Sequence[float]) -> list[Cell]:
    tiers = [tier_of(_lengths(cell)[0]) for cell in cells]
    sizes = Counter(tiers)
    joinable = [place for place, tier in enumerate(tiers) if sizes[tier] > 1]
    least = min(joinable, key=lambda place: weights[place])
    others = (place for place in joinable if place != least and tiers[place] == tiers[least])
    nearest = min(others, key=lambda place: _distance(cells[least], cells[place]))
    kept = [cell for place, cell in enumerate(cells) if place not in {least, nearest}]
    return sorted([*kept, _sum(cells[least], cells[nearest])], key=_lengths)


def _sum(one: Cell, other: Cell) -> Cell:
    return Cell(
        requests=one.requests + other.requests,
        input_tokens=one.input_tokens + other.input_tokens,
        output_tokens=one.output_tokens + other.output_tokens,
        cache_read_tokens=one.cache_read_tokens + other.cache_read_tokens,
        cache_write_tokens=one.cache_write_tokens + other.cache_write_tokens,
    )


def _lengths(cell: Cell) -> tuple[float, float]:
    return cell.input_tokens / cell.requests, cell.output_tokens / cell.requests


def _tokens(cell: Cell) -> int:
    return cell.input_tokens + cell.output_tokens


def _distance(one: Cell, other: Cell) -> float:
    (input_one, output_one), (input_other, output_other) = _lengths(one), _lengths(other)
    return hypot(
        log2((input_one + 1) / (input_other + 1)), log2((output_one + 1) / (output_other + 1))
    )


def _shares(counts: Sequence[int]) -> list[float]:
    # As differences of what has come so far, so that rounding cannot add up.
    total, so_far, bounds = sum(counts), 0, [0.0]
    for count in counts:
        so_far += count
        bounds.append(so_far / total)
    shares = [end - begin for begin, end in pairwise(bounds)]
    assert not shares or abs(fsum(shares) - 1) < 1e-12
    return shares


def _class(cell: Cell, share: float) -> RequestClass:
    return RequestClass(
        share=share,
        input_tokens=cell.input_tokens / cell.requests,
        output_tokens=cell.output_tokens / cell.requests,
        cache_read_tokens=cell.cache_read_tokens / cell.requests,
        cache_write_tokens=cell.cache_write_tokens / cell.requests,
    )
