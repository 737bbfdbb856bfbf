"""A stretch of a text in another reading, each character of which knows where it came from."""

from collections.abc import Sequence
from functools import cached_property

from headgate.privacy.fold import origins
from headgate.privacy.text import Text


class View:
    """A reading of part of a text: its characters, and what each of them covers in the text.

    A finding counts when it lies between `first` and `last`, so that one cut off by the edge of
    a stretch does not, and when it reaches over `seam`, if there is one: what lies on one side
    of a joined line break has been read already.
    """

    def __init__(
        self,
        written: str,
        starts: Sequence[int],
        ends: Sequence[int],
        *,
        inside: tuple[int, int] | None = None,
        seam: int | None = None,
    ) -> None:
        self.written = written
        self.starts = starts
        self.ends = ends
        self.first, self.last = inside or (0, len(written))
        self.seam = seam

    @classmethod
    def of(cls, text: str) -> "View":
        """The text as it stands."""
        return cls(text, range(len(text)), range(1, len(text) + 1))

    @cached_property
    def text(self) -> Text:
        """The reading, prepared for detectors, which count in its folded characters."""
        return Text(self.written)

    @cached_property
    def _places(self) -> Sequence[int]:
        return origins(self.written)

    def cover(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a finding in `text` stands in the text as given; `None`: it does not count."""
        places = self._places
        first, last = places[start], places[end - 1]
        if first < self.first or last >= self.last:
            return None
        if self.seam is not None and not first < self.seam <= last:
            return None
        return self.starts[first], self.ends[last]

    def before(self, start: int) -> int | None:
        """Where what stands before offset `start` of `text` begins in the text as given."""
        first = self._places[start]
        return self.starts[first - 1] if first else None

    @cached_property
    def folded(self) -> "View":
        """The same, with its disguised characters already replaced."""
        if self.text.value == self.written:
            return self
        places = self._places[:-1]
        starts = [self.starts[place] for place in places]
        ends = [self.ends[place] for place in places]
        return View(self.text.value, starts, ends)
