"""Numbers that only the words in front of them make an identifier: `MRN: 5156419`."""

import re
from collections.abc import Iterator

from headgate.privacy.text import Text

_AND = r"(?:,? (?:and|or) |, ?| ?/ ?|; ?)"


class Announcement:
    """Words that announce an identifier, and the form it then has.

    `words` and `value` are regular expressions in lower case. `gates` are plain strings one of
    which occurs wherever `words` match: looking for those first costs next to nothing.
    """

    def __init__(self, gates: tuple[str, ...], words: str, value: str, between: str = "") -> None:
        self._gates = gates
        between = (
            between
            or r"(?:[ \t_-]*(?:number|nummer|n[uú]m[eé]ro|num\b|no\b|nr\b|id\b|code|#)s?\.?)?"
        )
        self._first = re.compile(
            rf"(?:{words}){between}[\"'*_`]{{0,4}}"
            rf"(?:[ \t]*(?:[:=#(|-]+|is\b|was\b|are\b|ist\b|est\b|es\b|of\b|,)){{0,3}}"
            rf"[\s\"'*_`(\[#]{{0,26}}(?<![a-z0-9])(?P<value>{value})(?![a-z0-9])"
        )
        self._next = re.compile(rf"{_AND}[\"'*_`(]{{0,4}}(?P<value>{value})(?![a-z0-9])")

    def find(self, text: Text) -> Iterator[tuple[int, int]]:
        """Where the announced values stand, also further ones in a list."""
        lower = text.lower
        if not any(gate in lower for gate in self._gates):
            return
        done = 0
        for match in self._first.finditer(lower):
            following: re.Match[str] | None = match
            while following is not None and following.start("value") >= done:
                done = following.end("value")
                yield following.span("value")
                following = self._next.match(lower, done)
