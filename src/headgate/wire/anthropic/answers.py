"""Complete replies, in both directions."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import msgspec
from msgspec import Raw, Struct

from headgate.core.chat import Thought
from headgate.core.errors import UpstreamCut, UpstreamGarbled
from headgate.core.inbound import Operation
from headgate.core.stream import (
    Answer,
    Choice,
    Citation,
    FinishReason,
    Source,
    ToolCallMade,
)
from headgate.core.usage import Usage
from headgate.wire.anthropic.shapes import (
    FINISH_REASONS,
    Block,
    Message,
    citation_of,
    message_decoder,
    reported_usage,
)
from headgate.wire.anthropic.unsigned import signature_of, signed
from headgate.wire.members import UNREADABLE, split

STOP_REASONS: Mapping[FinishReason, str] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "content_filter": "refusal",
}


class _Count(Struct, gc=False):
    input_tokens: int


_count = msgspec.json.Decoder(_Count)
_encoder = msgspec.json.Encoder()


def decode_answer(operation: Operation, body: bytes) -> Answer:
    """Read a backend's complete reply.

    Raises:
        UpstreamGarbled: It is not a reply of this dialect.
    """
    try:
        if operation == "count_tokens":
            _count.decode(body)
            # Counting is free of charge: nothing was used.
            return Answer(usage=Usage())
        message = message_decoder.decode(body)
    except UNREADABLE as error:
        raise UpstreamGarbled("the backend's reply is not what its API promises") from error
    # Its own words stay out of ours: ours go to the ledger, and it may quote the prompt.
    if message.error:
        raise UpstreamGarbled("the backend sent an error under a good status")
    if message.content is None:
        raise UpstreamGarbled("the backend's reply has no content")
    return Answer(
        id=message.id or "",
        model=message.model or "",
        choices=(_choice(message, message.content),),
        usage=reported_usage(message.usage),
    )


def encode_answer(answer: Answer) -> bytes:
    """A complete chat reply for a client.

    Raises:
        UpstreamCut: The backend broke the answer off, which no reply of this API can say.
        UpstreamGarbled: A tool's arguments are no JSON object, and here they must be one.
    """
    choice = answer.choices[0] if answer.choices else Choice()
    return _encoder.encode(
        {
            **message_head(answer.id, answer.model),
            "content": _content(choice),
            "stop_reason": stop_reason(
                choice.finish_reason,
                has_calls=bool(choice.tool_calls),
                has_refused=bool(choice.refusal),
                stop_sequence=choice.stop_sequence,
            ),
            "stop_sequence": choice.stop_sequence,
            "usage": usage_object(answer.usage or Usage()),
        }
    )


def message_head(identity: str, model: str) -> Mapping[str, Any]:
    """What a message says before it says anything."""
    return {"id": identity, "type": "message", "role": "assistant", "model": model}


def stop_reason(
    reason: FinishReason | None,
    *,
    has_calls: bool,
    has_refused: bool,
    stop_sequence: str | None,
) -> str:
    """Why it ended, in this API's words.

    Raises:
        UpstreamCut: It did not end, it broke off.
    """
    if reason == "error":
        raise UpstreamCut("the backend broke its answer off")
    if reason in {None, "stop"}:
        if has_refused:
            return "refusal"
        # A forced call ends with a plain stop in OpenAI's API, never in this one.
        if has_calls:
            return "tool_use"
        if stop_sequence is not None:
            return "stop_sequence"
    return STOP_REASONS[reason or "stop"]


def usage_object(usage: Usage) -> Mapping[str, Any]:
    """Usage as this API writes it: `input_tokens` without what caches had a part in."""
    read, written = usage.cache_read_tokens, usage.cache_write_tokens
    for_an_hour = min(usage.cache_write_1h_tokens, written)
    return {
        "input_tokens": max(0, usage.input_tokens - read - written),
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": written - for_an_hour,
            "ephemeral_1h_input_tokens": for_an_hour,
        },
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"thinking_tokens": usage.reasoning_tokens},
    }


def thought_block(thought: Thought) -> Mapping[str, Any]:
    """A thought; one that nobody signed has a signature that says so."""
    if thought.sealed is not None:
        return {"type": "redacted_thinking", "data": thought.sealed}
    return {
        "type": "thinking",
        "thinking": thought.text,
        "signature": signed(thought),
    }


def location_object(source: Source, number: int) -> Mapping[str, Any]:
    """A source of any kind; this API's other kinds of location point into its own documents."""
    return {
        "type": "search_result_location",
        "cited_text": source.text or "",
        "source": source.url or source.id or "",
        "title": source.title,
        "search_result_index": number,
        "start_block_index": 0,
        "end_block_index": 1,
    }


def _choice(message: Message, blocks: Sequence[Block]) -> Choice:
    text, said = list[str](), 0
    thoughts, calls, citations = list[Thought](), list[ToolCallMade](), list[Citation]()
    for block in blocks:
        match block.type:
            case "text":
                words = block.text or ""
                if block.citations:
                    citations.append(citation_of(words, said, block.citations))
                text.append(words)
                said += len(words)
            case "thinking":
                thoughts.append(Thought(block.thinking or "", signature_of(block.signature)))
            case "redacted_thinking":
                thoughts.append(Thought(sealed=block.data or ""))
            case "tool_use":
                calls.append(ToolCallMade(block.id or "", block.name or "", block.arguments))
    reason = message.stop_reason
    return Choice(
        text="".join(text),
        thoughts=tuple(thoughts),
        tool_calls=tuple(calls),
        citations=tuple(citations),
        finish_reason=FINISH_REASONS.get(reason, "stop") if reason else None,
        stop_sequence=message.stop_sequence,
    )


def _content(choice: Choice) -> list[Mapping[str, Any]]:
    refusal = [{"type": "text", "text": choice.refusal}] if choice.refusal else []
    return [
        *(thought_block(thought) for thought in choice.thoughts),
        *_text_blocks(choice.text, choice.citations),
        *refusal,
        *(_call_block(call, number) for number, call in enumerate(choice.tool_calls)),
    ]


def _text_blocks(text: str, citations: Sequence[Citation]) -> list[Mapping[str, Any]]:
    """The text, cut where what it rests on changes."""
    spans = [(_within(c.start, 0, text), _within(c.end, len(text), text), c) for c in citations]
    cuts = sorted({0, len(text), *(s for s, _, _ in spans), *(e for _, e, _ in spans)})
    numbers: dict[Source, int] = {}
    blocks: list[Mapping[str, Any]] = []
    for start, end in pairwise(cuts):
        cited = [c for begin, last, c in spans if begin <= start and end <= last]
        sources = [source for citation in cited for source in citation.sources]
        locations = [location_object(s, numbers.setdefault(s, len(numbers))) for s in sources]
        block: dict[str, Any] = {"type": "text", "text": text[start:end]}
        blocks.append({**block, "citations": locations} if locations else block)
    return blocks


def _within(place: int | None, otherwise: int, text: str) -> int:
    return otherwise if place is None else min(max(place, 0), len(text))


def _call_block(call: ToolCallMade, number: int) -> Mapping[str, Any]:
    arguments = (call.arguments.strip() or "{}").encode()
    try:
        split(arguments)
    except UNREADABLE as error:
        raise UpstreamGarbled(
            f"the backend called `{call.name}` with arguments that are no JSON object"
        ) from error
    return {
        "type": "tool_use",
        "id": call.id or f"toolu_{number}",
        "name": call.name,
        "input": Raw(arguments),
    }
