"""Anthropic's Messages."""

from collections.abc import Mapping
from typing import Any

import msgspec
from typing_extensions import override

from headgate.core.chat import ChatRequest
from headgate.core.errors import HeadgateError, InvalidRequest
from headgate.core.inbound import Inbound, Operation
from headgate.core.stream import Answer, Started
from headgate.core.usage import Usage
from headgate.wire.anthropic.answers import decode_answer, encode_answer
from headgate.wire.anthropic.conversation import conversation
from headgate.wire.anthropic.encode import encode_request
from headgate.wire.anthropic.events import MessageEncoder
from headgate.wire.anthropic.problems import encode_error, encode_stream_error, status_of
from headgate.wire.anthropic.requests import DIALECT_NAME, decode_request
from headgate.wire.anthropic.shapes import usage_of
from headgate.wire.anthropic.speech import SPEECH
from headgate.wire.anthropic.streams import MessageDecoder
from headgate.wire.anthropic.unsigned import without_unsigned
from headgate.wire.dialect import Dialect, Form, StreamDecoder, StreamEncoder, Surface
from headgate.wire.losses import Losses
from headgate.wire.members import join
from headgate.wire.usual import UsualBackend


class Counts:
    """How clients are told the tokens of a request that no backend was asked to count."""

    def canonical(self, inbound: Inbound) -> Any:
        """Nothing: other APIs do not count without answering.

        Raises:
            InvalidRequest: Always.
        """
        raise InvalidRequest("only backends of the Anthropic API count tokens")

    def encode_answer(self, answer: Usage, inbound: Inbound) -> bytes:
        """The count."""
        return msgspec.json.encode({"input_tokens": answer.input_tokens})


class Anthropic(UsualBackend):
    """See `wire.dialect.Dialect` for what each method promises."""

    name = DIALECT_NAME
    endpoints: Mapping[str, Operation] = {
        "/v1/messages": "chat",
        "/v1/messages/count_tokens": "count_tokens",
    }
    surfaces: Mapping[Operation, Surface] = {"count_tokens": Counts()}
    forms: Mapping[Operation, Form] = {}
    stream_media_type = "text/event-stream; charset=utf-8"
    # Not a `ping`: SDKs take no event before the message has begun.
    keep_alive = b": the answer is being prepared\n\n"
    forwarded_headers = frozenset({"anthropic-version", "anthropic-beta"})
    speech = SPEECH
    takes_image_urls = True

    def decode(self, operation: Operation, body: bytes) -> Inbound:
        """Read a client's request."""
        return decode_request(operation, body)

    @override
    def relay(self, inbound: Inbound, *, changes: Mapping[str, Any], drop: frozenset[str]) -> bytes:
        """Body for a backend of this same dialect; members left alone keep their bytes."""
        return join(inbound.fields, {**without_unsigned(inbound), **changes}, drop)

    def canonical(self, inbound: Inbound) -> ChatRequest:
        """The conversation, for a backend of another dialect."""
        return conversation(inbound)

    def encode(
        self,
        request: ChatRequest,
        *,
        model: str,
        stream: bool,
        options: Mapping[str, Any],
        losses: Losses,
    ) -> Mapping[str, Any]:
        """A chat that came in another dialect."""
        return encode_request(request, model=model, stream=stream, options=options, losses=losses)

    def stream_decoder(self, operation: Operation) -> StreamDecoder:
        """A decoder for one upstream stream."""
        return MessageDecoder()

    def decode_answer(self, operation: Operation, body: bytes) -> Answer:
        """Read a backend's complete reply."""
        return decode_answer(operation, body)

    def stream_encoder(self, started: Started, inbound: Inbound) -> StreamEncoder:
        """An encoder for one client stream."""
        return MessageEncoder(started)

    def encode_answer(self, answer: Answer, inbound: Inbound) -> bytes:
        """A complete chat reply for a client."""
        return encode_answer(answer)

    def status_of(self, error: HeadgateError) -> int:
        """As it is, except for this API's own word for overload."""
        return status_of(error)

    def encode_error(self, error: HeadgateError) -> bytes:
        """An error body for a client."""
        return encode_error(error)

    def encode_stream_error(self, error: HeadgateError) -> bytes:
        """The event that ends a client's stream with an error."""
        return encode_stream_error(error)

    def usage_of(self, raw: Mapping[str, Any]) -> Usage:
        """This dialect's usage object, normalised."""
        return usage_of(raw)


DIALECT: Dialect = Anthropic()
