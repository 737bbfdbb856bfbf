r"""How a placeholder is written, and how one is found again in what a model says.

`EMAIL_7K3QX9RBD` is the label in capitals and a code of nine characters, without vowels or
look-alikes, so that it forms no word and no other label. Its fixed length tells where it ends:
`EMAIL_7K3QX9RBDs` is one with an s. Models keep it, or change it in ways that leave no doubt:
case, a backslash before the underscore (Markdown), invisible characters between. Those are
read as if they were not there.
"""

import re
from functools import lru_cache
from typing import NamedTuple

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 9
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"

_CODED = "[" + ALPHABET + ALPHABET[8:].lower() + "]"
_SKIPPED = rf"(?:[{_INVISIBLE}]|\\u(?:00ad|200[bcd]|2060|feff)){{0,2}}"
"""As it is, or as JSON text writes it."""
_ESCAPES = rf"{_SKIPPED}\\{{0,3}}{_SKIPPED}"
_CODE = re.compile(rf"_{_SKIPPED}({_CODED}(?:{_SKIPPED}{_CODED}){{{CODE_LENGTH - 1}}})")
_ANY_CODE = re.compile(rf"(?<![A-Za-z0-9]){_CODED}{{{CODE_LENGTH}}}")
_NOISE = re.compile(rf"[{_INVISIBLE}\\]|\\u(?:00ad|200[bcd]|2060|feff)")
_SLACK = 4
"""How much longer than itself a placeholder may be written."""


class Match(NamedTuple):
    """What is written like a placeholder."""

    start: int
    end: int
    name: str
    """As we write it."""


def stem_of(label: str) -> str:
    """What placeholders of a label begin with."""
    return label.upper() + "_"


def plain(text: str) -> str:
    """A placeholder, or part of one, without what models do to it."""
    return _NOISE.sub("", text).upper()


def codes_in(text: str) -> set[str]:
    """All that could be the code of a placeholder, whatever stands before it."""
    return {plain(match[1]) for match in _CODE.finditer(text)}


def loose_codes(text: str) -> list[str]:
    """The same, without the label and the underscore."""
    return [match[0].upper() for match in _ANY_CODE.finditer(text)]


class Reader:
    """Finds what is written like a placeholder of some labels."""

    __slots__ = ("_before", "_begun", "_window", "ends")

    def __init__(self, labels: frozenset[str], *, quoted: bool) -> None:
        """Of `labels`; `quoted`: numbers are live, which stand in quotes of ours."""
        stems = sorted((label.upper() for label in labels), key=lambda stem: (-len(stem), stem))
        written = [_SKIPPED.join(map(_written, stem)) for stem in stems]
        any_stem = "|".join(written)
        self._before = re.compile(rf"({any_stem}){_ESCAPES}\Z", re.IGNORECASE)
        self._window = _SLACK * (max(map(len, stems)) + 1 + CODE_LENGTH)
        beginnings = sorted({stem[:n] for stem in stems for n in range(1, len(stem) + 1)})
        any_beginning = "|".join(map(re.escape, reversed(beginnings)))
        rest = rf"{_ESCAPES}(?:_(?:{_SKIPPED}{_CODED}){{0,{CODE_LENGTH}}}{_SKIPPED})?"
        quote = '"' if quoted else ""
        begun = rf"(?:{any_beginning})|(?:(?i:{any_stem})){rest}"
        opened = rf'"(?:{begun})?|' if quoted else ""
        self._begun = re.compile(rf"(?:{opened}{begun})\Z")
        capitals = "".join(stems).replace("_", "")
        small_ends = "".join(stem[-1].lower() for stem in stems)
        self.ends = frozenset(capitals + small_ends + _INVISIBLE + "\\" + quote)
        """What the last character of a text is when it may have begun a placeholder, if it
        holds no underscore."""

    def next(self, text: str, start: int) -> Match | None:
        """The first from `start` on, live or not."""
        position = start
        while (code := _CODE.search(text, position)) is not None:
            low = max(start, code.start() - self._window)
            if (before := self._before.search(text[low : code.start()])) is not None:
                name = f"{plain(before[1])}_{plain(code[1])}"
                return Match(low + before.start(), code.end(), name)
            position = code.start() + 1
        return None

    def begun(self, text: str, start: int) -> list[int]:
        """Where, from `start` on, what the text ends with may begin; the first one first."""
        position = max(start, len(text) - self._window)
        found = []
        while (match := self._begun.search(text, position)) is not None and match[0]:
            if _is_whole_word(text, match):
                found.append(match.start())
            position = match.start() + 1
        return found


def _written(character: str) -> str:
    return rf"{_ESCAPES}_" if character == "_" else re.escape(character)


def _is_whole_word(text: str, match: re.Match[str]) -> bool:
    """Whether it begins where a word does: all of a label in another case is an ordinary word."""
    said = match[0].lstrip('"')
    if "_" in said or said.rstrip("\\" + _INVISIBLE).isupper() or not said:
        return True
    return match.start() == 0 or not text[match.start() - 1].isalnum()


@lru_cache(maxsize=256)
def reader_of(labels: frozenset[str], *, quoted: bool) -> Reader:
    """The reader of a set of labels; there is at least one."""
    return Reader(labels, quoted=quoted)
