"""What a stand-in's answers look like on the wire, common to every API it imitates."""

import json
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from support.answers import Answer, Asked

FrameKind = Literal["start", "content", "finish", "usage", "end"]
CREATED = 1_795_000_000
"""Unix seconds; fixed, so that transcripts can be compared."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One framed piece of a stream, and what it is, so that a fault can happen there."""

    kind: FrameKind
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorSaid:
    """An error as a provider describes it."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that this API does not take."""

    status: int
    error: ErrorSaid


class Shape(Protocol):
    """One API's way to write answers, streams and errors."""

    stream_media_type: str
    ping: bytes
    """Keeps a stream alive and says nothing."""

    def body(self, asked: Asked, answer: Answer) -> bytes:
        """A complete reply."""
        ...

    def frames(self, asked: Asked, answer: Answer) -> list[Frame]:
        """The same reply as a stream."""
        ...

    def error(self, said: ErrorSaid) -> bytes:
        """An error as a body."""
        ...

    def error_frame(self, said: ErrorSaid) -> bytes:
        """An error inside a stream."""
        ...

    def broken_frame(self) -> bytes:
        """A whole frame whose content is not JSON."""
        ...


def dump(value: Any) -> bytes:
    """JSON as servers write it: compact."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def event(value: Any) -> bytes:
    """One server-sent event."""
    return b"data: " + dump(value) + b"\n\n"
