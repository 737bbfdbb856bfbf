"""What Converse answers as a whole, and the words that its streams share with it."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import (
    Answer,
    Citation,
    Cited,
    Finished,
    FinishReason,
    ReasoningDelta,
    ReasoningSignature,
    SealedReasoning,
    Source,
    StreamEvent,
    TextDelta,
    ToolDelta,
    Used,
)
from headgate.core.usage import Usage
from headgate.wire.counts import token_count
from headgate.wire.fold import Folder
from headgate.wire.members import UNREADABLE

_FINISHED: Mapping[str, FinishReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
}
"""Every other reason is a failure: the answer is not what was asked for."""
_USUAL_TIERS = frozenset({None, "default"})

_encoder = msgspec.json.Encoder()


class ToolUse(Struct, gc=False, rename="camel"):
    """A call; one with a `type` is the provider's own affair."""

    tool_use_id: str = ""
    name: str = ""
    input: Any = None
    type: str | None = None


class _ReasoningText(Struct, gc=False):
    text: str = ""
    signature: str | None = None


class _Reasoning(Struct, gc=False, rename="camel"):
    reasoning_text: _ReasoningText | None = None
    redacted_content: str | None = None


class _Text(Struct, gc=False):
    text: str | None = None


class _Web(Struct, gc=False):
    url: str | None = None


class _Place(Struct, gc=False):
    web: _Web | None = None


class CitedSource(Struct, gc=False, rename="camel"):
    """What a citation points at."""

    title: str | None = None
    source: str | None = None
    source_content: list[_Text] | None = None
    location: _Place | None = None

    def seen(self) -> Source:
        """The same in no API's words."""
        web = self.location.web if self.location else None
        text = "".join(piece.text or "" for piece in self.source_content or ())
        return Source(
            id=self.source, title=self.title, url=web.url if web else None, text=text or None
        )


class _Cited(Struct, gc=False):
    content: list[_Text] | None = None
    citations: list[CitedSource] | None = None


class _Block(Struct, gc=False, rename="camel"):
    text: str | None = None
    tool_use: ToolUse | None = None
    reasoning_content: _Reasoning | None = None
    citations_content: _Cited | None = None
    image: Any = None


class _Message(Struct, gc=False):
    content: list[_Block]


class _Output(Struct, gc=False):
    message: _Message


class Tier(Struct, gc=False):
    """What the answer is charged by."""

    type: str | None = None


class _Reply(Struct, gc=False, rename="camel"):
    output: _Output
    stop_reason: str
    usage: dict[str, Any] | None = None
    service_tier: Tier | None = None


_reply = msgspec.json.Decoder(_Reply)


def decode_answer(body: bytes) -> Answer:
    """Read a complete reply.

    Raises:
        UpstreamGarbled: It is not one.
    """
    try:
        reply = _reply.decode(body)
    except UNREADABLE as error:
        raise UpstreamGarbled("the backend's reply is not what its API promises") from error
    folder = Folder()
    for event in _events(reply.output.message.content):
        folder.add(event)
    folder.add(Finished(finish_reason_of(reply.stop_reason)))
    if reply.usage is not None:
        folder.add(Used(charged_usage(reply.usage, reply.service_tier)))
    return folder.answer()


def finish_reason_of(reason: str) -> FinishReason:
    """Why the model stopped.

    Raises:
        UpstreamGarbled: Because it failed.
    """
    finished = _FINISHED.get(reason)
    if finished is None:
        raise UpstreamGarbled(f"the backend stopped without an answer: {reason}")
    return finished


def usage_of(raw: Mapping[str, Any]) -> Usage:
    """A usage object, normalised; its `inputTokens` leave out what the cache was for."""
    read, written = (token_count(raw.get(f"cache{way}InputTokens")) for way in ("Read", "Write"))
    details = raw.get("cacheDetails")
    return Usage(
        input_tokens=token_count(raw.get("inputTokens")) + read + written,
        output_tokens=token_count(raw.get("outputTokens")),
        cache_read_tokens=read,
        cache_write_tokens=written,
        cache_write_1h_tokens=sum(
            token_count(each.get("inputTokens"))
            for each in (details if isinstance(details, list) else ())
            if isinstance(each, Mapping) and each.get("ttl") == "1h"
        ),
    )


def charged_usage(raw: Mapping[str, Any], tier: Tier | None) -> Usage:
    """The same with the tier it is charged by, where that is not the usual one."""
    usage = usage_of(raw)
    if tier is None or tier.type in _USUAL_TIERS:
        return usage
    return msgspec.structs.replace(usage, tier=tier.type)


def citation_events(text: str, sources: Sequence[CitedSource]) -> list[StreamEvent]:
    """What was said rests on sources."""
    if not sources:
        return []
    return [Cited(Citation(text=text, sources=tuple(each.seen() for each in sources)))]


def picture() -> UpstreamGarbled:
    """A model that paints has answered."""
    return UpstreamGarbled("the backend answers in pictures, which have no place in a chat")


def _events(blocks: list[_Block]) -> list[StreamEvent]:
    events: list[StreamEvent] = []
    calls = 0
    for block in blocks:
        if block.image is not None:
            raise picture()
        if block.text:
            events.append(TextDelta(block.text))
        if block.citations_content is not None:
            cited = block.citations_content
            text = "".join(piece.text or "" for piece in cited.content or ())
            events += [TextDelta(text)] if text else []
            events += citation_events(text, cited.citations or ())
        if block.reasoning_content is not None:
            events += _thoughts(block.reasoning_content)
        use = block.tool_use
        if use is not None and use.type is None:
            arguments = _encoder.encode({} if use.input is None else use.input).decode()
            events.append(
                ToolDelta(position=calls, id=use.tool_use_id, name=use.name, arguments=arguments)
            )
            calls += 1
    return events


def _thoughts(block: _Reasoning) -> list[StreamEvent]:
    events: list[StreamEvent] = []
    if block.redacted_content is not None:
        events.append(SealedReasoning(block.redacted_content))
    if (said := block.reasoning_text) is not None:
        events += [ReasoningDelta(said.text)] if said.text else []
        events += [ReasoningSignature(said.signature)] if said.signature else []
    return events
