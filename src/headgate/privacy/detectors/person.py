"""Names of people: known given names and surnames, and names that the words around announce."""

from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.mentions.label import labelled
from headgate.privacy.text import Text


def _find(text: Text) -> Iterator[Hit]:
    return labelled(text, "person")


DETECTOR = Detector(
    name="person",
    find=_find,
    examples=(
        "My name is Siiri",
        "Hello, this is Dr. Kyle Kuefer.",
        "Dear Clotilde Julie Barceló,",
        "please add Mstislav Dolgorukova as guardian",
        "Leif, can I please speak to your boss?",
        "contact Mary Johansson today",
        "Patient: Wei Kim",
    ),
    counter_examples=(
        "The quick brown fox",
        "Please read the Manual",
        "An OSError is raised",
        "see Section 5",
        "I will mark it in May",
        "LATIN SMALL LETTER O WITH TILDE",
        "Don't go there",
    ),
    certainty="context",
)
