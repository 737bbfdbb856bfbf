"""Labelled cascades: questions with several cheap answers, and how good each answer was."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from headgate.policy.cascade.same_answer import AnswerKey, text_key
from headgate.policy.cascade.signals import Question, Seen, Signals, compare, question_of

if TYPE_CHECKING:
    from random import Random

STEM_CHARS = 60
NO_ANSWER = AnswerKey("text", "")


class CheapAnswer(Struct, frozen=True, kw_only=True):
    """What one cheap model said."""

    model: str
    correct: float
    answer: str
    """Its final value."""
    chars: int
    """Of the whole answer."""


class Row(Struct, frozen=True, kw_only=True):
    """One line of a labelled file."""

    id: str
    prompt: str
    strong: float
    """How good the strong model's answer was."""
    cheap: tuple[CheapAnswer, ...]
    domain: str = ""


class Labelled(Struct, frozen=True, kw_only=True):
    """One question, read once for any choice of members."""

    stem: str
    question: Question
    strong: float
    seen: tuple[Seen, ...]
    good: tuple[float, ...]
    """How good the answers were, in the order of `seen`."""

    def signals(self, members: Sequence[int]) -> tuple[Signals, ...]:
        """Of some of the answers, by position."""
        return compare(self.question, [self.seen[member] for member in members])

    def labels(self, members: Sequence[int]) -> tuple[float, ...]:
        """How good some of the answers were."""
        return tuple(self.good[member] for member in members)


def labelled(rows: Sequence[Row]) -> tuple[Labelled, ...]:
    """The rows, ready to learn from."""
    prefix = _shared_prefix([row.prompt for row in rows])
    return tuple(
        Labelled(
            stem=question_stem(row.prompt[prefix:]),
            question=question_of(row.prompt),
            strong=row.strong,
            seen=tuple(_seen(each) for each in row.cheap),
            good=tuple(each.correct for each in row.cheap),
        )
        for row in rows
    )


def _shared_prefix(prompts: Sequence[str]) -> int:
    """Characters of an instruction that stands before every question."""
    if len(prompts) < 2:
        return 0
    # What the first and the last of the sorted share, all share.
    pairs = enumerate(zip(min(prompts), max(prompts), strict=False))
    shortest = min(len(min(prompts)), len(max(prompts)))
    return next((index for index, (one, other) in pairs if one != other), shortest)


def question_stem(prompt: str) -> str:
    """The beginning without numbers: variants of one question share it."""
    return re.sub(r"[\W\d]+", " ", prompt.casefold()).strip()[:STEM_CHARS]


def splits(
    rows: Sequence[Labelled], *, parts: int, test_share: float, generator: "Random"
) -> Iterator[tuple[list[Labelled], list[Labelled]]]:
    """Random parts to learn from and to score on; one stem is never in both."""
    stems = sorted({row.stem for row in rows})
    for _ in range(parts):
        generator.shuffle(stems)
        held_out = set(stems[: max(1, round(test_share * len(stems)))])
        learned = [row for row in rows if row.stem not in held_out]
        generator.shuffle(learned)
        yield learned, [row for row in rows if row.stem in held_out]


def _seen(answer: CheapAnswer) -> Seen:
    return Seen(
        member=answer.model,
        # An empty value is one: it may be what the question asks for.
        key=text_key(answer.answer) or NO_ANSWER,
        chars=answer.chars,
    )
