"""Runs of capitalised words: what can be a name. In a text without capitals, any word can."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_UPPER = "".join(
    letter for letter in map(chr, range(0x41, 0x530)) if letter.isupper() or letter.istitle()
)
_LETTERS = r"[^\W\d_]"
_PARTICLE = (
    r"(?:(?:de|da|do|dos|das|del|della|di|du|van|von|der|den|ten|ter|la|le|el|al|bin|ibn|af|av|zu"
    r"|de la|van der|van den|von der|of|of the|and|&|y|e) )"
)
_TAIL = rf"{_LETTERS}*(?:['’-]{_LETTERS}{{2,}})*"
_CAPITAL = rf"[{_UPPER}]{_TAIL}"
# What code is made of stands before and after identifiers, seldom around names. Looked back to
# from behind the first letter: a pattern that begins with letters is searched for much faster.
_NOT_CODE = r"(?<![\w@#/\\.$%&~=+'’-].)(?<!\\[nrt].)"
_AFTER = r"(?![\w(=\[@/\\+])(?!-[0-9])(?!\.\w)(?!::)(?!['’](?:t|m|d|re|ve|ll)\b)"
_SHORT = r"(?:(?<=[ \n][A-Z])\.|(?<=St)\.|(?<=Mr)\.|(?<=[DMJS]r)\.|(?<=M[sr]s)\.|(?<=Ms)\.)?"
_MORE = rf"(?:{_SHORT} {_PARTICLE}{{0,2}}{_CAPITAL}){{0,11}}"
CAPITALS = _CAPITAL + _MORE
"""A pattern of capitalised words, wherever they stand."""
_RUN = re.compile(rf"[{_UPPER}]{_NOT_CODE}{_TAIL}{_MORE}{_AFTER}")
_LOWER_RUN = re.compile(rf"{_LETTERS}{_NOT_CODE}{_TAIL}(?:\.? {_LETTERS}{_TAIL})*{_AFTER}")
_WORD = re.compile(r"[^ .]+")


class Word(NamedTuple):
    """One word of a run."""

    text: str
    start: int
    end: int


def runs(text: str) -> Iterator[list[Word]]:
    """Each run as its words; white space other than one space ends a run."""
    pattern = _LOWER_RUN if text.islower() else _RUN
    for run in pattern.finditer(text):
        start, end = run.span()
        whole = run[0]
        if " " not in whole:
            yield [Word(whole, start, end)]
        else:
            yield [
                Word(each[0], each.start(), each.end()) for each in _WORD.finditer(text, start, end)
            ]
