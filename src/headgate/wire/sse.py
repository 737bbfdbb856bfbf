r"""Server-sent events, as they arrive.

An event ends at its first blank line, written `\n\n`, `\r\n\r\n`, `\r\r` or any mixture.
Where a chunk ends between the two halves of a `\r\n`, the event waits for the next one.
The pieces, put together again, are the bytes that came in.
"""

import re

from msgspec import Struct

from headgate.core.errors import UpstreamGarbled

MAX_BUFFER = 16 * 1024 * 1024
"""Most bytes of one unfinished event that we hold for a peer."""

_BLANK_LINE = re.compile(rb"\n\n|\r\r|\n\r\n|\n\r(?=[^\n])")
_BEGUN = 2
"""How many of its bytes a blank line may already have shown without being complete."""
_BOM = b"\xef\xbb\xbf"


class Event(Struct, frozen=True, gc=False):
    """One event: its bytes with the blank line that ends it, and what they say."""

    raw: bytes
    data: bytes | None = None
    """Its data lines, joined by newlines; `None` when it has none (a comment, a ping)."""
    event: bytes | None = None
    """Its name."""


class EventDecoder:
    """Split a byte stream into events.

    Feed chunks as they arrive; a chunk may end anywhere, even inside a character.
    `MAX_BUFFER` bounds what a misbehaving peer can make us hold.
    """

    __slots__ = ("_rest", "_searched")

    def __init__(self) -> None:
        self._rest = bytearray()
        self._searched = 0

    def feed(self, chunk: bytes) -> list[Event]:
        """Take the next bytes; return the events they complete.

        Raises:
            UpstreamGarbled: An event is larger than `MAX_BUFFER`.
        """
        rest = self._rest
        if rest:
            rest += chunk
            if _BLANK_LINE.search(rest, self._searched) is None:
                self._wait()
                return []
            chunk = bytes(rest)
            rest.clear()
        if b"\r" in chunk:
            pieces = _pieces(chunk)
            events = [_parse(piece) for piece in pieces[:-1]]
        else:
            pieces = chunk.split(b"\n\n")
            events = [
                Event(piece + b"\n\n", piece[6:])
                if piece[:6] == b"data: " and b"\n" not in piece
                else _parse(piece + b"\n\n")
                for piece in pieces[:-1]
            ]
        if pieces[-1]:
            rest += pieces[-1]
            self._wait()
        return events

    def _wait(self) -> None:
        """Remember how far the unfinished event has been searched."""
        if len(self._rest) > MAX_BUFFER:
            raise UpstreamGarbled(f"one event of the stream is over {MAX_BUFFER} bytes")
        self._searched = max(0, len(self._rest) - _BEGUN)


def _pieces(data: bytes) -> list[bytes]:
    """Whole events, and what is left after the last of them."""
    pieces = []
    start = 0
    for blank in _BLANK_LINE.finditer(data):
        pieces.append(data[start : blank.end()])
        start = blank.end()
    pieces.append(data[start:])
    return pieces


def _parse(raw: bytes) -> Event:
    data: list[bytes] = []
    name: bytes | None = None
    for line in raw.removeprefix(_BOM).splitlines():
        field, _, value = line.partition(b":")
        if field == b"data":
            data.append(value.removeprefix(b" "))
        elif field == b"event":
            name = value.removeprefix(b" ")
    return Event(raw, b"\n".join(data) if data else None, name)


def data_of(raw: bytes) -> bytes | None:
    """The data of one event, unless it is no JSON object."""
    data = _parse(raw).data
    return data if data is not None and data.lstrip().startswith(b"{") else None


def with_data(raw: bytes, data: bytes) -> bytes:
    """An event with other data, on one line; its name and what else it has stay."""
    lines = [line for line in raw.splitlines(keepends=True) if line.strip()]
    kept = [line for line in lines if not line.removeprefix(_BOM).startswith(b"data")]
    return b"".join([*kept, b"data: ", data, b"\n\n"])
