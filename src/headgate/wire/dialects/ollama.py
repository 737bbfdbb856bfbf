"""Ollama's own `/api/chat`, as a backend: it knows context length, keep-alive and thinking.

Clients that speak it are not served yet: whatever belongs to that side refuses.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from headgate.core.chat import ChatRequest
from headgate.core.errors import HeadgateError, InvalidRequest
from headgate.core.inbound import Inbound, Operation
from headgate.core.stream import Answer, Started
from headgate.core.usage import Usage
from headgate.wire.dialect import Dialect, StreamDecoder, StreamEncoder
from headgate.wire.ollama.answers import ChatLines, decode_answer, usage_of
from headgate.wire.ollama.encode import encode_request

_encoder = msgspec.json.Encoder()


class Ollama:
    """See `wire.dialect.Dialect` for what each method promises."""

    name = "ollama"
    operations: Mapping[Operation, str] = {"chat": "/api/chat"}
    stream_media_type = "application/x-ndjson"

    def decode(self, operation: Operation, body: bytes) -> Inbound:
        """Refuses: clients cannot speak this dialect yet."""
        raise _not_for_clients()

    def relay(self, inbound: Inbound, *, changes: Mapping[str, Any], drop: frozenset[str]) -> bytes:
        """Refuses: no request comes in this dialect."""
        raise _not_for_clients()

    def canonical(self, inbound: Inbound) -> ChatRequest:
        """Refuses: no request comes in this dialect."""
        raise _not_for_clients()

    def encode(
        self, request: ChatRequest, *, model: str, stream: bool, options: Mapping[str, Any]
    ) -> bytes:
        """A chat that came in another dialect."""
        return encode_request(request, model=model, stream=stream, options=options)

    def ask_for_usage(self, inbound: Inbound) -> Mapping[str, Any]:
        """Nothing: the last line always says it."""
        return {}

    def stream_decoder(self, operation: Operation) -> StreamDecoder:
        """A decoder for one upstream stream."""
        return ChatLines()

    def decode_answer(self, operation: Operation, body: bytes) -> Answer:
        """Read a backend's complete reply."""
        return decode_answer(body)

    def stream_encoder(self, started: Started, *, include_usage: bool) -> StreamEncoder:
        """Refuses: no client reads this dialect."""
        raise _not_for_clients()

    def encode_answer(self, answer: Answer) -> bytes:
        """Refuses: no client reads this dialect."""
        raise _not_for_clients()

    def encode_error(self, error: HeadgateError) -> bytes:
        """An error body: this API has one key for it."""
        return _encoder.encode({"error": error.message})

    def encode_stream_error(self, error: HeadgateError) -> bytes:
        """The line that ends a stream with an error."""
        return self.encode_error(error) + b"\n"

    def usage_of(self, raw: Mapping[str, Any]) -> Usage:
        """This dialect's counts, normalised."""
        return usage_of(raw)


def _not_for_clients() -> InvalidRequest:
    return InvalidRequest(
        "Headgate does not answer Ollama's own API yet",
        hint="send the request to `/v1/chat/completions` in OpenAI's format",
    )


DIALECT: Dialect = Ollama()
