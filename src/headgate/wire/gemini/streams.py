"""Backends' streams: server-sent events, each a reply with the next piece of the answer.

No terminator follows: the piece that says why the answer ended is the last one, and it
holds the usage, too.
"""

from headgate.core.stream import Failed, Finished, Frame
from headgate.wire.gemini.answers import Reader, decode_reply
from headgate.wire.sse import Event, EventDecoder


class ReplyDecoder:
    """One stream. What follows its last piece is left out."""

    __slots__ = ("_events", "_has_ended", "_reader")

    def __init__(self) -> None:
        self._events = EventDecoder()
        self._reader = Reader()
        self._has_ended = False

    def feed(self, chunk: bytes) -> list[Frame]:
        """Take the next bytes; return the frames they complete.

        Raises:
            UpstreamGarbled: An event that is no reply, or too large to hold.
        """
        frames: list[Frame] = []
        for event in self._events.feed(chunk):
            if self._has_ended:
                break
            frames.append(self._frame(event))
        return frames

    def _frame(self, event: Event) -> Frame:
        if event.data is None:
            return Frame(event.raw)
        events = tuple(self._reader.read(decode_reply(event.data)))
        has_failed = any(isinstance(each, Failed) for each in events)
        has_finished = any(isinstance(each, Finished) for each in events)
        self._has_ended = has_finished and not has_failed
        return Frame(event.raw, events, is_last=self._has_ended)
