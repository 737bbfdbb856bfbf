"""Countries, states and cities, and smaller places where the words around call for a place."""

from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.mentions.label import labelled
from headgate.privacy.text import Text


def _find(text: Text) -> Iterator[Hit]:
    return labelled(text, "place")


DETECTOR = Detector(
    name="place",
    find=_find,
    examples=(
        "We moved here from Norway",
        "She was born in Arnsdorf",
        "a flight to New York",
        "Estonia was super fun",
        "I live in Zuoz",
        "based in São Paulo",
    ),
    counter_examples=(
        "in Python",
        "from The Manual",
        "at Noon",
        "turn the key in the lock",
        "Reading is fun",
    ),
    certainty="context",
)
