"""Where the words stand that detectors look for: one pass over a text answers all of them.

A text seldom has any of them, and where it has one, that is where its detector looks: it
never searches the text.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from headgate.privacy.gate import native_gate
from headgate.privacy.text import Text

_ENDINGS = ("", "s", "id", "no", "nr", "num", "number", "numbers", "nummer", "code")
_SPACE = b" "

Places = Mapping[str, list[int]]
"""Where each word begins."""
Find = Callable[[bytes], Places]
"""Finds words in letters and spaces that have a space at both ends."""

_asked: set[str] = set()
"""Every word that a detector looks for. Detectors are loaded once, and none is unloaded."""


class Words:
    """Words of western letters to look for in any text.

    With `numbered`, they count also with `number` and the like at their end. `foreign` has
    parts of words in any script.
    """

    def __init__(self, plain: str, foreign: tuple[str, ...] = (), *, numbered: bool = True) -> None:
        endings = _ENDINGS if numbered else ("",)
        self._plain = frozenset(word + ending for word in plain.split() for ending in endings)
        self._foreign = foreign
        _asked.update(self._plain)

    def occur(self, text: Text) -> bool:
        """Whether there is any."""
        return not self._plain.isdisjoint(text.derived(_places)) or bool(self._foreign_in(text))

    def places(self, text: Text) -> list[int]:
        """Where one begins, in order."""
        found = text.derived(_places)
        places = [place for word in self._plain & found.keys() for place in found[word]]
        if places and not text.value.isascii():
            # In another script, a letter before it makes it a part of a word.
            places = [place for place in places if not text.value[place - 1 : place].isalpha()]
        for word in self._foreign_in(text):
            places += _beginnings(text.lower, word)
        places.sort()
        return places

    def _foreign_in(self, text: Text) -> Sequence[str]:
        if not self._foreign or text.value.isascii():
            return ()
        return [word for word in self._foreign if word in text.lower]


def _beginnings(lower: str, word: str) -> Iterable[int]:
    place = lower.find(word)
    while place >= 0:
        yield place
        place = lower.find(word, place + 1)


def _places(text: Text) -> Places:
    return _finder(len(_asked))(_SPACE + text.spelled + _SPACE)


@lru_cache(maxsize=1)
def _finder(_count: int) -> Find:
    try:
        return native_finder(_asked)
    except ImportError:
        return plain_finder(_asked)


def native_finder(asked: Iterable[str]) -> Find:
    """Finds words by compiled code.

    Raises:
        ImportError: It is not installed here.
    """
    words = sorted(asked)
    gate = native_gate([f" {word} " for word in words])

    def find(spelled: bytes) -> Places:
        found: dict[str, list[int]] = {}
        for number, start, _ in gate(spelled):
            found.setdefault(words[number], []).append(start)
        return found

    return find


def plain_finder(asked: Iterable[str]) -> Find:
    """Finds the same by Python's own means."""
    words = {word.encode("latin-1"): word for word in asked}

    def find(spelled: bytes) -> Places:
        there = words.keys() & spelled.split()
        return {words[word]: list(_whole(spelled, word)) for word in there}

    return find


def _whole(spelled: bytes, word: bytes) -> Iterable[int]:
    form = _SPACE + word + _SPACE
    place = spelled.find(form)
    while place >= 0:
        yield place
        place = spelled.find(form, place + 1)
