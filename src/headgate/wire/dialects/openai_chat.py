"""OpenAI's Chat Completions, Completions, Embeddings and Moderations, which most servers speak.

With them comes `/v1/rerank`, which OpenAI itself does not have.
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
from headgate.wire.openai.answers import decode_answer, encode_answer
from headgate.wire.openai.chunks import ChunkEncoder
from headgate.wire.openai.conversation import conversation
from headgate.wire.openai.embeddings import EmbeddingForm, EmbeddingSurface
from headgate.wire.openai.encode import encode_request
from headgate.wire.openai.moderations import account_of_moderation
from headgate.wire.openai.problems import encode_error, encode_stream_error
from headgate.wire.openai.requests import DIALECT_NAME, decode_request, usage_changes
from headgate.wire.openai.rerank import RankingForm, RankingSurface, account_of_ranking
from headgate.wire.openai.shapes import usage_of
from headgate.wire.openai.speech import SPEECH
from headgate.wire.openai.streams import ChunkDecoder
from headgate.wire.usual import UsualBackend, UsualClient


class OpenAiChat(UsualBackend, UsualClient):
    """See `wire.dialect.Dialect` for what each method promises."""

    name = DIALECT_NAME
    endpoints: Mapping[str, Operation] = {
        "/v1/chat/completions": "chat",
        "/v1/completions": "completion",
        "/v1/embeddings": "embedding",
        "/v1/rerank": "rerank",
        "/v1/moderations": "moderation",
    }
    surfaces: Mapping[Operation, Surface] = {
        "embedding": EmbeddingSurface(),
        "rerank": RankingSurface(),
    }
    forms: Mapping[Operation, Form] = {"embedding": EmbeddingForm(), "rerank": RankingForm()}
    stream_media_type = "text/event-stream; charset=utf-8"
    keep_alive = b": the answer is being prepared\n\n"
    forwarded_headers: frozenset[str] = frozenset()
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

    @override
    def ask_for_usage(self, inbound: Inbound) -> Mapping[str, Any]:
        """Changes that make a backend report usage in its stream."""
        return usage_changes(inbound)

    def stream_decoder(self, operation: Operation) -> StreamDecoder:
        """A decoder for one upstream stream; chat and completions differ inside a chunk only."""
        return ChunkDecoder()

    def decode_answer(self, operation: Operation, body: bytes) -> Answer:
        """Read a backend's complete reply."""
        if operation == "rerank":
            return account_of_ranking(body)
        if operation == "moderation":
            return account_of_moderation(body)
        return decode_answer(operation, body)

    def stream_encoder(self, started: Started, inbound: Inbound) -> StreamEncoder:
        """An encoder for one client stream."""
        return ChunkEncoder(started, include_usage=inbound.wants_usage)

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


DIALECT: Dialect = OpenAiChat()
