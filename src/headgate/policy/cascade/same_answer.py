"""Whether two answers say the same, decided on what they come down to, by kind.

A number, a choice, a JSON value, a tool call and a short text have one final value, and equal
values are the same answer. Prose has none: whether two pieces of it agree cannot be told here.
"""

from typing import Literal

from msgspec import Struct

from headgate.core.chat import OutputFormat
from headgate.core.stream import Answer, Choice, ToolCallMade

Kind = Literal["number", "choice", "json", "tool_call", "text"]
LONGEST_VALUE = 300
"""Characters. A longer text without a stated result is prose."""


class AnswerKey(Struct, frozen=True):
    """What an answer comes down to; two of one kind and value are the same answer."""

    kind: Kind
    value: str
    is_prose: bool = False
    """The value is the whole text: another wording may say the same."""


def answer_key(
    answer: Answer, *, output_format: OutputFormat | None = None, has_tools: bool = False
) -> AnswerKey | None:
    """The final value of the first choice of `answer`; `None` when it has none."""
    if not answer.choices:
        return None
    choice = answer.choices[0]
    if choice.tool_calls and has_tools:
        return AnswerKey("tool_call", _calls(choice.tool_calls))
    return _text_key(choice)


def are_same(one: AnswerKey | None, other: AnswerKey | None) -> bool | None:
    """Whether two answers say the same; `None` when it cannot be told."""
    if one is None or other is None:
        return None
    if one == other:
        return True
    if one.is_prose or other.is_prose:
        return None
    return False


def _calls(calls: tuple[ToolCallMade, ...]) -> str:
    return "\n".join(f"{call.name} {call.arguments}" for call in calls)


def _text_key(choice: Choice) -> AnswerKey | None:
    text = " ".join(choice.text.split())
    if not text:
        return None
    return AnswerKey("text", text.casefold(), len(text) > LONGEST_VALUE)
