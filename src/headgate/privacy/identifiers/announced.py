"""Numbers that only the words in front of them make an identifier: `MRN: 5156419`."""

import re
from collections.abc import Iterator

from headgate.privacy.text import Text

_AND = r"(?:,? (?:and|or) |, ?| ?/ ?|; ?)"
_NUMBER = r"(?:[ \t_-]*(?:number|nummer|n[uú]m[eé]ro|num\b|no\b|nr\b|id\b|code|#)s?\.?)?"
_ENDINGS = ("", "s", "id", "no", "nr", "num", "number", "numbers", "nummer", "code")


class Announcement:
    """Words that announce an identifier, and the form it then has.

    `gate` has plain words, which count also with `number` and the like at their end. Where one
    of them begins, `words` has to match, then whatever parts a label from its value, then
    `value`; all in lower case. `foreign` has such words of scripts other than Latin. Asking
    which of the plain words a text has at all costs next to nothing.
    """

    def __init__(
        self, gate: str, words: str, value: str, between: str = "", foreign: tuple[str, ...] = ()
    ) -> None:
        self._gate = {
            (word + ending).encode("latin-1"): word for word in gate.split() for ending in _ENDINGS
        }
        self._foreign = foreign
        self._first = re.compile(
            rf"(?:{words})(?:{between or _NUMBER})[\"'*_`]{{0,4}}"
            rf"(?:[ \t]*(?:[:=#(|-]+|is\b|was\b|are\b|ist\b|est\b|es\b|of\b|,)){{0,3}}"
            rf"[\s\"'*_`(\[#]{{0,26}}(?<![a-z0-9])(?P<value>{value})(?![a-z0-9])"
        )
        self._next = re.compile(rf"{_AND}[\"'*_`(]{{0,4}}(?P<value>{value})(?![a-z0-9])")

    def find(self, text: Text) -> Iterator[tuple[int, int]]:
        """Where the announced values stand, also further ones in a list."""
        places = self._places(text)
        if not places:
            return
        lower = text.lower
        done = 0
        for place in sorted(places):
            following = self._first.match(lower, place)
            while following is not None and following.start("value") >= done:
                done = following.end("value")
                yield following.span("value")
                following = self._next.match(lower, done)

    def _places(self, text: Text) -> set[int]:
        """Where a word of the gate begins."""
        words = {self._gate[word] for word in self._gate.keys() & text.words}
        if not text.value.isascii():
            words.update(word for word in self._foreign if word in text.lower)
        places: set[int] = set()
        for word in words:
            place = text.lower.find(word)
            while place >= 0:
                if not text.lower[place - 1 : place].isalpha():
                    places.add(place)
                place = text.lower.find(word, place + 1)
        return places
