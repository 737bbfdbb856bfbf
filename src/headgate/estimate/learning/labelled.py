"""Labelled prompts: how good a weaker and a stronger model answered each."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from random import Random

STEM_CHARS = 120
_ANSWERS = re.compile(r"\n\(?A[.)] ")


class LabelledPrompt(Struct, frozen=True):
    """One line of a labelled file; scores from 0 to 1."""

    prompt: str
    weak: float
    strong: float
    id: str = ""
    domain: str = ""

    @property
    def gain(self) -> float:
        """What the stronger model is worth here."""
        return self.strong - self.weak


def stem_of(prompt: str) -> str:
    """How a question begins, without what is to be chosen from: variants of it share that."""
    question = _ANSWERS.split(prompt, maxsplit=1)[0]
    return re.sub(r"\W+", " ", question.casefold()).strip()[:STEM_CHARS]


def splits(
    rows: Sequence[LabelledPrompt], *, parts: int, generator: "Random"
) -> Iterator[tuple[list[int], list[int]]]:
    """Positions to learn from and to score on: every row is scored once, no stem on both sides."""
    stems = sorted({stem_of(row.prompt) for row in rows})
    generator.shuffle(stems)
    part_of = {stem: place % parts for place, stem in enumerate(stems)}
    parted = [part_of[stem_of(row.prompt)] for row in rows]
    for part in range(parts):
        learned = [index for index, each in enumerate(parted) if each != part]
        generator.shuffle(learned)
        yield learned, [index for index, each in enumerate(parted) if each == part]
