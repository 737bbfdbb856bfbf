"""Placeholders in frames that are passed on in the dialect they came in.

A frame keeps its bytes unless one of its texts changes. What a text has kept back when it
ends comes in a copy of the last frame of that text, just before the frame that ends it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from msgspec import Raw

from headgate.privacy.bodies import WholeTexts
from headgate.privacy.pseudonyms import Pseudonyms
from headgate.privacy.restore import Lane
from headgate.wire import exact
from headgate.wire.members import UNREADABLE
from headgate.wire.speech import EACH, Piece, Speech

Indices = tuple[object, ...]
_Key = tuple[str, Indices]


class _Place(NamedTuple):
    """One piece of a text, where it stands in a decoded frame."""

    piece: Piece
    holder: dict[str, Any]
    indices: Indices
    """Of the list elements it is in."""


class _Open:
    """A text that is coming."""

    __slots__ = ("lane", "place", "raw")

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.raw = b""
        """The last frame with a piece of it, while something is kept back."""
        self.place: tuple[Piece, Indices] | None = None


class RawFrames:
    """The frames of one stream of a dialect."""

    def __init__(self, names: Pseudonyms, speech: Speech, *, is_json_asked: bool = False) -> None:
        """See `bodies.WholeTexts`."""
        self._names = names
        self._speech = speech
        self._is_json_asked = is_json_asked
        self._whole = WholeTexts(names, is_json_asked=is_json_asked)
        self._texts: dict[_Key, _Open] = {}

    @property
    def holds(self) -> bool:
        """Whether a text has kept something back."""
        return any(text.lane.held for text in self._texts.values())

    def restored(self, raw: bytes, *, is_last: bool) -> list[bytes]:
        """A frame, after what had to come before it."""
        frame = self._decoded(raw)
        if frame is None:
            return [*self.end(), raw] if is_last else [raw]
        places = list(self._places(frame))
        ended = frame.get("type") in self._speech.ending_types
        before = self.end() if ended else self._interrupted(places)
        endings = self._endings(frame) | ({()} if is_last else set())
        before += self._ended(endings, places)
        is_changed = False
        for place in places:
            said = place.holder[place.piece.path[-1]]
            new = self._said(raw, place, said, is_last=_is_ended(place, endings))
            is_changed |= new != said
            place.holder[place.piece.path[-1]] = Raw(exact.encode(new))
        restored = self._whole.value(frame)
        if not is_changed and restored is frame:
            return [*before, raw]
        return [*before, self._speech.with_data(raw, exact.encode(restored))]

    def end(self) -> list[bytes]:
        """Frames with all that was kept back."""
        return [frame for text in self._texts.values() for frame in self._given_out(text)]

    def _decoded(self, raw: bytes) -> dict[str, Any] | None:
        data = self._speech.data_of(raw)
        try:
            frame = exact.decode(data) if data is not None else None
        except UNREADABLE:
            return None
        return frame if isinstance(frame, dict) else None

    def _said(self, raw: bytes, place: _Place, said: str, *, is_last: bool) -> str:
        """What of a text is certain with its next piece."""
        text = self._texts.get(self._key(place))
        if text is None:
            piece = place.piece
            is_json = piece.is_json or (piece.is_answer and self._is_json_asked)
            text = _Open(Lane(self._names, "json" if is_json else "text"))
            self._texts[self._key(place)] = text
        new = text.lane.feed(said)
        if is_last:
            new += text.lane.end()
        elif text.lane.held and said:
            text.raw, text.place = raw, (place.piece, place.indices)
        return new

    def _places(self, frame: dict[str, Any]) -> Iterator[_Place]:
        kind = frame.get("type")
        top = tuple(frame.get(name) for name in self._speech.indices)
        for piece in self._speech.pieces:
            if piece.types and kind not in piece.types:
                continue
            for holder, indices in _holders(frame, piece.path):
                if isinstance(holder.get(piece.path[-1]), str):
                    yield _Place(piece, holder, (*top, *indices))

    def _key(self, place: _Place) -> _Key:
        return place.piece.lane or ".".join(place.piece.path), place.indices

    def _endings(self, frame: dict[str, Any]) -> set[Indices]:
        """Scopes that a member of the frame ends: of a choice, or of all."""
        ended: set[Indices] = set()
        for path in self._speech.ending_members:
            for holder, indices in _holders(frame, path):
                if holder.get(path[-1]) not in (None, False, ""):
                    ended.add(indices)
        return ended

    def _ended(self, endings: set[Indices], places: list[_Place]) -> list[bytes]:
        """Frames for texts that end here without another piece."""
        if not endings:
            return []
        present = {self._key(place) for place in places}
        return [
            frame
            for key, text in self._texts.items()
            if text.place is not None and key not in present
            if () in endings or text.place[1][:1] in endings
            for frame in self._given_out(text)
        ]

    def _interrupted(self, places: list[_Place]) -> list[bytes]:
        """Frames for words that the model has left off to say something else.

        Not for calls, whose JSON ends where nothing is kept back, and which may be
        interleaved.
        """
        if not self.holds:
            return []
        spoken = [
            place for place in places if place.piece.is_json or place.holder[place.piece.path[-1]]
        ]
        present = {self._key(place) for place in spoken}
        scopes = {_scope(place) for place in spoken}
        return [
            frame
            for key, text in self._texts.items()
            if text.place is not None and key not in present and not text.place[0].is_json
            if _scope_of(*text.place) in scopes
            for frame in self._given_out(text)
        ]

    def _given_out(self, text: _Open) -> list[bytes]:
        """What a text has kept back, in a copy of its last frame."""
        held = text.lane.end()
        frame = self._decoded(text.raw) if held else None
        if frame is None or text.place is None:
            return []
        piece, indices = text.place
        own = indices[len(self._speech.indices) :]
        heads = {each.path[0] for each in self._speech.pieces}
        copy = {
            name: "" if name in heads and isinstance(value, str) else value
            for name, value in frame.items()
            if name == piece.path[0] or not isinstance(value, (dict, list))
        }
        copy[piece.path[0]] = self._copied(copy[piece.path[0]], piece.path[1:], own, held)
        return [self._speech.with_data(text.raw, exact.encode(self._whole.value(copy)))]

    def _copied(self, value: Any, path: tuple[str, ...], own: Indices, held: str) -> Any:
        """A value with nothing but the way to a piece, what is needed beside it, and the text."""
        if not path:
            return Raw(exact.encode(held))
        step, *rest = path
        if step == EACH:
            element = next(each for at, each in _elements(value) if at == own[0])
            return [self._copied(element, tuple(rest), own[1:], held)]
        kept = {
            name: each
            for name, each in value.items()
            if name in self._speech.needed or each is None
        }
        return kept | {step: self._copied(value[step], tuple(rest), own, held)}


def _holders(
    frame: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[dict[str, Any], Indices]]:
    """The objects that have the last member of a path, with the indices on the way there."""
    found: list[tuple[Any, Indices]] = [(frame, ())]
    for step in path[:-1]:
        if step == EACH:
            found = [
                (each, (*indices, index))
                for value, indices in found
                if isinstance(value, list)
                for index, each in _elements(value)
            ]
        else:
            found = [
                (value[step], indices)
                for value, indices in found
                if isinstance(value, dict) and step in value
            ]
    return ((value, indices) for value, indices in found if isinstance(value, dict))


def _elements(values: list[Any]) -> Iterator[tuple[object, Any]]:
    """Elements of a list, each by the index it states, else by its place."""
    for place, each in enumerate(values):
        index = each.get("index") if isinstance(each, dict) else None
        yield place if index is None else index, each


def _is_ended(place: _Place, endings: set[Indices]) -> bool:
    return () in endings or _scope(place) in endings


def _scope(place: _Place) -> Indices:
    return _scope_of(place.piece, place.indices)


def _scope_of(piece: Piece, indices: Indices) -> Indices:
    """The choice that a text belongs to, in dialects that have several; else all is one."""
    return indices[:1] if piece.path[1:2] == (EACH,) else ()
