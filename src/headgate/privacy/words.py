"""Where the words stand that detectors look for: one pass over a text answers all of them.

A text seldom has any of them, and where it has one, that is where its detector looks: it
never searches the text.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from headgate.privacy.gate import native_gate
from headgate.privacy.text import Text

_ENDINGS = ("", "s", "id", "no", "nr", "num", "number", "numbers", "nummer", "code")
_SPACE = b" "

Find = Callable[[bytes], Iterable[tuple[str, int]]]
"""Finds forms, and where each begins, in letters and spaces with a space at both ends."""

_asked: dict[str, list["Words"]] = {}
"""Who looks for each form: a part of words, or a word between spaces. Detectors are loaded
once, and none is unloaded.
"""


class Words:
    """Words of western letters to look for in any text, and `parts` of such words.

    With `numbered`, words count also with `number` and the like at their end. `foreign` has
    parts of words in any script.
    """

    def __init__(
        self,
        plain: str,
        foreign: tuple[str, ...] = (),
        *,
        parts: str = "",
        numbered: bool = True,
    ) -> None:
        endings = _ENDINGS if numbered else ("",)
        whole = {f" {word}{ending} " for word in plain.split() for ending in endings}
        for form in (*whole, *parts.split()):
            _asked.setdefault(form, []).append(self)
        self._foreign = foreign

    def occur(self, text: Text) -> bool:
        """Whether there is any."""
        return self in text.derived(_places) or bool(self._foreign_in(text))

    def places(self, text: Text) -> list[int]:
        """Where one begins, in order."""
        places = text.derived(_places).get(self, [])
        if text.value.isascii():
            return places
        # In another script, a letter before it makes it a part of a word.
        places = [place for place in places if not text.value[place - 1 : place].isalpha()]
        for word in self._foreign_in(text):
            places += _beginnings(text.lower, word)
        return sorted(places)

    def _foreign_in(self, text: Text) -> Sequence[str]:
        seen = text.foreign
        return [word for word in self._foreign if word[0] in seen and word in text.lower]


def _beginnings(lower: str, word: str) -> Iterator[int]:
    place = lower.find(word)
    while place >= 0:
        yield place
        place = lower.find(word, place + 1)


def _places(text: Text) -> Mapping[Words, list[int]]:
    found: dict[Words, list[int]] = {}
    for form, start in _finder(len(_asked))(_SPACE + text.spelled + _SPACE):
        place = start if form[0] == " " else start - 1
        for words in _asked[form]:
            found.setdefault(words, []).append(place)
    for places in found.values():
        places.sort()
    return found


@lru_cache(maxsize=1)
def _finder(_count: int) -> Find:
    try:
        return native_finder(_asked)
    except ImportError:
        return plain_finder(_asked)


def native_finder(asked: Iterable[str]) -> Find:
    """Finds forms by compiled code.

    Raises:
        ImportError: It is not installed here.
    """
    forms = sorted(asked)
    gate = native_gate(forms)

    def find(spelled: bytes) -> Iterable[tuple[str, int]]:
        return [(forms[number], start) for number, start, _ in gate(spelled)]

    return find


def plain_finder(asked: Iterable[str]) -> Find:
    """Finds the same by Python's own means, word by word."""
    words = {form.strip().encode("latin-1"): form for form in asked if form[0] == " "}
    parts = [form for form in asked if form[0] != " "]

    def find(spelled: bytes) -> Iterator[tuple[str, int]]:
        there = [words[word] for word in words.keys() & spelled.split()]
        for form in (*there, *parts):
            written = form.encode("latin-1")
            start = spelled.find(written)
            while start >= 0:
                yield form, start
                start = spelled.find(written, start + 1)

    return find
