"""Which kinds of personal data a text holds.

Fails closed: an error in a detector reaches the caller, who must not send the text anywhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from operator import attrgetter

from headgate.core.plugins import load, names
from headgate.privacy.detector import Certainty, Detector, Hit
from headgate.privacy.finding import Finding
from headgate.privacy.shadow.readings import Read, readings, settled
from headgate.privacy.shadow.view import View
from headgate.privacy.text import Text

__all__ = ["Finding", "certainties", "findings", "known_labels", "scan", "usual_labels"]

DETECTORS = "headgate.privacy.detectors"
_NOTHING: frozenset[str] = frozenset()


def known_labels() -> tuple[str, ...]:
    """Labels that can be asked for, sorted."""
    return names(DETECTORS)


@lru_cache(maxsize=1)
def certainties() -> Mapping[str, Certainty]:
    """What a finding of each label that can be asked for rests on."""
    every: list[Detector] = [load(DETECTORS, name, "DETECTOR") for name in known_labels()]
    return {each.name: each.certainty for each in every}


def usual_labels() -> frozenset[str]:
    """What is looked for where nobody says: identifiers and secrets."""
    return frozenset(label for label, rests_on in certainties().items() if rests_on != "context")


def scan(text: str, wanted: frozenset[str]) -> frozenset[str]:
    """Which of the labels `wanted` apply to `text`.

    Raises:
        KeyError: A label has no detector.
    """
    return frozenset(each.label for each in findings(text, wanted)) or _NOTHING


def findings(text: str, wanted: frozenset[str]) -> list[Finding]:
    """Everything of `wanted` in `text`, with its place, in order of appearance.

    What is disguised is found too: see `shadow`. Its place then covers the disguise.

    Raises:
        KeyError: A label has no detector.
    """
    detectors = _detectors(wanted)
    plain = View.of(text)
    found = list(_plain(plain, detectors))
    read = [each for view in readings(plain) for each in _read(view, detectors)]
    if read:
        found = settled(found, read)
    found.sort(key=_place)
    return found


_place = attrgetter("start", "end", "label")


def _plain(view: View, detectors: Sequence[Detector]) -> Iterator[Finding]:
    """What stands in the text itself, all of which counts."""
    text, places = view.text, view.places
    for detector in detectors:
        name = detector.name
        for start, end, kind, score in _all(detector, text):
            yield Finding(name, places[start], places[end - 1] + 1, kind, score)


def _read(view: View, detectors: Sequence[Detector]) -> Iterator[Read]:
    text = view.text
    for detector in detectors:
        for hit in _all(detector, text):
            place = view.cover(hit.start, hit.end)
            if place is not None:
                finding = Finding(detector.name, *place, hit.kind, hit.score)
                yield Read(finding, view.before(hit.start), view.is_joined)


def _all(detector: Detector, text: Text) -> list[Hit]:
    most = len(text.value) + 1
    hits = list(islice(detector.find(text), most))
    if len(hits) == most:
        raise ValueError(f"the detector `{detector.name}` finds more than there is")
    return hits


@lru_cache(maxsize=64)
def _detectors(wanted: frozenset[str]) -> tuple[Detector, ...]:
    return tuple(load(DETECTORS, name, "DETECTOR") for name in sorted(wanted))
