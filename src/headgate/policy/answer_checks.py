"""Checks on a whole answer, for routes that ask for them. Precise before complete.

A false alarm throws a good answer away and pays for another one, so each check finds only
what it is sure of. Sentences here may reach the ledger: they quote nothing of the answer.
"""

import re
from collections.abc import Callable, Mapping

import msgspec
from msgspec import Raw, Struct

from headgate.core.chat import OutputFormat
from headgate.core.errors import QualityError, QualityProblem
from headgate.core.stream import Answer, Choice, ToolCallMade
from headgate.policy.answer_language import strays
from headgate.policy.answer_loop import is_loop
from headgate.policy.answer_schema import breach

LONGEST_REFUSAL = 400
"""Characters. A longer answer that begins with a refusal usually helps all the same."""

_UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError)
_UNABLE = (
    r"(?:can(?:'t|not|\s+not)|won't|will\s+not|(?:'m|am)\s+(?:unable|not\s+able)\s+to"
    r"|(?:must|have\s+to|need\s+to)\s+(?:respectfully\s+)?decline\s+to)\s+"
)
_SORRY = (
    r"(?:i(?:'m|\s+am)\s+(?:(?:very|really|so|truly)\s+)?(?:sorry|afraid)|sorry"
    r"|i\s+apologi[sz]e|(?:my\s+)?apologies|as\s+an\s+ai(?:\s+(?:language\s+)?(?:model|assistant))?)"
    r"[\s,.!;:—–-]*(?:but\s+|however,?\s+)?(?:that\s+)?"
)
_HELP = (
    r"(?:help|assist)(?:\s+you)?(?:\s+(?:with|in)\b|\s*[.!]|$)"
    r"|comply\b|fulfil|(?:participate|engage)\s+in\b"
)
_GIVE = (
    r"(?:provide|create|generate|write|produce|share|discuss|continue\s+with)\s+"
    r"(?:that|this|such|any|information|instructions|content|guidance|assistance)\b"
    r"|do\s+(?:that|this)\b"
)
_REFUSAL = re.compile(rf"i\s*{_UNABLE}(?:{_HELP})|{_SORRY}i\s*{_UNABLE}(?:{_HELP}|{_GIVE})")


class _Expected(Struct, frozen=True):
    """What the request asked of the answer."""

    output_format: OutputFormat | None
    tool_schemas: Mapping[str, Raw]
    question: str


def find_problem(
    answer: Answer,
    output_format: OutputFormat | None,
    tool_schemas: Mapping[str, Raw],
    wanted: frozenset[QualityProblem],
    *,
    question: str = "",
) -> QualityError | None:
    """The first of the `wanted` problems that any choice of `answer` has.

    Args:
        answer: One without choices (embeddings) has no problem.
        output_format: Of the request.
        tool_schemas: Parameters by tool name, as JSON; an empty one stands for free text.
        wanted: Problems to look for.
        question: What the user said last; without it no language is the wrong one.
    """
    expected = _Expected(output_format, tool_schemas, question)
    for problem, check in _CHECKS.items():
        if problem not in wanted:
            continue
        for choice in answer.choices:
            if sentence := check(choice, expected):
                return QualityError(sentence, problem=problem)
    return None


def _truncated(choice: Choice, expected: _Expected) -> str | None:
    return (
        "the answer was cut off at its length limit" if choice.finish_reason == "length" else None
    )


def _refusal(choice: Choice, expected: _Expected) -> str | None:
    if choice.finish_reason == "content_filter":
        return "the answer was stopped by a content filter"
    if choice.refusal or (not choice.tool_calls and _is_refusal(choice.text)):
        return "the model refused to answer"
    return None


def _empty(choice: Choice, expected: _Expected) -> str | None:
    if choice.tool_calls or choice.refusal or choice.text.strip():
        return None
    return "the answer is empty"


def _invalid_json(choice: Choice, expected: _Expected) -> str | None:
    output_format = expected.output_format
    if output_format is None or output_format.kind == "text":
        return None
    if choice.tool_calls or choice.refusal:
        return None
    try:
        value = msgspec.json.decode(choice.text)
    except _UNREADABLE:
        return "the answer is not JSON"
    if output_format.kind == "json":
        return None if isinstance(value, dict) else "the answer is not a JSON object"
    where = breach(value, _encoded(output_format))
    return None if where is None else f"the answer breaks the schema at `{where}`"


def _invalid_tool_call(choice: Choice, expected: _Expected) -> str | None:
    for call in choice.tool_calls:
        schema = expected.tool_schemas.get(call.name)
        if schema is None:
            return "the model called a tool that it was not offered"
        # An empty schema: the input of a custom tool is free text.
        if schema and (sentence := _invalid_arguments(call, bytes(schema))):
            return sentence
    return None


def _invalid_arguments(call: ToolCallMade, schema: bytes) -> str | None:
    try:
        # Tools without parameters are often called with nothing.
        arguments = msgspec.json.decode(call.arguments or "{}")
    except _UNREADABLE:
        return f"the arguments for `{call.name}` are not JSON"
    if not isinstance(arguments, dict):
        return f"the arguments for `{call.name}` are not a JSON object"
    where = breach(arguments, schema)
    return None if where is None else f"the arguments for `{call.name}` break `{where}`"


def _repetition(choice: Choice, expected: _Expected) -> str | None:
    stuck = is_loop(choice.text or choice.reasoning)
    return "the answer repeats itself without end" if stuck else None


def _wrong_language(choice: Choice, expected: _Expected) -> str | None:
    has_shape = expected.output_format is not None and expected.output_format.kind != "text"
    if has_shape or choice.tool_calls or not strays(expected.question, choice.text):
        return None
    return "the answer is in another script than the question"


def _is_refusal(text: str) -> bool:
    if len(text) > LONGEST_REFUSAL:
        return False
    plain = text.replace("’", "'").casefold().lstrip(" \n\t\"'*_>")
    return _REFUSAL.match(plain) is not None


def _encoded(output_format: OutputFormat) -> bytes:
    return msgspec.json.encode(output_format.schema, order="deterministic")


_CHECKS: Mapping[QualityProblem, Callable[[Choice, _Expected], str | None]] = {
    # An answer that was cut off or filtered may be empty too: say why, where that is asked.
    "truncated": _truncated,
    "refusal": _refusal,
    "empty": _empty,
    "invalid_json": _invalid_json,
    "invalid_tool_call": _invalid_tool_call,
    "repetition": _repetition,
    "wrong_language": _wrong_language,
}
