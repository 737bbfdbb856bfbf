"""Which kinds of personal data a text holds.

Fails closed: an error in a detector reaches the caller, who must not send the text anywhere.
"""

from functools import lru_cache

from msgspec import Struct

from headgate.core.plugins import load, names
from headgate.privacy.detector import Detector
from headgate.privacy.fold import origins
from headgate.privacy.text import Text

DETECTORS = "headgate.privacy.detectors"
_NOTHING: frozenset[str] = frozenset()


class Finding(Struct, frozen=True):
    """One piece of personal data: its label, and where it stands in the text."""

    label: str
    start: int
    end: int


def known_labels() -> tuple[str, ...]:
    """Labels that can be asked for, sorted."""
    return names(DETECTORS)


def scan(text: str, wanted: frozenset[str]) -> frozenset[str]:
    """Which of the labels `wanted` apply to `text`.

    Raises:
        KeyError: A label has no detector.
    """
    detectors = _detectors(wanted)
    view = Text(text)
    found = [each.name for each in detectors if next(each.find(view), None) is not None]
    return frozenset(found) if found else _NOTHING


def findings(text: str, wanted: frozenset[str]) -> list[Finding]:
    """Everything of `wanted` in `text`, with its place, in order of appearance.

    Raises:
        KeyError: A label has no detector.
    """
    view = Text(text)
    spans = [(*span, each.name) for each in _detectors(wanted) for span in each.find(view)]
    if view.value != text:
        places = origins(text)
        # The end is one past the last character found, not the next one kept.
        spans = [(places[start], places[end - 1] + 1, label) for start, end, label in spans]
    return [Finding(label, start, end) for start, end, label in sorted(spans)]


@lru_cache(maxsize=64)
def _detectors(wanted: frozenset[str]) -> tuple[Detector, ...]:
    return tuple(load(DETECTORS, name, "DETECTOR") for name in sorted(wanted))
