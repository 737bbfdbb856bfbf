"""Weighted targets: a draw that gives each its share of the first places.

A weighted random permutation without repetition (Efraimidis and Spirakis, Information
Processing Letters 97, 2006): each target draws -ln(u)/weight, the smallest goes first. `u`
comes from the request's draw and the target's name, so the same draw gives the same order,
and a target that joins or leaves moves no more sessions than its share.
"""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from math import inf, log

REMEMBERED = 4096


def places(draw: int, weights: Mapping[str, float]) -> Mapping[str, int]:
    """Places by name, from 0; targets of no weight come last, by name."""
    return _places(draw, tuple(sorted(weights.items())))


@lru_cache(maxsize=REMEMBERED)
def _places(draw: int, weights: tuple[tuple[str, float], ...]) -> Mapping[str, int]:
    keys = [(_key(draw, name, weight), name) for name, weight in weights]
    return {name: place for place, (_, name) in enumerate(sorted(keys))}


def _key(draw: int, name: str, weight: float) -> float:
    if weight <= 0:
        return inf
    seed = b"%d %b" % (draw, name.encode())
    drawn = int.from_bytes(blake2b(seed, digest_size=8).digest())
    return -log((drawn + 1) / 2.0**64) / weight
