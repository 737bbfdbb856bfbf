"""Text as detectors see it: folded once, with its numbers found once for all of them.

The `shape` has one byte for each character: `0` a digit, `a` a letter, ` ` what may stand
between the digits of one number, the rest as it is. Searching it for a fixed first byte
runs at memory speed, which is what keeps a scan of clean prose cheap.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from string import ascii_lowercase, ascii_uppercase
from typing import Any, TypeVar

from msgspec import Struct

from headgate.privacy.fold import fold

Worked = TypeVar("Worked")

BETWEEN_DIGITS = " .-()/"

_RUN = re.compile(rb"0[0 ]{5,}0")
_LONG_GAP = b" " * 4
"""This much between two digits, and they belong to different numbers."""
_STRETCH = re.compile(rb"0(?: {0,3}0)*")
_GAP = re.compile(r"([^0-9]+)")
LONG_RUN = 17
_JOINED = bytes.maketrans(b"a0", b"xx")
_LONG = b"x" * LONG_RUN
_WORD = re.compile(rb"x+")
_WORDS = bytes(
    ord(chr(code).lower()) if chr(code).isalpha() and code not in b"\xaa\xba\xb5" else ord(" ")
    for code in range(256)
)
_ASCII_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


def _shape_of(code: int) -> int:
    character = chr(code)
    if not character.isascii():
        return ord("?")
    if character.isdigit():
        return ord("0")
    if character.isalpha():
        return ord("a")
    return ord(" ") if character in BETWEEN_DIGITS else code


_SHAPES = bytes(_shape_of(code) for code in range(256))


class Number(Struct, frozen=True):
    """Digits that stand together: groups of them, and what separates each from the next."""

    groups: tuple[str, ...]
    gaps: tuple[str, ...]
    """One fewer than `groups`."""
    starts: tuple[int, ...]
    """Where each group begins."""

    def end(self, last: int) -> int:
        """Where group `last` ends."""
        return self.starts[last] + len(self.groups[last])


class Text:
    """One text, prepared for every detector."""

    __slots__ = ("_lower", "_numbers", "_once", "_runs", "_words", "shape", "value")

    def __init__(self, raw: str) -> None:
        self.value = fold(raw)
        # `replace` keeps one byte for each character, so offsets agree.
        self.shape = self.value.encode("latin-1", "replace").translate(_SHAPES)
        self._numbers: Sequence[Number] | None = None
        self._runs: Sequence[tuple[int, int]] | None = None
        self._lower: str | None = None
        self._words: frozenset[bytes] | None = None
        self._once: dict[Callable[[str], Any], Any] = {}

    def once(self, work: Callable[[str], Worked]) -> Worked:
        """What `work` makes of `value`; several detectors may ask, and it is done once."""
        if work not in self._once:
            self._once[work] = work(self.value)
        found: Worked = self._once[work]
        return found

    @property
    def lower(self) -> str:
        """The text in lower case, with every character in its place."""
        if self._lower is None:
            lower = self.value.lower()
            # A few letters of other alphabets become two.
            is_aligned = len(lower) == len(self.value)
            self._lower = lower if is_aligned else self.value.translate(_ASCII_LOWER)
        return self._lower

    @property
    def runs(self) -> Sequence[tuple[int, int]]:
        """Where unbroken ASCII letters and digits stand, at least `LONG_RUN` of them."""
        if self._runs is None:
            self._runs = list(self._find_runs())
        return self._runs

    @property
    def words(self) -> frozenset[bytes]:
        """Its words of western letters, in Latin-1 and lower case.

        Whether a word occurs at all is asked of every text by many detectors.
        """
        if self._words is None:
            octets = self.value.encode("latin-1", "replace")
            self._words = frozenset(octets.translate(_WORDS).split())
        return self._words

    def _find_runs(self) -> Iterator[tuple[int, int]]:
        plain = self.shape.translate(_JOINED)
        start = plain.find(_LONG)
        while start >= 0:
            run = _WORD.match(plain, start)
            assert run is not None
            yield start, run.end()
            start = plain.find(_LONG, run.end())

    def shaped(self, form: bytes) -> Iterator[int]:
        """Where something begins that has the shape `form` and stands alone."""
        start = self.shape.find(form)
        while start >= 0:
            if not self.is_word_at(start - 1) and not self.is_word_at(start + len(form)):
                yield start
            start = self.shape.find(form, start + 1)

    @property
    def numbers(self) -> Sequence[Number]:
        """Every run of at least seven digits and separators."""
        if self._numbers is None:
            self._numbers = self._find_numbers() if b"0" in self.shape else ()
        return self._numbers

    def _find_numbers(self) -> list[Number]:
        found: list[Number] = []
        for run in _RUN.finditer(self.shape):
            if _LONG_GAP in run[0]:
                stretches = _STRETCH.finditer(self.shape, *run.span())
                found.extend(_number(self.value, *stretch.span()) for stretch in stretches)
            else:
                found.append(_number(self.value, *run.span()))
        return found

    def is_word_at(self, offset: int) -> bool:
        """Whether an ASCII letter or digit stands at `offset`.

        Only ASCII: in Chinese or Japanese a number follows a letter without a space.
        """
        return 0 <= offset < len(self.shape) and self.shape[offset] in b"a0"


def _number(value: str, start: int, end: int) -> Number:
    parts = _GAP.split(value[start:end])  # digits, gap, digits, …
    places = tuple(accumulate(map(len, parts), initial=start))
    return Number(tuple(parts[::2]), tuple(parts[1::2]), places[::2])
