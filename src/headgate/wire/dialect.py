"""What a dialect must provide. A dialect turns bytes into core values and back; it does no I/O.

Each file in `dialects/` exports one object as `DIALECT`; it is stateless and shared. It
has a client's half (`ClientDialect`), a backend's (`BackendDialect`), or both. Optional
behaviour is stated by data (`endpoints`, `surfaces`, `forms`), not by raising.

A request whose client and backend speak one dialect is relayed as bytes. Any other is
translated: a chat as `ChatRequest` and `StreamEvent`, other operations where both sides
have a word for them, the client's in `surfaces` and the backend's in `forms`.
"""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from headgate.core.chat import ChatRequest
from headgate.core.errors import HeadgateError
from headgate.core.inbound import Inbound, Operation
from headgate.core.stream import Answer, Frame, Started, StreamEvent, Timing
from headgate.core.usage import Usage
from headgate.wire.losses import Losses
from headgate.wire.speech import Speech


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


@runtime_checkable
class TimedEncoder(Protocol):
    """A stream encoder whose terminator says how long the answer took."""

    def took(self, timing: Timing) -> None:
        """Called once, before `end`; encoders have no clock of their own."""
        ...


class Surface(Protocol):
    """How clients of a dialect ask for an operation other than chat, and are answered.

    The values are those of `core.vectors` for that operation.
    """

    def canonical(self, inbound: Inbound) -> Any:
        """What is asked, in no dialect in particular."""
        ...

    def encode_answer(self, answer: Any, inbound: Inbound) -> bytes:
        """The whole reply for the client."""
        ...


class Form(Protocol):
    """How a backend of a dialect is asked for such an operation, and what it answers."""

    def encode(
        self, request: Any, *, model: str, options: Mapping[str, Any], losses: Losses
    ) -> Mapping[str, Any]:
        """The members of the body.

        Raises:
            InvalidRequest: Something this dialect cannot express, by name.
        """
        ...

    def decode_answer(self, body: bytes) -> Any:
        """A complete reply.

        Raises:
            UpstreamGarbled: It is none.
        """
        ...


class ClientDialect(Protocol):
    """The half that clients see."""

    name: str
    endpoints: Mapping[str, Operation]
    """What is served at each path, version included (`/v1/messages`)."""
    surfaces: Mapping[Operation, Surface]
    """Operations other than chat that can be translated for these clients."""
    stream_media_type: str
    keep_alive: bytes
    """Says nothing in a stream that has not begun; empty where this dialect has no such thing."""
    forwarded_headers: frozenset[str]
    """Request headers, lower-case, that a backend of this same dialect gets, too."""
    speech: Speech
    """Where its streamed frames carry the model's words."""

    def decode(self, operation: Operation, body: bytes) -> Inbound:
        """Read a client's request.

        Raises:
            InvalidRequest: With the field at fault.
        """
        ...

    def canonical(self, inbound: Inbound) -> ChatRequest:
        """The conversation of a chat, for a backend of another dialect.

        Raises:
            InvalidRequest: Something in it that only this dialect can say.
        """
        ...

    def stream_encoder(self, started: Started, inbound: Inbound) -> StreamEncoder:
        """An encoder for one client stream; `started` names the reply."""
        ...

    def encode_answer(self, answer: Answer, inbound: Inbound) -> bytes:
        """A complete chat reply for a client."""
        ...

    def status_of(self, error: HeadgateError) -> int:
        """The HTTP status by which this API says such an error."""
        ...

    def encode_error(self, error: HeadgateError) -> bytes:
        """An error body for a client; all its keys present."""
        ...

    def encode_stream_error(self, error: HeadgateError) -> bytes:
        """The bytes that end a client's stream with an error; never a clean terminator."""
        ...


class BackendDialect(Protocol):
    """The half that backends speak."""

    name: str
    forms: Mapping[Operation, Form]
    """Operations other than chat that can be translated for these backends."""
    takes_image_urls: bool
    """Whether its backends fetch pictures; else they are sent inline."""

    def relay(self, inbound: Inbound, *, changes: Mapping[str, Any], drop: frozenset[str]) -> bytes:
        """Body for a backend of this same dialect: `fields` with top-level `changes` applied.

        A change to `None` removes the member. Everything else keeps its bytes.
        """
        ...

    def left_open(self, inbound: Inbound, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """Top-level changes that put a target's `options` where a relayed request says nothing."""
        ...

    def encode(
        self,
        request: ChatRequest,
        *,
        model: str,
        stream: bool,
        options: Mapping[str, Any],
        losses: Losses,
    ) -> Mapping[str, Any]:
        """The members of a chat's body; `options` are the target's own settings.

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
        """Read a complete reply; of other operations than chat only what the ledger needs.

        Raises:
            UpstreamGarbled: It is not a reply of this dialect.
        """
        ...

    def usage_of(self, raw: Mapping[str, Any]) -> Usage:
        """This dialect's usage object, normalised."""
        ...


class Dialect(ClientDialect, BackendDialect, Protocol):
    """Both halves."""
