"""Companies and institutions: by their form (`Inc`, `University`) or the words before."""

from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.mentions.label import labelled
from headgate.privacy.text import Text


def _find(text: Text) -> Iterator[Hit]:
    return labelled(text, "organization")


DETECTOR = Detector(
    name="organization",
    find=_find,
    examples=(
        "Johnson Inc. called",
        "he works at Zillow",
        "the Weeks-Rivas Group",
        "Propublica Foundation",
        "Duke University Hospital",
        "XYZ Insurance Company",
    ),
    counter_examples=(
        "The Company pays",
        "a group of people",
        "Limited Edition",
        "This Group is closed",
        "the bank is closed",
    ),
    certainty="context",
)
