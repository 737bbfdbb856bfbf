"""Postcodes on their own: British and Canadian by form, others by the words or places before.

Those at the end of an address belong to it.
"""

import re
from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.mentions.label import mentions
from headgate.privacy.text import Text

# The second half of a British one and a whole Canadian one, as `Text.shape` shows them.
_INWARD = re.compile(rb" 0aa(?![a0])")
_CANADIAN_SHAPE = re.compile(rb"a0a 0a0(?![a0])")
_BRITISH = re.compile(
    r"(?<![\w-])(?:GIR 0AA|[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9]{1,2}|[0-9][A-HJKS-UW]"
    r"|[A-HK-Y][0-9][ABEHMNPRV-Y]) [0-9][ABD-HJLNP-UW-Z]{2})\Z"
)
_CANADIAN = re.compile(
    r"(?<![\w-])[ABCEGHJ-NPRSTVXY][0-9][ABCEGHJ-NPRSTV-Z] [0-9][ABCEGHJ-NPRSTV-Z][0-9]\Z"
)
_AFTER_PLACE = re.compile(r",? (?:[A-Z]{2},? )?([0-9]{5}(?:-[0-9]{4})?)(?![\w-]|[.,][0-9])")
_NAMES = ("zip", "postcode", "post code", "postal code", "plz", "code postal")
_NAMED = re.compile(
    r"(?:zip(?: ?codes?)?|post(?:al)? ?codes?|plz|code postal)\b[^\w\n]{0,4}"
    r"(?:is |of |for |are |number )?"
    r"([0-9]{4,5}(?:-[0-9]{3,4})?|[a-z]{1,2}[0-9][a-z0-9]? ?[0-9][a-z]{2})(?![\w-])",
)


def _find(text: Text) -> Iterator[Hit]:
    value = text.value
    if b"0" not in text.shape:
        return
    hits: set[tuple[int, int]] = set()
    for shape, form in ((_INWARD, _BRITISH), (_CANADIAN_SHAPE, _CANADIAN)):
        for each in shape.finditer(text.shape):
            if match := form.search(value, max(0, each.start() - 5), each.end()):
                hits.add(match.span())
    hits.update(_named(text.lower))
    hits.update(_after_places(text))
    done = 0
    for start, end in sorted(hits):
        if start >= done:
            yield Hit(start, end, "", 0.8)
            done = end


def _after_places(text: Text) -> Iterator[tuple[int, int]]:
    for place in text.once(mentions):
        if place.label == "place" and (code := _AFTER_PLACE.match(text.value, place.end)):
            yield code.span(1)


def _named(lower: str) -> Iterator[tuple[int, int]]:
    for name in _NAMES:
        at = lower.find(name)
        while at >= 0:
            if not lower[at - 1 : at].isalnum() and (match := _NAMED.match(lower, at)):
                yield match.span(1)
            at = lower.find(name, at + 1)


DETECTOR = Detector(
    name="postcode",
    find=_find,
    examples=(
        "near SW1A 1AA",
        "to K1A 0B1 please",
        "my zip code is 94105",
        "ZIP: 62701-1234",
        "PLZ 10115",
        "in Boston, MA 02101 there",
    ),
    counter_examples=("a zip of 12 files", "error 94105", "zip(1, 2)", "AB12 and C3", "post 20231"),
    certainty="context",
)
