"""A detector from a model that tags names, for those who have one.

What a model finds comes as the label `ner`, its entities as kinds. It adds to lists and forms
and never stands in for them: it is looked for only where a route names it, and if it fails, so
does the request. `headgate.runtime.ner` loads spaCy's; any other needs a function from text to
tags. An entry point of the group `headgate.privacy.detectors`, named `ner`, offers it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.text import Text

LABEL = "ner"
WINDOW = 20_000
"""Characters a model is given at once: its time and memory are seldom linear."""
OVERLAP = 200
KINDS: Mapping[str, str] = {
    **dict.fromkeys(("PERSON", "PER"), "person"),
    **dict.fromkeys(("GPE", "LOC", "LOCATION", "FAC"), "place"),
    **dict.fromkeys(("STREET_ADDRESS", "ADDRESS"), "address"),
    **dict.fromkeys(("ORG", "ORGANIZATION"), "organization"),
    **dict.fromkeys(("NORP", "NRP"), "nationality"),
}
"""Kinds of the entities that models commonly tag; others are passed over."""


class Tag(NamedTuple):
    """An entity in a text, as a model says."""

    start: int
    end: int
    entity: str
    score: float = 0.8


def ner_detector(
    tagger: Callable[[str], Iterable[Tag]],
    *,
    examples: tuple[str, ...],
    counter_examples: tuple[str, ...],
    kinds: Mapping[str, str] = KINDS,
    version: int = 1,
) -> Detector:
    """Give `tagger` windows of a text and take the entities in `kinds` for findings."""

    def find(text: Text) -> Iterator[Hit]:
        hits = {
            Hit(start + tag.start, start + tag.end, kinds[tag.entity], tag.score)
            for start, window in _windows(text.value)
            for tag in tagger(window)
            if tag.entity in kinds
        }
        yield from sorted(hits)

    return Detector(
        name=LABEL,
        find=find,
        examples=examples,
        counter_examples=counter_examples,
        certainty="context",
        version=version,
    )


def _windows(text: str) -> Iterator[tuple[int, str]]:
    """Stretches that overlap, so that a name at a seam is whole in one of them."""
    start = 0
    while True:
        yield start, text[start : start + WINDOW]
        if start + WINDOW >= len(text):
            return
        start += WINDOW - OVERLAP
