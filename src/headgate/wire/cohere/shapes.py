"""Backends' JSON, whole replies and events of a stream alike, as far as it is read."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from headgate.core.stream import Citation, FinishReason, Source
from headgate.core.usage import Usage
from headgate.wire.counts import token_count

_FINISH_REASONS: Mapping[str, FinishReason] = {
    "COMPLETE": "stop",
    "STOP_SEQUENCE": "stop",
    "MAX_TOKENS": "length",
    "TOOL_CALL": "tool_calls",
    "ERROR_TOXIC": "content_filter",
}
_OF_THE_TEXT = "TEXT_CONTENT"
_Piece = TypeVar("_Piece", bound=Struct)
_TEXT_KEYS = ("text", "snippet", "content")
"""What documents call the member that holds their words, most usual first."""

_encoder = msgspec.json.Encoder()


class Content(Struct, gc=False):
    """A block of content, or a piece of one."""

    text: str | None = None
    thinking: str | None = None


class Function(Struct, gc=False):
    """What is called; a piece of a stream may hold the name or some of the arguments only."""

    name: str | None = None
    arguments: str | None = None


class Call(Struct, gc=False):
    """A tool call or a piece of one."""

    id: str | None = None
    function: Function | None = None


class CitedSource(Struct, gc=False):
    """A document of the request, or what a tool returned."""

    id: str | None = None
    document: dict[str, Any] | None = None
    tool_output: dict[str, Any] | None = None


class CitedWords(Struct, gc=False):
    """A citation; `type` says in which text its place counts."""

    start: int | None = None
    end: int | None = None
    text: str | None = None
    sources: list[CitedSource] | None = None
    type: str | None = None

    @property
    def citation(self) -> Citation:
        """In no dialect in particular; a place in the plan is no place in the answer."""
        in_text = self.type is None or self.type == _OF_THE_TEXT
        return Citation(
            text=self.text or "",
            start=self.start if in_text else None,
            end=self.end if in_text else None,
            sources=tuple(_source(source) for source in self.sources or ()),
        )


class Words(Struct, gc=False):
    """A message, or what an event adds to one: there, single pieces stand in place of lists."""

    content: Content | list[Content] | str | None = None
    tool_plan: str | None = None
    tool_calls: Call | list[Call] | None = None
    citations: CitedWords | list[CitedWords] | None = None


class Delta(Struct, gc=False):
    """What an event adds."""

    message: Words | None = None
    finish_reason: str | None = None
    usage: dict[str, Any] | None = None
    error: str | None = None


class Event(Struct, gc=False):
    """One event of a stream; a `message` of its own is an error's."""

    type: str = ""
    id: str | None = None
    index: int | None = None
    delta: Delta | None = None
    message: Any = None


class Reply(Struct, gc=False):
    """A whole answer to a chat."""

    message: Words | None = None
    id: str | None = None
    finish_reason: str | None = None
    usage: dict[str, Any] | None = None


def several(found: _Piece | list[_Piece] | None) -> list[_Piece]:
    """What stands in a whole message as a list, in an event alone."""
    if isinstance(found, list):
        return found
    return [] if found is None else [found]


def finish_reason_of(reason: str | None) -> FinishReason:
    """Why the model stopped. Anything but an end that this API names is an error."""
    return _FINISH_REASONS.get(reason or "", "error")


def usage_of(raw: Mapping[str, Any]) -> Usage:
    """The usage object of a chat, or the `meta` of anything else, normalised.

    What was read and written is in `tokens`, what is charged in `billed_units`: instructions
    that Cohere adds by itself are in the former only.
    """
    tokens, billed = _mapping(raw.get("tokens")), _mapping(raw.get("billed_units"))
    charged_input = _charged_input(billed)
    charged_output = _count(billed["output_tokens"]) if "output_tokens" in billed else None
    return Usage(
        input_tokens=_count(tokens.get("input_tokens")) or charged_input or 0,
        output_tokens=_count(tokens.get("output_tokens")) or charged_output or 0,
        cache_read_tokens=_count(raw.get("cached_tokens")),
        billed_input_tokens=charged_input,
        billed_output_tokens=charged_output,
        search_units=_count(billed.get("search_units")),
    )


def reported_usage(raw: Mapping[str, Any] | None) -> Usage | None:
    """The same where it says something."""
    usage = usage_of(raw) if raw else None
    if usage is None or not (usage.input_tokens or usage.output_tokens or usage.search_units):
        return None
    return usage


def billed_units(usage: Usage) -> Mapping[str, int]:
    """What is charged, as this API writes it."""
    charged = usage.billed_input_tokens, usage.billed_output_tokens
    units = {
        "input_tokens": usage.input_tokens if charged[0] is None else charged[0],
        "output_tokens": usage.output_tokens if charged[1] is None else charged[1],
        "search_units": usage.search_units,
    }
    return {name: count for name, count in units.items() if count}


def usage_object(usage: Usage) -> Mapping[str, Any]:
    """The usage of a chat, as this API writes it."""
    return {
        "billed_units": billed_units(usage),
        "tokens": {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens},
        "cached_tokens": usage.cache_read_tokens,
    }


def document_text(data: Mapping[str, Any]) -> str:
    """The words of a document; of one with members of its own names, all that they say."""
    named = {name: value for name, value in data.items() if name not in {"id", "title", "url"}}
    if len(named) == 1:
        (name, value), *_ = named.items()
        if name in _TEXT_KEYS and isinstance(value, str):
            return value
    return "\n".join(f"{name}: {_readable(value)}" for name, value in named.items())


def _source(source: CitedSource) -> Source:
    data = source.document if source.document is not None else source.tool_output or {}
    words = next((data[key] for key in _TEXT_KEYS if isinstance(data.get(key), str)), None)
    return Source(
        id=source.id,
        title=_text(data.get("title")),
        url=_text(data.get("url")),
        text=words if words is not None else document_text(data) or None,
    )


def _charged_input(billed: Mapping[str, Any]) -> int | None:
    if "input_tokens" in billed:
        return _count(billed["input_tokens"])
    if "text_tokens" in billed or "image_tokens" in billed:
        return _count(billed.get("text_tokens")) + _count(billed.get("image_tokens"))
    return None


def _count(claimed: Any) -> int:
    """A number of tokens; this API writes them as floats, too."""
    whole = type(claimed) is float and claimed.is_integer()
    return token_count(int(claimed) if whole else claimed)


def _readable(value: Any) -> str:
    return value if isinstance(value, str) else _encoder.encode(value).decode()


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
