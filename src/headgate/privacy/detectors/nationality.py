"""Nationalities, peoples and religions."""

import re
from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.gazetteer.lexicon import NATIONALITY, lexicon
from headgate.privacy.mentions.label import labelled
from headgate.privacy.text import Text

_SELF = (" am ", "'m ")
_WORD = re.compile(r"(?:an? )?([a-z]{4,16})\b")


def _find(text: Text) -> Iterator[Hit]:
    yield from sorted({*labelled(text, "nationality"), *_said_of_oneself(text.value)})


def _said_of_oneself(value: str) -> Iterator[Hit]:
    """In small letters, as in `I am cambodian`."""
    for mark in _SELF:
        at = value.find(mark)
        while at >= 0:
            word = _WORD.match(value, at + len(mark))
            if word and lexicon().get(word[1], 0) & NATIONALITY:
                yield Hit(*word.span(1), "", 0.7)
            at = value.find(mark, at + 1)


DETECTOR = Detector(
    name="nationality",
    find=_find,
    examples=(
        "the Spanish government",
        "I am cambodian but I live here",
        "a Finnish singer",
        "a Jewish family",
    ),
    counter_examples=(
        "I am polite",
        "Swisscom",
        "the french fries",
        "Latin letters",
    ),
    certainty="context",
)
