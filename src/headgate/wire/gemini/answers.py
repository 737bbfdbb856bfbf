"""What `generateContent` answers, whole or in pieces: each piece is a whole of its own."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import (
    Answer,
    Failed,
    Finished,
    FinishReason,
    ReasoningDelta,
    ReasoningSignature,
    Started,
    StreamEvent,
    TextDelta,
    ToolDelta,
    Used,
)
from headgate.core.usage import Usage
from headgate.wire.counts import token_count
from headgate.wire.fold import Folder
from headgate.wire.gemini.grounding import Grounding
from headgate.wire.gemini.models import wants_levels
from headgate.wire.members import UNREADABLE

_FINISHED: Mapping[str, FinishReason] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "CONTINUATION": "length",
    **dict.fromkeys(
        (
            *("SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"),
            *("IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "ESCALATION"),
            *("PUP_LIMITED_DISABLED", "MODEL_ARMOR"),
            # Google's word for filters it does not name.
            "OTHER",
        ),
        "content_filter",
    ),
}
"""Every other reason is a failure: the answer is not what was asked for."""


class _Function(Struct, gc=False):
    name: str = ""
    id: str | None = None
    args: dict[str, Any] | None = None


class _Blob(Struct, gc=False, rename="camel"):
    mime_type: str | None = None


class _Part(Struct, gc=False, rename="camel"):
    text: str | None = None
    thought: bool | None = None
    thought_signature: str | None = None
    function_call: _Function | None = None
    inline_data: _Blob | None = None


class _Content(Struct, gc=False):
    parts: list[_Part] | None = None


class _Candidate(Struct, gc=False, rename="camel"):
    index: int | None = None
    content: _Content | None = None
    finish_reason: str | None = None
    grounding_metadata: Grounding | None = None


class _Feedback(Struct, gc=False, rename="camel"):
    block_reason: str | None = None


class Reply(Struct, gc=False, rename="camel"):
    """A whole reply, or a piece of one."""

    candidates: list[_Candidate] | None = None
    prompt_feedback: _Feedback | None = None
    usage_metadata: dict[str, Any] | None = None
    model_version: str | None = None
    response_id: str | None = None
    create_time: str | None = None
    error: Any = None


_reply = msgspec.json.Decoder(Reply)
_encoder = msgspec.json.Encoder()


class Reader:
    """Turns the pieces of one answer, in order, into events."""

    __slots__ = ("_calls", "_has_started", "_id")

    def __init__(self) -> None:
        self._calls: dict[int, int] = {}
        """How many each choice has made."""
        self._has_started = False
        self._id = ""

    def read(self, reply: Reply) -> list[StreamEvent]:
        """The events of one piece."""
        if reply.error:
            return [_failed(reply.error)]
        events: list[StreamEvent] = []
        if not self._has_started:
            self._has_started = True
            self._id = reply.response_id or ""
            model = reply.model_version or ""
            created = _unix_seconds(reply.create_time)
            events.append(Started(id=self._id, model=model, created=created))
        for candidate in reply.candidates or ():
            self._read_candidate(candidate, events)
        if not reply.candidates and _is_blocked(reply):
            events.append(Finished("content_filter"))
        usage = _charged_usage(reply)
        if usage and (usage.output_tokens or any(isinstance(e, Finished) for e in events)):
            events.append(Used(usage))
        return events

    def _read_candidate(self, candidate: _Candidate, events: list[StreamEvent]) -> None:
        choice = candidate.index or 0
        if candidate.content is not None:
            for part in candidate.content.parts or ():
                self._read_part(part, choice, events)
        if candidate.grounding_metadata is not None:
            events += candidate.grounding_metadata.citations(choice)
        if (reason := candidate.finish_reason) is None:
            return
        finished = _FINISHED.get(reason)
        if finished is None:
            status = 400 if reason == "MISSING_THOUGHT_SIGNATURE" else 502
            events.append(Failed(f"the backend stopped without an answer: {reason}", status))
        elif finished == "stop" and self._calls.get(choice):
            events.append(Finished("tool_calls", choice))
        else:
            events.append(Finished(finished, choice))

    def _read_part(self, part: _Part, choice: int, events: list[StreamEvent]) -> None:
        call = part.function_call
        if call is not None:
            position = self._calls.get(choice, 0)
            self._calls[choice] = position + 1
            events.append(
                ToolDelta(
                    position=position,
                    id=call.id or self._identity(choice, position),
                    name=call.name,
                    arguments=_encoder.encode(call.args or {}).decode(),
                    signature=part.thought_signature or None,
                    choice=choice,
                )
            )
            return
        if part.inline_data is not None:
            kind = part.inline_data.mime_type or "data"
            events.append(Failed(f"the backend answers in `{kind}`, which has no place in a chat"))
        if part.text:
            said = ReasoningDelta if part.thought else TextDelta
            events.append(said(part.text, choice))
        if part.thought_signature:
            events.append(ReasoningSignature(part.thought_signature, choice))

    def _identity(self, choice: int, position: int) -> str:
        """A name for a call that has none: the same each time, but not in every answer alike."""
        return "_".join(filter(None, ("call", self._id, str(choice), str(position))))


def decode_reply(data: bytes) -> Reply:
    """A whole reply, or a piece of one.

    Raises:
        UpstreamGarbled: It is neither.
    """
    try:
        return _reply.decode(data)
    except UNREADABLE as error:
        raise UpstreamGarbled("the backend's reply is not what its API promises") from error


def decode_answer(body: bytes) -> Answer:
    """Read a complete reply.

    Raises:
        UpstreamGarbled: It is not one.
    """
    reply = decode_reply(body)
    if reply.error:
        raise UpstreamGarbled("the backend sent an error under a good status")
    if not reply.candidates and not _is_blocked(reply):
        raise UpstreamGarbled("the backend's reply has no candidates")
    folder = Folder()
    for event in Reader().read(reply):
        if isinstance(event, Failed):
            raise UpstreamGarbled(event.message)
        folder.add(event)
    return folder.answer()


def usage_of(raw: Mapping[str, Any]) -> Usage:
    """A `usageMetadata`, normalised; what was thought is not counted among what was said."""
    heard = _sound(raw, "promptTokensDetails") + _sound(raw, "toolUsePromptTokensDetails")
    thought = token_count(raw.get("thoughtsTokenCount"))
    return Usage(
        input_tokens=token_count(raw.get("promptTokenCount"))
        + token_count(raw.get("toolUsePromptTokenCount")),
        output_tokens=token_count(raw.get("candidatesTokenCount")) + thought,
        cache_read_tokens=token_count(raw.get("cachedContentTokenCount")),
        reasoning_tokens=thought,
        audio_input_tokens=heard,
        audio_output_tokens=_sound(raw, "candidatesTokensDetails"),
        cache_read_audio_tokens=_sound(raw, "cacheTokensDetails"),
    )


def _charged_usage(reply: Reply) -> Usage | None:
    """What a reply says it used, searches included: charged one by one, or once by older models."""
    if not reply.usage_metadata:
        return None
    grounded = (c.grounding_metadata for c in reply.candidates or ())
    searches = sum(each.searches for each in grounded if each is not None)
    if not wants_levels(reply.model_version or ""):
        searches = min(searches, 1)
    return msgspec.structs.replace(usage_of(reply.usage_metadata), web_searches=searches)


def _sound(raw: Mapping[str, Any], name: str) -> int:
    details = raw.get(name)
    return sum(
        token_count(each.get("tokenCount"))
        for each in (details if isinstance(details, list) else ())
        if isinstance(each, Mapping) and each.get("modality") == "AUDIO"
    )


def _is_blocked(reply: Reply) -> bool:
    return reply.prompt_feedback is not None and bool(reply.prompt_feedback.block_reason)


def _failed(error: Any) -> Failed:
    said = error if isinstance(error, Mapping) else {}
    message, status = said.get("message"), said.get("code")
    return Failed(
        message if isinstance(message, str) and message else "the backend reported an error",
        status if type(status) is int and 400 <= status < 600 else 502,
    )


def _unix_seconds(moment: str | None) -> int:
    try:
        at = datetime.fromisoformat(moment or "")
        return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return 0
