"""Web addresses, and domain names after `www`.

They identify a person only through what they hold, so they count only where asked for.
"""

import re
from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.text import Text

_URL = re.compile(r"\b(?:https?|ftp|wss?)://[^\s<>\"'`{}|\\^]{3,2048}", re.I)
_WWW = re.compile(
    r"(?<![\w./@-])www\.[\w-]{1,63}(?:\.[\w-]{2,63}){1,6}(?:/[^\s<>\"'`]{0,2048})?", re.I
)
_TRAILING = ".,;:!?)]*_"


def _find(text: Text) -> Iterator[Hit]:
    value = text.value
    hits: list[tuple[int, int]] = []
    if "://" in value:
        hits += (each.span() for each in _URL.finditer(value))
    if "www." in value or "WWW." in value:
        hits += (each.span() for each in _WWW.finditer(value))
    for start, end in sorted(hits):
        yield Hit(start, start + len(value[start:end].rstrip(_TRAILING)))


DETECTOR = Detector(
    name="url",
    find=_find,
    examples=(
        "see https://example.com/people/ada?tab=1.",
        "at www.example.org today",
        "(http://intranet/wiki)",
        "ftp://files.example.com/x",
    ),
    counter_examples=("self.x = os.path", "C://", "and/or", "http:// is a prefix"),
    certainty="context",
)
