"""Labelled prompts: how good a weaker and a stronger model answered each."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from msgspec import Struct

from headgate.core.errors import CallerError

if TYPE_CHECKING:
    from random import Random

STEM_CHARS = 400
_ANSWERS = re.compile(r"\n\(?A[.)] ")


class OneQuestion(CallerError):
    """All prompts are variants of one question: nothing is left to score on."""

    code = "one_question"


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
    return _question(prompt)[:STEM_CHARS]


def stems_of(prompts: Sequence[str]) -> list[str]:
    """The stem of each, after the words that all of them begin with: those ask nothing."""
    questions = [_question(prompt).split() for prompt in prompts]
    by_place = zip(*questions, strict=False)
    begins_at = sum(1 for _ in takewhile(lambda words: len(set(words)) == 1, by_place))
    return [" ".join(question[begins_at:])[:STEM_CHARS] for question in questions]


def _question(prompt: str) -> str:
    question = _ANSWERS.split(prompt, maxsplit=1)[0]
    return re.sub(r"\W+", " ", question.casefold()).strip()


def splits(
    rows: Sequence[LabelledPrompt], *, parts: int, generator: "Random"
) -> Iterator[tuple[list[int], list[int]]]:
    """Positions to learn from and to score on: every row is scored once, no stem on both sides.

    Raises:
        OneQuestion: There are no two stems.
    """
    stem_by_row = stems_of([row.prompt for row in rows])
    stems = sorted(set(stem_by_row))
    if len(stems) < 2:
        raise OneQuestion(
            f"all {len(rows)} prompts begin with the same question, so none can be scored by what"
            " learned from others",
            hint="add prompts that ask something else",
        )
    parts = min(parts, len(stems))
    generator.shuffle(stems)
    part_of = {stem: place % parts for place, stem in enumerate(stems)}
    parted = [part_of[stem] for stem in stem_by_row]
    for part in range(parts):
        learned = [index for index, each in enumerate(parted) if each != part]
        generator.shuffle(learned)
        yield learned, [index for index, each in enumerate(parted) if each == part]
