"""What a detector is: a name, a way of finding, and the examples that hold it to its word."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from headgate.privacy.text import Text

Span = tuple[int, int]
"""Start and end of a finding, as offsets into `Text.value`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """Finds one kind of personal data. Each file in `detectors/` exports one as `DETECTOR`.

    `find` yields spans as it meets them, takes time proportional to the length of the
    text, and raises rather than skip what it cannot read.
    """

    name: str
    """The label a finding gives the request; the name of the file."""
    find: Callable[[Text], Iterator[Span]]
    examples: tuple[str, ...]
    """Texts in which it must find something."""
    counter_examples: tuple[str, ...]
    """Texts in which it must find nothing."""
