"""Backends' JSON, as far as it is read: output items, responses, usage.

Items of tools that the backend runs itself (a search, a shell) are no words of the
answer; they are relayed as bytes and read by nobody here.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from headgate.core.stream import (
    Citation,
    Cited,
    FinishReason,
    ReasoningDelta,
    ReasoningSignature,
    RefusalDelta,
    SealedReasoning,
    Source,
    StreamEvent,
    TextDelta,
    ToolDelta,
)
from headgate.core.usage import Usage
from headgate.wire.counts import token_count
from headgate.wire.openai.shapes import tier_of
from headgate.wire.responses.foreign import secret_in

CALLS = frozenset({"function_call", "custom_tool_call"})
"""Items that call a tool of the client's; the input of a custom tool is free text."""
_KNOWN = CALLS | {"message", "reasoning"}
PARAGRAPH = "\n\n"
"""What stands between two parts of one summary."""


class Part(Struct, gc=False):
    """A piece of a message, of a thought or of its summary."""

    type: str = ""
    text: str | None = None
    refusal: str | None = None
    annotations: list[Any] | None = None


class Item(Struct, gc=False):
    """An output item that says something."""

    type: str = ""
    id: str | None = None
    call_id: str | None = None
    name: str | None = None
    arguments: str | None = None
    input: str | None = None
    content: list[Part] | None = None
    summary: list[Part] | None = None
    encrypted_content: str | None = None
    extra_content: Any = None

    @property
    def argument_text(self) -> str:
        """What the tool is called with."""
        return self.arguments or self.input or ""

    @property
    def thinking(self) -> str:
        """The readable part of a thought: its summary, or itself where there is none."""
        return PARAGRAPH.join(part.text or "" for part in self.summary or self.content or ())


class _Kind(Struct, gc=False):
    type: str = ""


class _Incomplete(Struct, gc=False):
    reason: str | None = None


class Response(Struct, gc=False):
    """A response, whole or as a stream's first and last events hold it."""

    id: str | None = None
    model: str | None = None
    created_at: float | None = None
    status: str | None = None
    output: list[Raw] | None = None
    usage: dict[str, Any] | None = None
    error: Any = None
    service_tier: Any = None
    tool_usage: Any = None
    incomplete_details: _Incomplete | None = None


response_decoder = msgspec.json.Decoder(Response)
_item = msgspec.json.Decoder(Item)
_kind = msgspec.json.Decoder(_Kind)


def read_item(raw: bytes | Raw) -> Item | None:
    """An output item; `None` for one that says nothing here.

    Raises:
        One of `members.UNREADABLE`: It is no such thing.
    """
    return _item.decode(raw) if _kind.decode(raw).type in _KNOWN else None


def call_signature(extra: Any) -> str | None:
    """The proof that belongs to a call, where Gemini's layer for OpenAI's APIs puts it."""
    google = extra.get("google") if isinstance(extra, dict) else None
    found = google.get("thought_signature") if isinstance(google, dict) else None
    return found if isinstance(found, str) else None


def events_of_item(
    item: Item, position: int, *, is_told: bool, is_named: bool
) -> list[StreamEvent]:
    """What a complete item adds to what its deltas have told already."""
    match item.type:
        case "reasoning":
            return _thought(item, is_told=is_told)
        case "message":
            return _message(item, is_told=is_told)
        case _:
            return _call(item, position, is_told=is_told, is_named=is_named)


def _thought(item: Item, *, is_told: bool) -> list[StreamEvent]:
    events: list[StreamEvent] = []
    if not is_told and (text := item.thinking):
        events.append(ReasoningDelta(text))
    if encrypted := item.encrypted_content:
        kind, secret = secret_in(encrypted) or ("sealed", encrypted)
        events.append(
            ReasoningSignature(secret) if kind == "signature" else SealedReasoning(secret)
        )
    return events


def _message(item: Item, *, is_told: bool) -> list[StreamEvent]:
    events: list[StreamEvent] = []
    for part in item.content or ():
        if not is_told and part.text:
            events.append(TextDelta(part.text))
        if not is_told and part.refusal:
            events.append(RefusalDelta(part.refusal))
        events += [
            Cited(_citation(annotation, part.text or ""))
            for annotation in part.annotations or ()
            if isinstance(annotation, dict)
        ]
    return events


def _call(item: Item, position: int, *, is_told: bool, is_named: bool) -> list[StreamEvent]:
    arguments = "" if is_told else item.argument_text
    signature = call_signature(item.extra_content)
    if not is_named:
        return [
            ToolDelta(
                position=position,
                id=item.call_id or item.id,
                name=item.name,
                arguments=arguments,
                signature=signature,
            )
        ]
    if not arguments and signature is None:
        return []
    return [ToolDelta(position=position, arguments=arguments, signature=signature)]


def _citation(annotation: Mapping[str, Any], text: str) -> Citation:
    start, end = (_index(annotation.get(name)) for name in ("start_index", "end_index"))
    source = Source(
        id=_word(annotation.get("file_id")),
        title=_word(annotation.get("title")) or _word(annotation.get("filename")),
        url=_word(annotation.get("url")),
    )
    cited = "" if start is None or end is None else text[start:end]
    return Citation(text=cited, start=start, end=end, sources=(source,))


def _index(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def finish_reason_of(response: Response, *, has_calls: bool) -> FinishReason:
    """Why a complete response ended."""
    details = response.incomplete_details
    reason = details.reason if details is not None else None
    if response.status == "incomplete" or reason:
        return "content_filter" if reason == "content_filter" else "length"
    return "tool_calls" if has_calls else "stop"


def usage_of(raw: Mapping[str, Any]) -> Usage:
    """The usage object of a response, normalised; as in all of OpenAI's APIs, sums of parts."""
    read = _mapping(raw.get("input_tokens_details"))
    written = _mapping(raw.get("output_tokens_details"))
    return Usage(
        input_tokens=token_count(raw.get("input_tokens")),
        output_tokens=token_count(raw.get("output_tokens")),
        cache_read_tokens=token_count(read.get("cached_tokens")),
        cache_write_tokens=token_count(read.get("cache_write_tokens")),
        reasoning_tokens=token_count(written.get("reasoning_tokens")),
        audio_input_tokens=token_count(read.get("audio_tokens")),
        audio_output_tokens=token_count(written.get("audio_tokens")),
    )


def reported_usage(response: Response) -> Usage | None:
    """The same where it says something; servers that do not count send zeros.

    What it is charged by, and the searches made for it, stand beside the usage.
    """
    usage = usage_of(response.usage) if response.usage else None
    if usage is None or not (usage.input_tokens or usage.output_tokens):
        return None
    searches = _mapping(_mapping(response.tool_usage).get("web_search")).get("num_requests")
    tier, searched = tier_of(response.service_tier), token_count(searches)
    return replace(usage, tier=tier, web_searches=searched) if tier or searched else usage


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
