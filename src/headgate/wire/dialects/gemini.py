"""Google's Gemini API (`generateContent`), as a backend."""

from collections.abc import Mapping
from typing import Any

from headgate.core.chat import ChatRequest
from headgate.core.inbound import Operation
from headgate.core.stream import Answer
from headgate.core.usage import Usage
from headgate.wire.dialect import BackendDialect, Form, StreamDecoder
from headgate.wire.gemini.answers import decode_answer, usage_of
from headgate.wire.gemini.embeddings import EmbeddingForm
from headgate.wire.gemini.encode import encode_request
from headgate.wire.gemini.streams import ReplyDecoder
from headgate.wire.losses import Losses
from headgate.wire.usual import UsualBackend


class Gemini(UsualBackend):
    """See `wire.dialect` for what each method promises."""

    name = "gemini"
    forms: Mapping[Operation, Form] = {"embedding": EmbeddingForm()}
    takes_image_urls = False

    def encode(
        self,
        request: ChatRequest,
        *,
        model: str,
        stream: bool,
        options: Mapping[str, Any],
        losses: Losses,
    ) -> Mapping[str, Any]:
        """A chat that came in another dialect; whether it is a stream stands in the path."""
        return encode_request(request, model=model, stream=stream, options=options, losses=losses)

    def stream_decoder(self, operation: Operation) -> StreamDecoder:
        """A decoder for one upstream stream."""
        return ReplyDecoder()

    def decode_answer(self, operation: Operation, body: bytes) -> Answer:
        """Read a backend's complete reply."""
        return EmbeddingForm.account(body) if operation == "embedding" else decode_answer(body)

    def usage_of(self, raw: Mapping[str, Any]) -> Usage:
        """This dialect's usage object, normalised."""
        return usage_of(raw)


DIALECT: BackendDialect = Gemini()
