"""Nationalities, peoples and religions."""

from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.mentions.label import labelled
from headgate.privacy.text import Text


def _find(text: Text) -> Iterator[Hit]:
    return labelled(text, "nationality")


DETECTOR = Detector(
    name="nationality",
    find=_find,
    examples=(
        "the Spanish government",
        "I am Cambodian",
        "a Finnish singer",
        "a Jewish family",
    ),
    counter_examples=(
        "polish the table",
        "Swisscom",
        "the french fries",
        "Latin letters",
    ),
    certainty="context",
)
