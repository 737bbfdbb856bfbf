"""Ollama's own API: `/api/chat` and `/api/embed`, spoken to clients and to backends.

Its endpoints that take a `prompt` are in `ollama_prompt`.
"""

from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from headgate.core.chat import ChatRequest
from headgate.core.errors import HeadgateError, InvalidRequest
from headgate.core.inbound import Inbound, Operation
from headgate.core.stream import Answer, Started
from headgate.core.usage import Usage
from headgate.wire.dialect import Dialect, Form, StreamDecoder, StreamEncoder, Surface
from headgate.wire.losses import Losses
from headgate.wire.ollama.answers import ChatLines, decode_answer, usage_of
from headgate.wire.ollama.conversation import conversation
from headgate.wire.ollama.embeddings import EmbedForm, EmbedSurface, account_of_embeddings
from headgate.wire.ollama.encode import encode_request
from headgate.wire.ollama.lines import LineEncoder, chat_words, encode_answer
from headgate.wire.ollama.problems import encode_error, encode_stream_error
from headgate.wire.ollama.requests import CHAT_DIALECT, decode_chat, decode_embed
from headgate.wire.ollama.settings import options_left_open
from headgate.wire.ollama.speech import SPEECH
from headgate.wire.usual import UsualBackend, UsualClient


class Ollama(UsualBackend, UsualClient):
    """See `wire.dialect.Dialect` for what each method promises."""

    name = CHAT_DIALECT
    endpoints: Mapping[str, Operation] = {"/api/chat": "chat", "/api/embed": "embedding"}
    surfaces: Mapping[Operation, Surface] = {"embedding": EmbedSurface()}
    forms: Mapping[Operation, Form] = {"embedding": EmbedForm()}
    stream_media_type = "application/x-ndjson"
    keep_alive = b""
    forwarded_headers: frozenset[str] = frozenset()
    speech = SPEECH
    takes_image_urls = False

    def decode(self, operation: Operation, body: bytes) -> Inbound:
        """Read a client's request."""
        match operation:
            case "chat":
                return decode_chat(body)
            case "embedding":
                return decode_embed(body)
            case _:
                raise InvalidRequest(f"this API has no {operation}")

    @override
    def left_open(self, inbound: Inbound, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """The target's settings that the request does not make itself."""
        return options_left_open(inbound, options)

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
        return ChatLines()

    def decode_answer(self, operation: Operation, body: bytes) -> Answer:
        """Read a backend's complete reply."""
        return account_of_embeddings(body) if operation == "embedding" else decode_answer(body)

    def stream_encoder(self, started: Started, inbound: Inbound) -> StreamEncoder:
        """An encoder for one client stream."""
        return LineEncoder(started, inbound, chat_words)

    def encode_answer(self, answer: Answer, inbound: Inbound) -> bytes:
        """A complete chat reply for a client."""
        return encode_answer(answer, inbound, chat_words)

    def encode_error(self, error: HeadgateError) -> bytes:
        """An error body for a client."""
        return encode_error(error)

    def encode_stream_error(self, error: HeadgateError) -> bytes:
        """The line that ends a client's stream with an error."""
        return encode_stream_error(error)

    def usage_of(self, raw: Mapping[str, Any]) -> Usage:
        """This dialect's counts, normalised."""
        return usage_of(raw)


DIALECT: Dialect = Ollama()
