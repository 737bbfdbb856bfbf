"""Join what a line break runs through: a number, an account, an e-mail address.

A break in a text is a seam, and each seam gives a view of its surroundings with the break
taken out, and one with a space in its place. Breaks of a column of numbers are not seams.
"""

import re
from collections.abc import Iterator

from headgate.privacy.shadow.view import Section, View
from headgate.privacy.text import Text

SURROUNDINGS = 96
WIDE_LINE = 56
"""A line this long was probably broken for its length."""

_DIGIT_NEXT = re.compile(rb"\n[ >]{0,6}(?=0)")
_DIGIT_BEFORE = re.compile(rb"0[ =]{0,2}\r?\Z")
_MAY_FOLLOW_DIGIT = frozenset({b" ", b"=", b"\r"})
_ACCOUNT = re.compile(rb"aa00[a0 ]{0,40}(=?\r?\n[ >]{0,4})[a0]")
_DOMAIN = re.compile(r"@[\w.-]{0,64}(=?\r?\n[ >]{0,4})(?=[\w.-])")
_SOFT = ("=\n", "=\r\n")


def joined(view: View) -> Iterator[View]:
    """What of `view` a line break may divide, without the break and with a space for it."""
    if "\n" not in view.text.value:
        return
    seams: list[tuple[int, int]] = []
    for start, end in sorted(_seams(view.text)):
        if not seams or start >= seams[-1][1]:
            seams.append((start, end))
    for between in ("", " "):
        across = View.of_all(_across(view, start, end, between) for start, end in seams)
        if across is not None:
            yield across


def _seams(text: Text) -> Iterator[tuple[int, int]]:
    value, shape = text.value, text.shape
    yield from _without_columns(value, _between_digits(value, shape))
    if b"aa00" in shape:
        for match in _ACCOUNT.finditer(shape):
            if not text.is_word_at(match.start() - 1):
                yield match.span(1)
    yield from _in_domains(value)
    for soft in _SOFT:
        start = value.find(soft)
        while start >= 0:
            if value[start - 1 : start] != "=":  # a line that stands under a heading
                yield start, start + len(soft)
            start = value.find(soft, start + 1)


def _in_domains(value: str) -> Iterator[tuple[int, int]]:
    if "@" not in value:
        return
    for match in _DOMAIN.finditer(value):
        start, end = match.span(1)
        line = start - value.rfind("\n", max(0, start - WIDE_LINE), start)
        if value[start - 1] in "@.-" or value[start] == "=" or line > WIDE_LINE:
            yield start, end


def _between_digits(value: str, shape: bytes) -> Iterator[tuple[int, int]]:
    # Without what may stand at a break, one between digits is found many times faster.
    if b"0\n0" not in shape.translate(None, b" =>\r"):
        return
    for match in _DIGIT_NEXT.finditer(shape):
        start, end = match.span()
        last = shape[start - 1 : start]
        if last == b"0":
            yield start, end
        elif last in _MAY_FOLLOW_DIGIT:
            before = max(0, start - 3)
            if _DIGIT_BEFORE.search(shape, before, start):
                yield before + len(value[before:start].rstrip("= \r")), end


def _without_columns(value: str, seams: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Those with no other one at the line break before or after it."""
    last_end, kept = 0, None
    for seam in seams:
        is_next = last_end > 0 and value.find("\n", last_end, seam[0]) < 0
        if kept is not None and not is_next:
            yield kept
        kept = None if is_next else seam
        last_end = seam[1]
    if kept is not None:
        yield kept


def _across(view: View, start: int, end: int, between: str) -> View:
    before, starts, ends = view.part(max(0, start - SURROUNDINGS), start)
    after, later_starts, later_ends = view.part(end, end + SURROUNDINGS)
    if between:
        # The space stands for the first character of the break.
        _, space_starts, space_ends = view.part(start, start + 1)
        later_starts, later_ends = space_starts + later_starts, space_ends + later_ends
    return View(
        before + between + after,
        starts + later_starts,
        ends + later_ends,
        [Section(0, len(before + between + after), seam=len(before))],
    )
