"""Whether two answers say the same, decided on what they come down to, by kind.

A number, a choice, a JSON value, a tool call and a short text have one final value, and equal
values are the same answer. Prose has none: whether two pieces of it agree cannot be told here.
A wrong "same" serves a bad answer and a wrong "different" costs a call, so what is not sure
is `None`.
"""

from typing import Any, Literal

import msgspec
from msgspec import Struct

from headgate.core.chat import OutputFormat
from headgate.core.stream import Answer, ToolCallMade
from headgate.policy.cascade.final_value import final_value
from headgate.policy.cascade.literals import as_choice, as_number, as_words

Kind = Literal["number", "choice", "json", "tool_call", "text"]

_UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError)
_canonical = msgspec.json.Encoder(order="sorted")


class AnswerKey(Struct, frozen=True):
    """What an answer comes down to. Stays in memory: it is what the model said."""

    kind: Kind
    value: str
    detail: str = ""
    """A number's unit or the words behind a choice, which some models leave out."""
    is_prose: bool = False
    """The value is the whole text: other words may say the same."""


def answer_key(
    answer: Answer, *, output_format: OutputFormat | None = None, has_tools: bool = False
) -> AnswerKey | None:
    """The final value of the first choice of `answer`; `None` when it has none."""
    if not answer.choices:
        return None
    choice = answer.choices[0]
    if choice.tool_calls and has_tools:
        return AnswerKey("tool_call", _calls(choice.tool_calls))
    if output_format is not None and output_format.kind != "text":
        return _json_key(choice.text) or text_key(choice.text)
    return text_key(choice.text)


def text_key(text: str) -> AnswerKey | None:
    """The final value of a text; `None` of an empty one."""
    value = final_value(text)
    if value is None:
        words = as_words(text)
        return AnswerKey("text", words, is_prose=True) if words else None
    if number := as_number(value):
        return AnswerKey("number", *number)
    if choice := as_choice(value):
        return AnswerKey("choice", *choice)
    if value[:1] in "[{" and (key := _json_key(value)):
        return key
    words = as_words(value)
    return AnswerKey("text", words) if words else None


def are_same(one: AnswerKey | None, other: AnswerKey | None) -> bool | None:
    """Whether two answers say the same; `None` when it cannot be told."""
    if one is None or other is None:
        return None
    if one.kind == other.kind and one.value == other.value:
        known = bool(one.detail and other.detail)
        return None if known and one.detail != other.detail else True
    return None if one.is_prose or other.is_prose else False


def _json_key(text: str) -> AnswerKey | None:
    try:
        value = msgspec.json.decode(text)
        return AnswerKey("json", _canonical.encode(_plain(value)).decode())
    except _UNREADABLE:
        return None


def _calls(calls: tuple[ToolCallMade, ...]) -> str:
    """Names and arguments, in no order: calls made together run together."""
    return "\n".join(sorted(f"{call.name} {_arguments(call)}" for call in calls))


def _arguments(call: ToolCallMade) -> str:
    key = _json_key(call.arguments or "{}")
    return key.value if key else call.arguments


def _plain(value: Any) -> Any:
    """The value with 18.0 as 18, which JSON does not tell apart."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value
