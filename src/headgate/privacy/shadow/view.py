"""A stretch of a text in another reading, each character of which knows where it came from."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property

from msgspec import Struct

from headgate.privacy.fold import origins
from headgate.privacy.text import Text

APART = "\n" + " " * 80 + "\n"
"""Between stretches read in one go: more than detectors look back for words."""


class Section(Struct, frozen=True):
    """What counts of a stretch: findings from `first` to `last`, and over `seam` if it has one.

    So one cut off by the edge of the stretch does not; what lies on one side of a joined line
    break has been read already.
    """

    first: int
    last: int
    seam: int | None = None

    def counts(self, first: int, last: int) -> bool:
        """Whether a finding from character `first` to character `last` does."""
        if first < self.first or last >= self.last:
            return False
        return self.seam is None or first < self.seam <= last

    def moved(self, by: int) -> "Section":
        """The same further on."""
        seam = None if self.seam is None else self.seam + by
        return Section(self.first + by, self.last + by, seam)


class View:
    """A reading of part of a text: its characters, and what each of them covers in the text."""

    def __init__(
        self,
        written: str,
        starts: Sequence[int],
        ends: Sequence[int],
        sections: Sequence[Section] | None = None,
    ) -> None:
        self.written = written
        self.starts = starts
        self.ends = ends
        self.sections = sections or (Section(0, len(written)),)

    @classmethod
    def of(cls, text: str) -> "View":
        """The text as it stands."""
        return cls(text, range(len(text)), range(1, len(text) + 1))

    @classmethod
    def of_all(cls, views: Iterable["View"]) -> "View | None":
        """Several stretches as one view, so that detectors run once; `None`: there is none."""
        written: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        sections: list[Section] = []
        for view in views:
            sections += (section.moved(len(starts)) for section in view.sections)
            written += (view.written, APART)
            starts += (*view.starts, *[0] * len(APART))
            ends += (*view.ends, *[0] * len(APART))
        return cls("".join(written), starts, ends, sections) if sections else None

    @cached_property
    def text(self) -> Text:
        """The reading, prepared for detectors, which count in its folded characters."""
        return Text(self.written)

    @property
    def octets(self) -> bytes:
        """One byte for each character of `written`."""
        if self.text.value is self.written:
            return self.text.octets
        return self.written.encode("latin-1", "replace")

    @cached_property
    def places(self) -> Sequence[int]:
        """For each character of `text`, and the end, the one of `written` it came from."""
        return origins(self.written)

    @cached_property
    def _section_starts(self) -> Sequence[int]:
        return [section.first for section in self.sections]

    @property
    def is_joined(self) -> bool:
        """Whether findings have to reach over a seam."""
        return self.sections[0].seam is not None

    def cover(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a finding in `text` stands in the text as given; `None`: it does not count."""
        first, last = self.places[start], self.places[end - 1]
        at = bisect_right(self._section_starts, first) - 1
        if at < 0 or not self.sections[at].counts(first, last):
            return None
        return self.starts[first], self.ends[last]

    def before(self, start: int) -> int | None:
        """Where what stands before offset `start` of `text` begins in the text as given."""
        first = self.places[start]
        return self.starts[first - 1] if first else None

    def part(self, first: int, last: int) -> tuple[str, list[int], list[int]]:
        """Characters `first` to `last` of `text`, where each begins and where it ends."""
        places = self.places[first : min(last, len(self.text.value))]
        starts = [self.starts[place] for place in places]
        ends = [self.ends[place] for place in places]
        return self.text.value[first:last], starts, ends
