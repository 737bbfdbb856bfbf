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


class Finding(Struct, frozen=True, gc=False):
    """One piece of personal data: its label, and where it stands in the text."""

    label: str
    start: int
    end: int
    kind: str = ""
    """See `detector.Hit`, as is `score`."""
    score: float = 1.0


def known_labels() -> tuple[str, ...]:
    """Labels that can be asked for, sorted."""
    return names(DETECTORS)


@lru_cache(maxsize=1)
def usual_labels() -> frozenset[str]:
    """What is looked for where nobody says: identifiers and secrets."""
    every = (load(DETECTORS, name, "DETECTOR") for name in known_labels())
    return frozenset(each.name for each in every if each.certainty != "context")


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
    hits = [(hit, each.name) for each in _detectors(wanted) for hit in each.find(view)]
    if view.value != text:
        places = origins(text)
        # The end is one past the last character found, not the next one kept.
        hits = [
            (hit._replace(start=places[hit.start], end=places[hit.end - 1] + 1), label)
            for hit, label in hits
        ]
    found = [Finding(label, hit.start, hit.end, hit.kind, hit.score) for hit, label in hits]
    return sorted(found, key=lambda each: (each.start, each.end, each.label))


@lru_cache(maxsize=64)
def _detectors(wanted: frozenset[str]) -> tuple[Detector, ...]:
    return tuple(load(DETECTORS, name, "DETECTOR") for name in sorted(wanted))
