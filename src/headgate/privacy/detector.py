"""What a detector is: a name, a way of finding, and the examples that hold it to its word."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from headgate.privacy.text import Text

Certainty = Literal["identifier", "secret", "context"]
"""What a finding rests on: the form of an identifier, the form of a secret, or the words
around it (names, places, dates), which no form proves."""


class Hit(NamedTuple):
    """One finding of a detector, as offsets into `Text.value`."""

    start: int
    end: int
    kind: str = ""
    """Which of several kinds a detector finds, such as `aws-access-token` of secrets."""
    score: float = 1.0
    """How sure it is, from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """Finds one kind of personal data. Each file in `detectors/` exports one as `DETECTOR`.

    `find` yields findings as it meets them, takes time proportional to the length of the
    text, and raises rather than skip what it cannot read.
    """

    name: str
    """The label a finding gives the request; the name of the file."""
    find: Callable[[Text], Iterator[Hit]]
    examples: tuple[str, ...]
    """Texts in which it must find something."""
    counter_examples: tuple[str, ...]
    """Texts in which it must find nothing."""
    certainty: Certainty = "identifier"
    """Routes that name no labels look for identifiers and secrets, never for `context`."""
    version: int = 1
    """Counts up when it begins to find other things; stands in the audit log."""
