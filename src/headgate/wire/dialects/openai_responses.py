"""OpenAI's Responses API: a chat as items and named events.

Nothing is kept between two requests here; a server may (`gateway.responses`).
"""

from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from headgate.core.chat import ChatRequest
from headgate.core.errors import HeadgateError
from headgate.core.inbound import Inbound, Operation
from headgate.core.stream import Answer, Started
from headgate.core.usage import Usage
from headgate.wire.dialect import Dialect, Form, StreamDecoder, StreamEncoder, Surface
from headgate.wire.losses import Losses
from headgate.wire.members import join
from headgate.wire.openai.problems import encode_error
from headgate.wire.responses.answers import decode_answer
from headgate.wire.responses.conversation import conversation
from headgate.wire.responses.encode import encode_request
from headgate.wire.responses.events import EventEncoder, encode_answer
from headgate.wire.responses.foreign import without_foreign_thoughts
from headgate.wire.responses.problems import encode_stream_error
from headgate.wire.responses.requests import DIALECT_NAME, decode_request
from headgate.wire.responses.shapes import usage_of
from headgate.wire.responses.speech import SPEECH
from headgate.wire.responses.streams import ResponseDecoder
from headgate.wire.usual import UsualBackend, UsualClient


class OpenAiResponses(UsualBackend, UsualClient):
    """See `wire.dialect.Dialect` for what each method promises."""

    name = DIALECT_NAME
    endpoints: Mapping[str, Operation] = {"/v1/responses": "chat"}
    surfaces: Mapping[Operation, Surface] = {}
    forms: Mapping[Operation, Form] = {}
    stream_media_type = "text/event-stream; charset=utf-8"
    keep_alive = b": the answer is being prepared\n\n"
    forwarded_headers: frozenset[str] = frozenset()
    speech = SPEECH
    takes_image_urls = True

    def decode(self, operation: Operation, body: bytes) -> Inbound:
        """Read a client's request."""
        return decode_request(operation, body)

    @override
    def relay(self, inbound: Inbound, *, changes: Mapping[str, Any], drop: frozenset[str]) -> bytes:
        """Body for a backend of this same dialect; members left alone keep their bytes.

        Thoughts of models that do not speak it stay here: see `wire.responses.foreign`.
        """
        return join(without_foreign_thoughts(inbound.fields), changes, drop)

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
        return ResponseDecoder()

    def decode_answer(self, operation: Operation, body: bytes) -> Answer:
        """Read a backend's complete response."""
        return decode_answer(body)

    def stream_encoder(self, started: Started, inbound: Inbound) -> StreamEncoder:
        """An encoder for one client stream."""
        return EventEncoder(started, inbound)

    def encode_answer(self, answer: Answer, inbound: Inbound) -> bytes:
        """A complete response for a client."""
        return encode_answer(answer, inbound)

    def encode_error(self, error: HeadgateError) -> bytes:
        """An error body for a client."""
        return encode_error(error)

    def encode_stream_error(self, error: HeadgateError) -> bytes:
        """The event that ends a client's stream with an error."""
        return encode_stream_error(error)

    def usage_of(self, raw: Mapping[str, Any]) -> Usage:
        """This dialect's usage object, normalised."""
        return usage_of(raw)


DIALECT: Dialect = OpenAiResponses()
