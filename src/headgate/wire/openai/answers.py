"""Complete replies, in both directions."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw, Struct

from headgate.core import stream
from headgate.core.chat import Thought
from headgate.core.errors import UpstreamCut, UpstreamGarbled
from headgate.core.inbound import Operation
from headgate.core.stream import Answer, Citation, FinishReason, ToolCallMade
from headgate.core.usage import Usage
from headgate.wire.members import UNREADABLE
from headgate.wire.openai.shapes import (
    Choice,
    Reply,
    Words,
    finish_reason_of,
    reply_decoder,
    reported_usage,
    text_of,
    thoughts_of,
)


class _Embeddings(Struct, gc=False):
    data: Raw
    """Left as it is: it may be many megabytes."""
    model: str | None = None
    usage: dict[str, Any] | None = None


_embeddings = msgspec.json.Decoder(_Embeddings)
_encoder = msgspec.json.Encoder()


def decode_answer(operation: Operation, body: bytes) -> Answer:
    """Read a backend's complete reply.

    Raises:
        UpstreamGarbled: It is not a reply of this dialect.
    """
    try:
        if operation == "embedding":
            embeddings = _embeddings.decode(body)
            return Answer(model=embeddings.model or "", usage=reported_usage(embeddings.usage))
        reply = reply_decoder.decode(body)
    except UNREADABLE as error:
        raise UpstreamGarbled("the backend's reply is not what its API promises") from error
    return _answer(reply)


def encode_answer(answer: Answer) -> bytes:
    """A complete chat reply for a client.

    Raises:
        UpstreamCut: The backend broke the answer off, which no reply of this API can say.
    """
    return _encoder.encode(
        {
            "id": answer.id,
            "object": "chat.completion",
            "created": answer.created,
            "model": answer.model,
            "choices": [
                {
                    "index": index,
                    "message": _message(choice),
                    "logprobs": None,
                    "finish_reason": _finish_reason(choice),
                }
                for index, choice in enumerate(answer.choices)
            ],
            **({"usage": usage_object(answer.usage)} if answer.usage else {}),
        }
    )


def usage_object(usage: Usage) -> Mapping[str, Any]:
    """Usage as this API writes it."""
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {
            "cached_tokens": usage.cache_read_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
        },
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
    }


def call_object(call: ToolCallMade) -> Mapping[str, Any]:
    """A tool call as this API writes it."""
    return {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments},
        **signature_object(call.signature),
    }


def signature_object(signature: str | None) -> Mapping[str, Any]:
    """The proof that belongs to a tool call, where Gemini's own layer for this API puts it."""
    return {"extra_content": {"google": {"thought_signature": signature}}} if signature else {}


def thought_object(thought: Thought) -> Mapping[str, Any]:
    """A signed or sealed thought, as OpenRouter writes it; this API itself has no word for it."""
    if thought.sealed is not None:
        return {"type": "reasoning.encrypted", "data": thought.sealed}
    return {"type": "reasoning.text", "text": thought.text, "signature": thought.signature}


def citation_object(citation: Citation) -> Mapping[str, Any]:
    """A citation of any source; this API's own `annotations` know pages of the web only."""
    return {
        "text": citation.text,
        "start": citation.start,
        "end": citation.end,
        "sources": [
            {"id": s.id, "title": s.title, "url": s.url, "text": s.text} for s in citation.sources
        ],
    }


def _answer(reply: Reply) -> Answer:
    # Its own words stay out of ours: ours go to the ledger, and it may quote the prompt.
    if reply.error:
        raise UpstreamGarbled("the backend sent an error under a good status")
    if not reply.choices:
        raise UpstreamGarbled("the backend's reply has no choices")
    return Answer(
        id=reply.id or "",
        model=reply.model or "",
        created=int(reply.created or 0),
        choices=tuple(_choice(choice) for choice in reply.choices),
        usage=reported_usage(reply.usage, reply.service_tier),
    )


def _choice(choice: Choice) -> stream.Choice:
    reason = finish_reason_of(choice.finish_reason) if choice.finish_reason else None
    if reason == "error":
        raise UpstreamGarbled("the backend broke its answer off")
    message = choice.message
    if message is None:
        return stream.Choice(text=choice.text or "", finish_reason=reason)
    text, thinking = text_of(message.content)
    if not text and message.audio is not None:
        text = message.audio.transcript or ""
    return stream.Choice(
        text=text,
        thoughts=thoughts_of(
            message.reasoning_details or (),
            message.reasoning_content or message.reasoning or thinking,
        ),
        refusal=message.refusal or "",
        tool_calls=_calls(message),
        finish_reason=reason,
    )


def _calls(message: Words) -> tuple[ToolCallMade, ...]:
    calls = [
        ToolCallMade(
            call.id or "", call.callee.name or "", call.callee.argument_text, call.signature
        )
        for call in message.tool_calls or ()
    ]
    if (legacy := message.function_call) is not None:
        calls.append(ToolCallMade("", legacy.name or "", legacy.argument_text))
    return tuple(calls)


def _message(choice: stream.Choice) -> Mapping[str, Any]:
    message: dict[str, Any] = {
        "role": "assistant",
        "content": choice.text or (None if choice.tool_calls or choice.refusal else ""),
        "refusal": choice.refusal or None,
    }
    if choice.reasoning:
        message["reasoning_content"] = choice.reasoning
    if any(thought.signature or thought.sealed for thought in choice.thoughts):
        message["reasoning_details"] = [thought_object(thought) for thought in choice.thoughts]
    if choice.citations:
        message["citations"] = [citation_object(citation) for citation in choice.citations]
    if choice.tool_calls:
        message["tool_calls"] = [call_object(call) for call in choice.tool_calls]
    return message


def _finish_reason(choice: stream.Choice) -> FinishReason:
    if choice.finish_reason == "error":
        raise UpstreamCut("the backend broke its answer off")
    return choice.finish_reason or ("tool_calls" if choice.tool_calls else "stop")
