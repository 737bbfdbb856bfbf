"""Postal addresses: a street with its number, and the lines that follow it."""

from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.mentions.label import labelled
from headgate.privacy.text import Text


def _find(text: Text) -> Iterator[Hit]:
    return labelled(text, "address")


DETECTOR = Detector(
    name="address",
    find=_find,
    examples=(
        "send it to 692 Kuuse 53 Apt. 641, Grubbenvorst, Netherlands 04020",
        "He lives at Rua Diadema 1903",
        "8466 Hospital Way, San Diego, CA 92101",
        "Unit 7349 Box 6067\nDPO AE 99081",
        "0912 P.O. Box 287 Apt. 051, Tallinn, Estonia",
        "near the Old Cemetery Road",
        "to Hegelgasse 14, 1010 Wien",
        "meet at 17 rue Lepic",
    ),
    counter_examples=(
        "Python 3 and Windows 95",
        "Section 5 of Chapter 12",
        "see RFC 5322",
        "on January 16, 2015",
        "5 Items Left",
        "a 2 Way street",
        "the road to hell",
    ),
    certainty="context",
)
