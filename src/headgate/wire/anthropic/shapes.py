"""Backends' JSON, whole messages and events alike, as far as it is read."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Raw, Struct

from headgate.core.errors import UpstreamGarbled
from headgate.core.stream import Citation, Failed, FinishReason, Source
from headgate.core.usage import Usage
from headgate.wire.anthropic.problems import TYPES
from headgate.wire.counts import token_count

FINISH_REASONS: Mapping[str, FinishReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    # The provider's own tools take a rest: nothing is missing that a client could ask for.
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
NOTHING_GIVEN = Raw(b"")
_STATUSES = {kind: status for status, kind in TYPES.items()} | {
    "invalid_request_error": 400,
    "api_error": 500,
}


class Location(Struct, gc=False):
    """Where in a document, search result or page of the web a citation points."""

    cited_text: str | None = None
    document_index: int | None = None
    document_title: str | None = None
    file_id: str | None = None
    search_result_index: int | None = None
    title: str | None = None
    source: str | None = None
    url: str | None = None

    @property
    def meant(self) -> Source:
        """The same in no dialect in particular."""
        place = None
        if self.document_index is not None:
            place = f"document:{self.document_index}"
        elif self.search_result_index is not None:
            place = f"search_result:{self.search_result_index}"
        return Source(
            id=self.file_id or place,
            title=self.document_title or self.title,
            url=self.url or self.source,
            text=self.cited_text,
        )


class Block(Struct, gc=False):
    """A block of content, whole or as it starts."""

    type: str = ""
    text: str | None = None
    thinking: str | None = None
    signature: str | None = None
    data: str | None = None
    id: str | None = None
    name: str | None = None
    input: Raw = NOTHING_GIVEN
    citations: list[Location] | None = None

    @property
    def arguments(self) -> str:
        """A tool's input as text; an empty object where none is given.

        Raises:
            UpstreamGarbled: It is no UTF-8.
        """
        given = bytes(self.input)
        try:
            return "{}" if given in {b"", b"null"} else given.decode()
        except UnicodeDecodeError as error:
            raise UpstreamGarbled("the input of a tool is not UTF-8") from error


class Message(Struct, gc=False):
    """A whole answer, or the beginning of one."""

    type: str = ""
    id: str | None = None
    model: str | None = None
    content: list[Block] | None = None
    stop_reason: str | None = None
    stop_sequence: str | None = None
    usage: dict[str, Any] | None = None
    error: Any = None


class Delta(Struct, gc=False):
    """What a block, or the message, gains."""

    type: str = ""
    text: str | None = None
    thinking: str | None = None
    signature: str | None = None
    partial_json: str | None = None
    citation: Location | None = None
    stop_reason: str | None = None
    stop_sequence: str | None = None


class StreamEvent(Struct, gc=False):
    """One event of a stream."""

    type: str = ""
    index: int | None = None
    message: Message | None = None
    content_block: Block | None = None
    delta: Delta | None = None
    usage: dict[str, Any] | None = None
    error: Any = None


message_decoder = msgspec.json.Decoder(Message)
event_decoder = msgspec.json.Decoder(StreamEvent)


_ANYWHERE = frozenset({"global", "not_available"})


def usage_of(raw: Mapping[str, Any]) -> Usage:
    """The usage object, normalised: here `input_tokens` is only what no cache was used for."""
    read = token_count(raw.get("cache_read_input_tokens"))
    written_by_lifetime = _mapping(raw.get("cache_creation"))
    for_an_hour = token_count(written_by_lifetime.get("ephemeral_1h_input_tokens"))
    written = max(
        token_count(raw.get("cache_creation_input_tokens")),
        for_an_hour + token_count(written_by_lifetime.get("ephemeral_5m_input_tokens")),
    )
    details = _mapping(raw.get("output_tokens_details"))
    tools = _mapping(raw.get("server_tool_use"))
    return Usage(
        input_tokens=token_count(raw.get("input_tokens")) + read + written,
        output_tokens=token_count(raw.get("output_tokens")),
        cache_read_tokens=read,
        cache_write_tokens=written,
        cache_write_1h_tokens=for_an_hour,
        reasoning_tokens=token_count(details.get("thinking_tokens")),
        web_searches=token_count(tools.get("web_search_requests")),
        tier=_tier_of(raw),
    )


def _tier_of(raw: Mapping[str, Any]) -> str | None:
    """What makes it dearer or cheaper than usual: fast mode, staying in a place, a tier."""
    if raw.get("speed") == "fast":
        return "fast"
    tier, place = raw.get("service_tier"), raw.get("inference_geo")
    if isinstance(tier, str) and tier != "standard":
        return tier
    return place if isinstance(place, str) and place not in _ANYWHERE else None


def reported_usage(raw: Mapping[str, Any] | None) -> Usage | None:
    """The same where it says something."""
    usage = usage_of(raw) if raw else None
    return usage if usage and (usage.input_tokens or usage.output_tokens) else None


def citation_of(text: str, start: int, locations: Sequence[Location]) -> Citation:
    """A block of the answer that rests on sources; it begins at character `start`."""
    return Citation(
        text=text,
        start=start,
        end=start + len(text),
        sources=tuple(location.meant for location in locations),
    )


def failed(error: Any) -> Failed:
    """An error event, with the status it would have had outside of a stream."""
    said = _mapping(error)
    message, kind = said.get("message"), said.get("type")
    return Failed(
        message if isinstance(message, str) and message else "the backend reported an error",
        _STATUSES.get(kind, 502) if isinstance(kind, str) else 502,
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
