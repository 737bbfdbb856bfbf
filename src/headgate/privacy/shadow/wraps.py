"""Join what a line break runs through: a number, an account, an e-mail address.

A break in a text is a seam, and each seam gives a view of its surroundings with the break
taken out, and one with a space in its place. Breaks of a column of numbers are not seams.
"""

import re
from collections.abc import Iterator

from headgate.privacy.shadow.view import View
from headgate.privacy.text import Text

SURROUNDINGS = 96
WIDE_LINE = 56
"""A line this long was probably broken for its length."""
BETWEEN_ROWS = 32
"""Two breaks this near to each other part rows of a table."""

_DIGITS = re.compile(rb"\n[ >]{0,6}(?=0)")
_DIGIT_BEFORE = re.compile(rb"0[ =]{0,2}\r?\Z")
_ACCOUNT = re.compile(rb"aa00[a0 ]{0,40}(=?\r?\n[ >]{0,4})[a0]")
_DOMAIN = re.compile(r"@[\w.-]{0,64}(=?\r?\n[ >]{0,4})(?=[\w.-])")
_SOFT = re.compile(r"=\r?\n")


def joined(view: View) -> Iterator[View]:
    """Views of `view` in which a line break no longer divides an identifier."""
    if "\n" not in view.text.value:
        return
    done = 0
    for start, end in sorted(_seams(view.text)):
        if start >= done:
            done = end
            yield from _across(view.folded, start, end)


def _seams(text: Text) -> Iterator[tuple[int, int]]:
    value, shape = text.value, text.shape
    yield from _without_columns(_between_digits(value, shape))
    for match in _ACCOUNT.finditer(shape):
        if not text.is_word_at(match.start() - 1):
            yield match.span(1)
    yield from _in_domains(value)
    if "=\n" in value or "=\r\n" in value:
        yield from (match.span() for match in _SOFT.finditer(value))


def _in_domains(value: str) -> Iterator[tuple[int, int]]:
    if "@" not in value:
        return
    for match in _DOMAIN.finditer(value):
        start, end = match.span(1)
        line = start - value.rfind("\n", max(0, start - WIDE_LINE), start)
        if value[start - 1] in "@.-" or value[start] == "=" or line > WIDE_LINE:
            yield start, end


def _between_digits(value: str, shape: bytes) -> Iterator[tuple[int, int]]:
    for match in _DIGITS.finditer(shape):
        before = max(0, match.start() - 4)
        if _DIGIT_BEFORE.search(shape[before : match.start()]):
            yield before + len(value[before : match.start()].rstrip("= \r")), match.end()


def _without_columns(seams: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Those with no other one close by."""
    last_end, kept = -BETWEEN_ROWS, None
    for seam in seams:
        is_near = seam[0] - last_end < BETWEEN_ROWS
        if kept is not None and not is_near:
            yield kept
        kept = None if is_near else seam
        last_end = seam[1]
    if kept is not None:
        yield kept


def _across(view: View, start: int, end: int) -> Iterator[View]:
    first, last = max(0, start - SURROUNDINGS), min(len(view.written), end + SURROUNDINGS)
    for between in ("", " "):
        size = start + len(between)  # the space stands for as many characters of the break
        yield View(
            view.written[first:start] + between + view.written[end:last],
            [*view.starts[first:size], *view.starts[end:last]],
            [*view.ends[first:size], *view.ends[end:last]],
            seam=start - first,
        )
