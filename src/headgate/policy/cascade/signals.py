"""What a cheap answer shows of itself. Numbers and hashes, never its text."""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import get_args

from msgspec import Raw, Struct

from headgate.core.chat import OutputFormat
from headgate.core.errors import QualityProblem
from headgate.core.stream import Answer
from headgate.policy.answer_checks import find_problem
from headgate.policy.cascade.same_answer import AnswerKey, Kind, answer_key, are_same
from headgate.policy.cascade.words import hashed_value, hashed_words

PROBLEMS: frozenset[QualityProblem] = frozenset(get_args(QualityProblem))
LARGEST_MAGNITUDE = 12.0


class Question(Struct, frozen=True, kw_only=True):
    """What judging the answers needs of the request; made by `question_of`."""

    words: tuple[int, ...]
    """Hashed."""
    text: str
    """Stays in memory."""
    output_format: OutputFormat | None = None
    tool_schemas: Mapping[str, Raw] = {}

    @property
    def chars(self) -> int:
        """Length of the text."""
        return len(self.text)


class Seen(Struct, frozen=True, kw_only=True):
    """One answer, before it is compared with the others."""

    member: str
    key: AnswerKey | None
    chars: int
    problem: QualityProblem | None = None


class Signals(Struct, frozen=True, kw_only=True):
    """What one cheap answer shows; safe to keep.

    `judge` and `mean_logprob` are filled in by whoever asked for them
    (`msgspec.structs.replace`).
    """

    member: str
    """Name of the target that answered."""
    kind: Kind | None = None
    problem: QualityProblem | None = None
    chars: int = 0
    other_chars: float = 0.0
    """Of the other answers, on average."""
    agreeing: int = 0
    """How many of the other answers say the same."""
    others: int = 0
    """How many of the other answers could be compared with this one."""
    group: int = 0
    """Answers of one group say the same."""
    value_chars: int = 0
    """Length of the final value."""
    is_whole: bool = False
    """The final value is a whole number."""
    magnitude: float = 0.0
    """Of a final number: log(1 + |value|)."""
    is_negative: bool = False
    is_in_question: bool = False
    """The question has the words of the final value."""
    question_words: tuple[int, ...] = ()
    question_chars: int = 0
    mean_logprob: float | None = None
    judge: float | None = None
    """What a judge target says of it, 0 to 1."""


def question_of(
    text: str,
    *,
    output_format: OutputFormat | None = None,
    tool_schemas: Mapping[str, Raw] | None = None,
) -> Question:
    """What to remember of a request; `text` is what the user asked."""
    return Question(
        words=hashed_words(text),
        text=text,
        output_format=output_format,
        tool_schemas=tool_schemas or {},
    )


def signals_of(
    question: Question,
    answers: Sequence[Answer],
    *,
    members: Sequence[str],
    told: Mapping[tuple[int, int], bool] | None = None,
) -> tuple[Signals, ...]:
    """Signals of every answer, in order.

    Args:
        question: What was asked.
        answers: Of the cheap members, one each.
        members: Their names.
        told: Pairs (lower position first) that somebody else compared: an embedding, a judge.
    """
    seen = [see(question, *pair) for pair in zip(members, answers, strict=True)]
    return compare(question, seen, told=told)


def see(question: Question, member: str, answer: Answer) -> Seen:
    """What one answer shows by itself."""
    has_tools = bool(question.tool_schemas)
    found = find_problem(
        answer, question.output_format, question.tool_schemas, PROBLEMS, question=question.text
    )
    return Seen(
        member=member,
        key=answer_key(answer, output_format=question.output_format, has_tools=has_tools),
        chars=sum(len(choice.text) for choice in answer.choices),
        problem=found.problem if found else None,
    )


def compare(
    question: Question,
    seen: Sequence[Seen],
    *,
    told: Mapping[tuple[int, int], bool] | None = None,
) -> tuple[Signals, ...]:
    """Signals of answers that were seen one by one; `told` as for `signals_of`."""
    known = told or {}
    verdicts = [
        [
            known.get((min(one, other), max(one, other)), are_same(seen[one].key, seen[other].key))
            for other in range(len(seen))
        ]
        for one in range(len(seen))
    ]
    return tuple(_signals(question, seen, index, verdicts[index]) for index in range(len(seen)))


def _signals(
    question: Question, seen: Sequence[Seen], index: int, verdicts: Sequence[bool | None]
) -> Signals:
    own = seen[index]
    rest = [(other, verdict) for other, verdict in enumerate(verdicts) if other != index]
    same = [other for other, verdict in rest if verdict]
    value = own.key.value if own.key else ""
    number = Fraction(value) if own.key and own.key.kind == "number" else None
    words = hashed_value(value)
    return Signals(
        member=own.member,
        kind=own.key.kind if own.key else None,
        problem=own.problem,
        chars=own.chars,
        other_chars=sum(seen[other].chars for other, _ in rest) / max(1, len(rest)),
        agreeing=len(same),
        others=sum(verdict is not None for _, verdict in rest),
        group=min([index, *same]),
        value_chars=len(value),
        is_whole=number is not None and number.denominator == 1,
        magnitude=0.0 if number is None else _magnitude(number),
        is_negative=number is not None and number < 0,
        is_in_question=bool(words) and words <= set(question.words),
        question_words=question.words,
        question_chars=question.chars,
    )


def _magnitude(number: Fraction) -> float:
    if abs(number) > 10**LARGEST_MAGNITUDE:
        return LARGEST_MAGNITUDE
    return min(LARGEST_MAGNITUDE, math.log1p(abs(float(number))))
