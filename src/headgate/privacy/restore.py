"""Placeholders in what a model says become the values they stand for, as it is said.

A `Lane` is one text that arrives in pieces. It keeps back only the end of a piece that may
have begun a live placeholder, and gives what it has read out once: a value is never read
again. What looks like a placeholder and is none of ours stays as it is, and so does one that
is cut off. What is kept back does not depend on how a text is cut into pieces, except where a
model changed the case of a label: then it must come in one piece, or it is counted.
"""

from headgate.privacy.placeholder import CODE_LENGTH, loose_codes, plain
from headgate.privacy.pseudonyms import Context, Pseudonyms, Value

_QUOTE = '"'


class Lane:
    """One text that arrives in pieces."""

    __slots__ = ("_context", "_cut", "_ends", "_names", "_said", "_shifts", "held", "read")

    def __init__(self, names: Pseudonyms, context: Context = "text") -> None:
        """`context`: what the text is; see `pseudonyms.Value`."""
        reader = names.reader
        self._names = names
        self._ends: frozenset[str] = reader.ends if reader is not None else frozenset()
        self._context: Context = context
        self.held = ""
        """What may have begun a placeholder; its proper prefix, as the model wrote it."""
        self.read = 0
        """Characters of the model's text that were given out."""
        self._cut = 0
        self._said: list[str] = []
        self._shifts: list[tuple[int, int]] = []

    def is_idle_for(self, text: str) -> bool:
        """Whether a piece would come out as it went in, so that nothing has to be fed."""
        return not self.held and "_" not in text and text[-1:] not in self._ends

    def feed(self, text: str) -> str:
        """The next piece of the model's text; returns what of it is certain."""
        if self.is_idle_for(text):
            self.read += len(text)
            self._said.append(text)
            return text
        return self._restored(self.held + text, is_last=False)

    def end(self) -> str:
        """The text is over; returns what was kept back."""
        if not self.held:
            return ""
        held = self.held
        rest = self._restored(held, is_last=True)
        # Less than a label is a word like any other.
        self._cut += rest == held and "_" in held
        return rest

    def place_of(self, place: int) -> int:
        """Where a place in the model's text is now in what was given out."""
        moved = 0
        for end, by in self._shifts:
            if end > place:
                break
            moved = by
        return place + moved

    @property
    def unrestored(self) -> int:
        """Placeholders so far that a model changed beyond recognition, cut off, or made up."""
        said = "".join(self._said)
        return count_of_loose(said, self._names) + self._forged_in(said) + self._cut

    def _forged_in(self, said: str) -> int:
        count = start = 0
        reader = self._names.reader
        while reader is not None and (match := reader.next(said, start)) is not None:
            is_known = self._names.has_code(match.name[-CODE_LENGTH:])
            count += not is_known
            start = match.end
        return count

    def _restored(self, text: str, *, is_last: bool) -> str:
        parts: list[str] = []
        position = 0
        self.held = ""
        while (found := self._names.next_in(text, position)) is not None:
            match, value = found
            start, end = match.start, match.end
            if value.form == "number" and text[max(position, start - 1) : start] == _QUOTE:
                if text[end : end + 1] == _QUOTE:
                    start, end = start - 1, end + 1
                elif end == len(text) and not is_last:
                    # Whether its quotes go depends on what comes next.
                    break
            self._say(parts, text[position:start])
            self._put(parts, value, end - start)
            position = end
        certain = len(text) if is_last else self._certain(text, position)
        self._say(parts, text[position:certain])
        self.held = text[certain:]
        return "".join(parts)

    def _certain(self, text: str, position: int) -> int:
        """Up to where nothing can become a live placeholder."""
        reader = self._names.reader
        if reader is not None:
            for start in reader.begun(text, position):
                if self._names.is_begun_by(plain(text[start:])):
                    return start
        return len(text)

    def _say(self, parts: list[str], text: str) -> None:
        if text:
            parts.append(text)
            self._said.append(text)
            self.read += len(text)

    @property
    def _is_json_text(self) -> bool:
        """Whether the text begins as JSON does: then its values are written as they were."""
        begun = next((said for said in self._said if said.strip()), "")
        return begun.lstrip().startswith(("{", "["))

    def _put(self, parts: list[str], value: Value, length: int) -> None:
        written = value.written_in(self._context)
        if value.form == "json" and self._context == "text" and not self._is_json_text:
            written = value.in_prose
        parts.append(written)
        self._said.append("\n")
        self.read += length
        moved = self._shifts[-1][1] if self._shifts else 0
        self._shifts.append((self.read, moved + len(written) - length))


def count_of_loose(text: str, names: Pseudonyms) -> int:
    """Codes of live placeholders that stand in a text without what makes them readable."""
    return sum(map(names.has_code, loose_codes(text))) if len(text) >= CODE_LENGTH else 0


def restored(text: str, names: Pseudonyms, context: Context = "text") -> str:
    """A whole text with its placeholders restored."""
    lane = Lane(names, context)
    return lane.feed(text) + lane.end()
