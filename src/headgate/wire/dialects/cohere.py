"""Cohere's API, version 2: chat with documents and citations, embeddings, reranking."""

from collections.abc import Mapping
from typing import Any

from headgate.core.chat import ChatRequest
from headgate.core.errors import HeadgateError
from headgate.core.inbound import Inbound, Operation
from headgate.core.stream import Answer, Started
from headgate.core.usage import Usage
from headgate.wire.cohere.answers import decode_answer, encode_answer
from headgate.wire.cohere.conversation import conversation
from headgate.wire.cohere.embeddings import EmbeddingForm, EmbeddingSurface
from headgate.wire.cohere.encode import encode_request
from headgate.wire.cohere.events import EventEncoder
from headgate.wire.cohere.problems import encode_error, encode_stream_error
from headgate.wire.cohere.requests import DIALECT_NAME, decode_request
from headgate.wire.cohere.rerank import RankingForm, RankingSurface
from headgate.wire.cohere.shapes import usage_of
from headgate.wire.cohere.speech import SPEECH
from headgate.wire.cohere.streams import EventsDecoder
from headgate.wire.dialect import Dialect, Form, StreamDecoder, StreamEncoder, Surface
from headgate.wire.losses import Losses
from headgate.wire.usual import UsualBackend, UsualClient


class Cohere(UsualBackend, UsualClient):
    """See `wire.dialect.Dialect` for what each method promises."""

    name = DIALECT_NAME
    endpoints: Mapping[str, Operation] = {
        "/v2/chat": "chat",
        "/v2/embed": "embedding",
        "/v2/rerank": "rerank",
    }
    surfaces: Mapping[Operation, Surface] = {
        "embedding": EmbeddingSurface(),
        "rerank": RankingSurface(),
    }
    forms: Mapping[Operation, Form] = {"embedding": EmbeddingForm(), "rerank": RankingForm()}
    stream_media_type = "text/event-stream; charset=utf-8"
    keep_alive = b": the answer is being prepared\n\n"
    forwarded_headers = frozenset({"x-client-name"})
    speech = SPEECH
    takes_image_urls = True

    def decode(self, operation: Operation, body: bytes) -> Inbound:
        """Read a client's request."""
        return decode_request(operation, body)

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
        return EventsDecoder()

    def decode_answer(self, operation: Operation, body: bytes) -> Answer:
        """Read a backend's complete reply."""
        if operation == "embedding":
            return EmbeddingForm.account(body)
        if operation == "rerank":
            return RankingForm.account(body)
        return decode_answer(body)

    def stream_encoder(self, started: Started, inbound: Inbound) -> StreamEncoder:
        """An encoder for one client stream."""
        return EventEncoder(started)

    def encode_answer(self, answer: Answer, inbound: Inbound) -> bytes:
        """A complete chat reply for a client."""
        return encode_answer(answer)

    def encode_error(self, error: HeadgateError) -> bytes:
        """An error body for a client."""
        return encode_error(error)

    def encode_stream_error(self, error: HeadgateError) -> bytes:
        """The event that ends a client's stream with an error."""
        return encode_stream_error(error)

    def usage_of(self, raw: Mapping[str, Any]) -> Usage:
        """This dialect's usage object, normalised."""
        return usage_of(raw)


DIALECT: Dialect = Cohere()
