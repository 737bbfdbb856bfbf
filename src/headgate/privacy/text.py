"""Text as detectors see it: folded once, with its numbers found once for all of them.

The `shape` has one byte for each character: `0` a digit, `a` a letter, ` ` what may stand
between the digits of one number, the rest as it is. Searching it for a fixed first byte
runs at memory speed, which is what keeps a scan of clean prose cheap.

Texts are full of numbers and have few forms of them: dates, addresses, times. So a detector
says once which forms it can use, and never sees the numbers of any other.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from string import ascii_lowercase, ascii_uppercase
from typing import Any, TypeVar

from headgate.privacy.fold import beyond_ascii, fold

Worked = TypeVar("Worked")

BETWEEN_DIGITS = " .-()/"

_RUN = re.compile(rb"0[0 ]{5,}0")
_LONG_GAP = b" " * 4
"""This much between two digits, and they belong to different numbers."""
_STRETCH = re.compile(rb"0(?: {0,3}0)*")
_PARTS = re.compile(rb"(0+)")
LONGEST_REMEMBERED = 64
"""Forms longer than this are worked out anew each time, so that they fill no memory."""
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
_FORMS = bytes.maketrans(b"123456789", b"0" * 9)


class Form:
    """How a number is written, whatever its digits are."""

    __slots__ = ("_once", "gaps", "offsets", "sizes", "written")

    def __init__(self, written: bytes) -> None:
        _, *parts = _PARTS.split(written)  # nothing, digits, gap, digits, …, digits, nothing
        self.written = written
        """With `0` for every digit."""
        self.sizes = tuple(map(len, parts[::2]))
        """How many digits each group has."""
        self.gaps = tuple(part.decode("ascii") for part in parts[1:-1:2])
        """What separates each group from the next: one fewer than `sizes`."""
        self.offsets = tuple(accumulate(map(len, parts), initial=0))[:-1:2]
        """Where each group begins."""
        self._once: dict[Callable[[Form], Any], Any] = {}

    def once(self, work: Callable[["Form"], Worked]) -> Worked:
        """What `work` makes of it, for all numbers of the form."""
        if work not in self._once:
            self._once[work] = work(self)
        found: Worked = self._once[work]
        return found


class Number:
    """Digits that stand together: groups of them, and what separates each from the next."""

    __slots__ = ("_value", "form", "start")

    def __init__(self, value: str, start: int, form: Form) -> None:
        self._value = value
        self.start = start
        self.form = form

    def group(self, at: int) -> str:
        """The digits of one group."""
        start = self.start + self.form.offsets[at]
        return self._value[start : start + self.form.sizes[at]]

    def groups(self, first: int = 0, last: int | None = None) -> list[str]:
        """The digits of each group, up to and with group `last`."""
        end = len(self.form.sizes) if last is None else last + 1
        return [self.group(at) for at in range(first, end)]

    def digits(self, first: int, last: int) -> str:
        """The digits of several groups together."""
        written = self._value[self.begin(first) : self.end(last)]
        # Longer gaps first, as one may be a part of another.
        for gap in sorted(set(self.form.gaps[first:last]), key=len, reverse=True):
            written = written.replace(gap, "")
        return written

    def begin(self, group: int) -> int:
        """Where a group begins."""
        return self.start + self.form.offsets[group]

    def end(self, last: int) -> int:
        """Where group `last` ends."""
        return self.start + self.form.offsets[last] + self.form.sizes[last]


class Text:
    """One text, prepared for every detector."""

    __slots__ = (
        *("_foreign", "_forms", "_lower", "_once", "_runs", "_words"),
        *("octets", "shape", "value"),
    )

    def __init__(self, raw: str) -> None:
        self.value = fold(raw)
        # `replace` keeps one byte for each character, so offsets agree.
        self.octets = self.value.encode("latin-1", "replace")
        self.shape = self.octets.translate(_SHAPES)
        self._forms: dict[bytes, tuple[Form, list[int]]] | None = None
        self._runs: Sequence[tuple[int, int]] | None = None
        self._lower: str | None = None
        self._foreign: frozenset[str] | None = None
        self._words: frozenset[bytes] | None = None
        self._once: dict[Callable[..., Any], Any] = {}

    def once(self, work: Callable[[str], Worked]) -> Worked:
        """What `work` makes of `value`; several detectors may ask, and it is done once."""
        if work not in self._once:
            self._once[work] = work(self.value)
        found: Worked = self._once[work]
        return found

    def derived(self, work: Callable[["Text"], Worked]) -> Worked:
        """The same of work that needs more of the text than its `value`."""
        if work not in self._once:
            self._once[work] = work(self)
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
    def foreign(self) -> frozenset[str]:
        """Its characters beyond ASCII, in lower case."""
        if self._foreign is None:
            self._foreign = frozenset() if self.value.isascii() else beyond_ascii(self.lower)
        return self._foreign

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
            self._words = frozenset(self.spelled.split())
        return self._words

    @property
    def spelled(self) -> bytes:
        """The letters of `words` where they stand, and spaces for everything else."""
        return self.octets.translate(_WORDS)

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

    def numbers(self, use: Callable[[Form], Worked]) -> list[tuple[Number, Worked]]:
        """Every run of at least seven digits and separators of a form that `use` makes
        something of, with what that is.
        """
        if self._forms is None:
            self._forms = self._find_forms() if b"0" in self.shape else {}
        found: list[tuple[Number, Worked]] = []
        forms = 0
        for form, starts in self._forms.values():
            uses = form.once(use)
            if uses:
                forms += 1
                found += [(Number(self.value, start, form), uses) for start in starts]
        if forms > 1:
            found.sort(key=_start)
        return found

    def _find_forms(self) -> dict[bytes, tuple[Form, list[int]]]:
        """Where numbers of each form begin."""
        found: dict[bytes, tuple[Form, list[int]]] = {}
        octets = self.octets.translate(_FORMS)
        spans = [run.span() for run in _RUN.finditer(self.shape)]
        if _LONG_GAP in self.shape:
            spans = [each for span in spans for each in self._stretches(span)]
        for start, end in spans:
            written = octets[start:end]
            known = found.get(written)
            if known is None:
                found[written] = form_of(written), [start]
            else:
                known[1].append(start)
        return found

    def _stretches(self, span: tuple[int, int]) -> list[tuple[int, int]]:
        if self.shape.find(_LONG_GAP, *span) < 0:
            return [span]
        return [each.span() for each in _STRETCH.finditer(self.shape, *span)]

    def is_word_at(self, offset: int) -> bool:
        """Whether an ASCII letter or digit stands at `offset`.

        Only ASCII: in Chinese or Japanese a number follows a letter without a space.
        """
        return 0 <= offset < len(self.shape) and self.shape[offset] in b"a0"


def form_of(written: bytes) -> Form:
    """The form of a number, of which `written` has `0` for every digit."""
    return _remembered(written) if len(written) <= LONGEST_REMEMBERED else Form(written)


_remembered = lru_cache(maxsize=4096)(Form)


def _start(used: tuple[Number, Any]) -> int:
    return used[0].start
