"""Vectors and ranks that must fit what was asked: a shift by one would be silent and wrong."""

import math
from collections.abc import Iterable, Sequence

from headgate.core.errors import UpstreamGarbled
from headgate.core.vectors import Ranked

Vector = tuple[float, ...]


def in_place(indexed: Sequence[tuple[int | None, Vector]]) -> tuple[Vector, ...]:
    """Vectors by their place, which some servers do not name.

    Raises:
        UpstreamGarbled: A place is missing, or there twice.
    """
    places = [place if index is None else index for place, (index, _) in enumerate(indexed)]
    if sorted(places) != list(range(len(places))):
        raise UpstreamGarbled("the backend's vectors are not numbered from 0 without a gap")
    by_place = {place: vector for place, (_, vector) in zip(places, indexed, strict=True)}
    return tuple(by_place[place] for place in range(len(places)))


def for_each(vectors: Sequence[Vector], inputs: int) -> Sequence[Vector]:
    """The vectors, if there is one for each of the `inputs`.

    Raises:
        UpstreamGarbled: There are more or fewer.
    """
    if len(vectors) != inputs:
        raise UpstreamGarbled(f"the backend sent {len(vectors)} vectors for {inputs} inputs")
    return vectors


def best_first(results: Iterable[Ranked]) -> tuple[Ranked, ...]:
    """In the order promised; some servers leave it to the client.

    Raises:
        UpstreamGarbled: A score is no number.
    """
    found = tuple(results)
    if not all(math.isfinite(ranked.relevance_score) for ranked in found):
        raise UpstreamGarbled("a relevance score of the backend is not a number")
    return tuple(sorted(found, key=lambda ranked: -ranked.relevance_score))


def of_documents(
    results: Sequence[Ranked], documents: int, top_n: int | None
) -> tuple[Ranked, ...]:
    """The best `top_n` of results that each stand for one of the `documents`.

    Raises:
        UpstreamGarbled: One stands for none, or for the same as another.
    """
    places = [ranked.index for ranked in results]
    if len(set(places)) != len(places) or not all(0 <= place < documents for place in places):
        raise UpstreamGarbled(f"the backend's ranking is not one of {documents} documents")
    return tuple(results if top_n is None else results[:top_n])
