"""Forms of address before a name: `Mr.`, `Dr.`, `Professor`."""

from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.mentions.label import labelled
from headgate.privacy.text import Text


def _find(text: Text) -> Iterator[Hit]:
    return labelled(text, "title")


DETECTOR = Detector(
    name="title",
    find=_find,
    examples=(
        "correct it to Mr. Fábio Barros?",
        "this is Dr. Kyle Kuefer",
        "Professor Higgins",
        "Dear Mrs. Nyberg",
    ),
    counter_examples=(
        "the doctor is in",
        "a general rule",
        "The President",
        "Miss it not",
    ),
    certainty="context",
)
