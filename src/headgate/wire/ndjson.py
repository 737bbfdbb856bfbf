"""Lines of JSON, as they arrive."""

from msgspec import Struct

from headgate.core.errors import UpstreamGarbled

MAX_BUFFER = 16 * 1024 * 1024
"""Most bytes of one unfinished line that we hold for a peer."""


class Line(Struct, frozen=True, gc=False):
    """One line: its bytes with the newline that ends it, and what they say."""

    raw: bytes
    data: bytes | None
    """`None` for a blank line, which some servers send to keep a connection alive."""


class LineDecoder:
    """Split a byte stream into lines; chunks may end anywhere, even inside a character."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, chunk: bytes) -> list[Line]:
        """Take the next bytes; return the lines they complete.

        Raises:
            UpstreamGarbled: A line is larger than `MAX_BUFFER`.
        """
        rest = self._rest
        if rest:
            rest += chunk
            if b"\n" not in chunk:
                self._wait()
                return []
            chunk = bytes(rest)
            rest.clear()
        *whole, last = chunk.split(b"\n")
        if last:
            rest += last
            self._wait()
        return [Line(line + b"\n", line.strip() or None) for line in whole]

    def _wait(self) -> None:
        if len(self._rest) > MAX_BUFFER:
            raise UpstreamGarbled(f"one line of the stream is over {MAX_BUFFER} bytes")


def data_of(raw: bytes) -> bytes | None:
    """What a line says."""
    return raw.strip() or None


def with_data(_: bytes, data: bytes) -> bytes:
    """A line that says something else."""
    return data + b"\n"
