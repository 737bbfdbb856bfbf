"""What a dialect must provide. A dialect turns bytes into core values and back; it does no I/O.

Each file in `dialects/` exports one such object as `DIALECT`; it is stateless and shared.
Optional behaviour is stated by data (`operations`), not by raising.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from headgate.core.chat import ChatRequest
from headgate.core.errors import HeadgateError
from headgate.core.inbound import Inbound, Operation
from headgate.core.stream import Answer, Frame, Started, StreamEvent
from headgate.core.usage import Usage


class StreamDecoder(Protocol):
    """Upstream bytes to frames. One per stream; any split of the bytes gives the same frames."""

    def feed(self, chunk: bytes) -> list[Frame]:
        """Take the next bytes; return the frames they complete.

        Raises:
            UpstreamGarbled: A complete piece that is not of this dialect, or one larger
                than the decoder is willing to hold.
        """
        ...


class StreamEncoder(Protocol):
    """Events to the client's bytes. One per stream."""

    def encode(self, event: StreamEvent) -> bytes:
        """Bytes for one event; may be empty."""
        ...

    def end(self) -> bytes:
        """The terminator of a complete stream, usage included when it was asked for."""
        ...


class Dialect(Protocol):
    """One API's way of writing requests, answers, streams and errors."""

    name: str
    operations: Mapping[Operation, str]
    """URL path, relative to a backend's base URL, of each operation it knows."""
    stream_media_type: str

    def decode(self, operation: Operation, body: bytes) -> Inbound:
        """Read a client's request.

        Raises:
            InvalidRequest: With the field at fault.
        """
        ...

    def relay(self, inbound: Inbound, *, changes: Mapping[str, Any], drop: frozenset[str]) -> bytes:
        """Body for a backend of this same dialect: `fields` with top-level `changes` applied.

        A change to `None` removes the member. Everything else keeps its bytes.
        """
        ...

    def canonical(self, inbound: Inbound) -> ChatRequest:
        """The conversation, for a backend of another dialect (`chat` only)."""
        ...

    def encode(
        self, request: ChatRequest, *, model: str, stream: bool, options: Mapping[str, Any]
    ) -> bytes:
        """A chat for a backend of this dialect; `options` are the target's own settings.

        Raises:
            InvalidRequest: A parameter this dialect cannot express, by name.
        """
        ...

    def ask_for_usage(self, inbound: Inbound) -> Mapping[str, Any]:
        """Top-level changes that make a backend of this dialect report usage in its stream."""
        ...

    def stream_decoder(self, operation: Operation) -> StreamDecoder:
        """A decoder for one upstream stream."""
        ...

    def decode_answer(self, operation: Operation, body: bytes) -> Answer:
        """Read a backend's complete reply.

        Raises:
            UpstreamGarbled: It is not a reply of this dialect.
        """
        ...

    def stream_encoder(self, started: Started, *, include_usage: bool) -> StreamEncoder:
        """An encoder for one client stream; `started` names the reply."""
        ...

    def encode_answer(self, answer: Answer) -> bytes:
        """A complete chat reply for a client."""
        ...

    def encode_error(self, error: HeadgateError) -> bytes:
        """An error body for a client; all its keys present."""
        ...

    def encode_stream_error(self, error: HeadgateError) -> bytes:
        """The bytes that end a client's stream with an error; never a clean terminator."""
        ...

    def usage_of(self, raw: Mapping[str, Any]) -> Usage:
        """This dialect's usage object, normalised."""
        ...
