"""What the words beside a name say about it."""

import re
from typing import NamedTuple

from headgate.privacy.mentions import cues

_REACH = 40
_REACH_AFTER = 64
_NEXT = re.compile(r"(['’]s)?[ ,]{0,2}([^\W\d_]+)")
_IS_FIRM = re.compile(
    r" is an? (?:[\w-]+ ){0,3}(?:company|agency|firm|startup|corporation|manufacturer|provider"
    r"|brand|bank|retailer|business|nonprofit|charity|supplier)\b"
)
_VOCATIVE = re.compile(
    r", (?:can|could|will|would|please|i|we|you|thank|do|are|let|have|may|did|what|how)\b"
)
_OPENING = ":*\"'([-–“‘>|"


class Context(NamedTuple):
    """What is likely, by the words around alone."""

    is_named: bool = False
    """Somebody is introduced or addressed here."""
    is_person: bool = False
    is_place: bool = False
    is_surely_place: bool = False
    """A phrase that only a place follows."""
    is_organization: bool = False


_NOTHING = Context()


def context_of(text: str, start: int, end: int) -> Context:
    """Of the name between `start` and `end`."""
    before = text[max(0, start - _REACH) : start].lower()
    line = before.rpartition("\n")[2]
    words = line.split()
    last = words[-1] if words else ""
    if last.endswith((".", "!", "?", ";")) and last[:-1] not in cues.ABBREVIATED_TITLES:
        words, last = [], ""
    last = last.strip(_OPENING + ".,")
    phrase = f"{words[-2].strip(_OPENING + ',.')} {last}" if len(words) > 1 else last
    after = text[end : end + _REACH_AFTER].lower()
    match = _NEXT.match(after)
    following = match[2] if match else ""
    is_owner = match is not None and match[1] is not None and following in cues.PERSON_OWNS
    is_vocative = not words and _VOCATIVE.match(after) is not None
    is_named = (
        phrase in cues.PERSON_PHRASES
        or last in cues.ABBREVIATED_TITLES
        or last in {"dear", "i'm", "named", "nee"}
        or is_vocative
    )
    return Context(
        is_named=is_named,
        is_person=is_named
        or last in cues.PERSON_BEFORE
        or is_owner
        or following in cues.PERSON_AFTER,
        is_place=last in cues.PLACE_BEFORE
        or phrase in cues.PLACE_PHRASES
        or following in cues.PLACE_AFTER,
        is_surely_place=phrase in cues.PLACE_PHRASES or last in cues.PLACE_LABELS,
        is_organization=phrase in cues.ORGANIZATION_PHRASES
        or following in cues.ORGANIZATION_AFTER
        or _IS_FIRM.match(after) is not None,
    )
