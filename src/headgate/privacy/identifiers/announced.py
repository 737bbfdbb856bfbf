"""Numbers that only the words in front of them make an identifier: `MRN: 5156419`."""

import re
from collections.abc import Iterator

from headgate.privacy.text import Text
from headgate.privacy.words import Words

_AND = r"(?:,? (?:and|or) |, ?| ?/ ?|; ?)"
_NUMBER = r"(?:[ \t_-]*(?:number|nummer|n[uú]m[eé]ro|num\b|no\b|nr\b|id\b|code|#)s?\.?)?"


class Announcement:
    """Words that announce an identifier, and the form it then has.

    Where one of the `gate` begins, `words` has to match, then what parts a label from its
    value, then `value`, all of them regular expressions in lower case.
    """

    def __init__(self, gate: Words, words: str, value: str, between: str = "") -> None:
        self._gate = gate
        self._first = re.compile(
            rf"(?:{words})(?:{between or _NUMBER})[\"'*_`]{{0,4}}"
            rf"(?:[ \t]*(?:[:=#(|-]+|is\b|was\b|are\b|ist\b|est\b|es\b|of\b|,)){{0,3}}"
            rf"[\s\"'*_`(\[#]{{0,26}}(?<![a-z0-9])(?P<value>{value})(?![a-z0-9])"
        )
        self._next = re.compile(rf"{_AND}[\"'*_`(]{{0,4}}(?P<value>{value})(?![a-z0-9])")

    def find(self, text: Text) -> Iterator[tuple[int, int]]:
        """Where the announced values stand, also further ones in a list."""
        done = 0
        for place in self._gate.places(text):
            following = self._first.match(text.lower, place)
            while following is not None and following.start("value") >= done:
                done = following.end("value")
                yield following.span("value")
                following = self._next.match(text.lower, done)
