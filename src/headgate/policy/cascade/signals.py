"""What a cheap answer shows of itself. Numbers and hashes, never its text."""

from collections.abc import Mapping, Sequence

from msgspec import Raw, Struct

from headgate.core.chat import OutputFormat
from headgate.core.errors import QualityProblem
from headgate.core.stream import Answer
from headgate.policy.answer_checks import find_problem
from headgate.policy.cascade.same_answer import AnswerKey, Kind, answer_key, are_same

PROBLEMS: tuple[QualityProblem, ...] = (
    "truncated",
    "refusal",
    "empty",
    "invalid_json",
    "invalid_tool_call",
    "repetition",
)


class Question(Struct, frozen=True, kw_only=True):
    """What judging the answers needs of the request; made by `question_of`."""

    words: tuple[int, ...]
    """Hashed."""
    chars: int
    output_format: OutputFormat | None = None
    tool_schemas: Mapping[str, Raw] = {}


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
    agreeing: int = 0
    """How many of the other answers say the same."""
    others: int = 0
    """How many of the other answers could be compared with this one."""
    group: int = 0
    """Answers of one group say the same."""
    question_words: tuple[int, ...] = ()
    question_chars: int = 0
    answer_words: tuple[int, ...] = ()
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
        words=(), chars=len(text), output_format=output_format, tool_schemas=tool_schemas or {}
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
    keys = [
        answer_key(
            answer, output_format=question.output_format, has_tools=bool(question.tool_schemas)
        )
        for answer in answers
    ]
    return tuple(
        _signals(question, answer, member=members[index], index=index, keys=keys, told=told or {})
        for index, answer in enumerate(answers)
    )


def _signals(
    question: Question,
    answer: Answer,
    *,
    member: str,
    index: int,
    keys: Sequence[AnswerKey | None],
    told: Mapping[tuple[int, int], bool],
) -> Signals:
    verdicts = [
        told.get((min(index, other), max(index, other)), are_same(keys[index], key))
        for other, key in enumerate(keys)
        if other != index
    ]
    found = find_problem(answer, question.output_format, question.tool_schemas, frozenset(PROBLEMS))
    key = keys[index]
    return Signals(
        member=member,
        kind=key.kind if key else None,
        problem=found.problem if found else None,
        chars=sum(len(choice.text) for choice in answer.choices),
        agreeing=sum(verdict is True for verdict in verdicts),
        others=sum(verdict is not None for verdict in verdicts),
        group=next(
            (other for other, verdict in _before(index, verdicts) if verdict is True), index
        ),
        question_chars=question.chars,
    )


def _before(index: int, verdicts: Sequence[bool | None]) -> list[tuple[int, bool | None]]:
    return list(enumerate(verdicts[:index]))
