"""Complete replies to a chat, in both directions."""

from collections.abc import Mapping
from typing import Any

import msgspec

from headgate.core import stream
from headgate.core.chat import Thought
from headgate.core.errors import UpstreamCut, UpstreamGarbled
from headgate.core.stream import Answer, Citation, Finished, FinishReason, ToolCallMade
from headgate.wire.cohere.shapes import (
    Call,
    Reply,
    Words,
    finish_reason_of,
    reported_usage,
    several,
    usage_object,
)
from headgate.wire.members import UNREADABLE

_FINISH_REASONS: Mapping[FinishReason, str] = {
    "stop": "COMPLETE",
    "length": "MAX_TOKENS",
    "tool_calls": "TOOL_CALL",
    # Of version 1: version 2 has no word for it, and it is no complete answer.
    "content_filter": "ERROR_TOXIC",
    "error": "ERROR",
}

_reply = msgspec.json.Decoder(Reply)
_encoder = msgspec.json.Encoder()


def decode_answer(body: bytes) -> Answer:
    """Read a backend's complete reply.

    Raises:
        UpstreamGarbled: It is no reply of this API, or one that broke off.
    """
    try:
        reply = _reply.decode(body)
    except UNREADABLE as error:
        raise UpstreamGarbled("the backend's reply is not what its API promises") from error
    message = reply.message
    if message is None:
        raise UpstreamGarbled("the backend's reply has no message")
    reason = finish_reason_of(reply.finish_reason)
    if reason == "error":
        raise UpstreamGarbled("the backend broke its answer off")
    text, thinking = _said(message)
    choice = stream.Choice(
        text=text,
        thoughts=(Thought(thinking),) if thinking else (),
        tool_calls=tuple(_made(call) for call in several(message.tool_calls)),
        citations=tuple(each.citation for each in several(message.citations)),
        finish_reason=reason,
    )
    return Answer(id=reply.id or "", choices=(choice,), usage=reported_usage(reply.usage))


def encode_answer(answer: Answer) -> bytes:
    """A complete reply for a client.

    Raises:
        UpstreamCut: The backend broke the answer off.
    """
    choice = answer.choices[0] if answer.choices else stream.Choice()
    if choice.finish_reason == "error":
        raise UpstreamCut("the backend broke its answer off")
    finished = Finished(
        choice.finish_reason or ("tool_calls" if choice.tool_calls else "stop"),
        stop_sequence=choice.stop_sequence,
    )
    return _encoder.encode(
        {
            "id": answer.id,
            "finish_reason": finish_reason(finished),
            "message": _message(choice),
            **({"usage": usage_object(answer.usage)} if answer.usage else {}),
        }
    )


def finish_reason(finished: Finished) -> str:
    """Why it ended, in this API's word."""
    if finished.reason == "stop" and finished.stop_sequence is not None:
        return "STOP_SEQUENCE"
    return _FINISH_REASONS[finished.reason]


def tool_call_object(identity: str, name: str, arguments: str) -> Mapping[str, Any]:
    """A tool call as this API writes it."""
    return {
        "id": identity,
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }


def citation_object(citation: Citation, block: int) -> Mapping[str, Any]:
    """A citation in the content block of that number."""
    place = {"start": citation.start, "end": citation.end}
    return {
        **{name: at for name, at in place.items() if at is not None},
        "text": citation.text,
        "sources": [
            {
                "type": "document",
                **({"id": source.id} if source.id else {}),
                "document": {
                    name: value
                    for name in ("id", "title", "url", "text")
                    if (value := getattr(source, name)) is not None
                },
            }
            for source in citation.sources
        ],
        "content_index": block,
        "type": "TEXT_CONTENT",
    }


def _message(choice: stream.Choice) -> Mapping[str, Any]:
    content: list[Mapping[str, str]] = []
    if choice.reasoning:
        content.append({"type": "thinking", "thinking": choice.reasoning})
    block = len(content)
    if text := choice.text or choice.refusal:
        content.append({"type": "text", "text": text})
    message: dict[str, Any] = {"role": "assistant"}
    if content or not choice.tool_calls:
        message["content"] = content or [{"type": "text", "text": ""}]
    if choice.tool_calls:
        message["tool_calls"] = [
            tool_call_object(call.id or f"call_{index}", call.name, call.arguments)
            for index, call in enumerate(choice.tool_calls)
        ]
    if choice.citations:
        message["citations"] = [citation_object(each, block) for each in choice.citations]
    return message


def _said(message: Words) -> tuple[str, str]:
    """What a message says, and what it thinks: of tools, that is its plan."""
    plan = message.tool_plan or ""
    if isinstance(message.content, str):
        return message.content, plan
    pieces = several(message.content)
    thinking = "".join(piece.thinking or "" for piece in pieces)
    return "".join(piece.text or "" for piece in pieces), thinking + plan


def _made(call: Call) -> ToolCallMade:
    function = call.function
    name = (function.name or "") if function else ""
    arguments = (function.arguments or "") if function else ""
    return ToolCallMade(call.id or "", name, arguments)
