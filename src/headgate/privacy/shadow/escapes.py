r"""Undo escapes: `\u0040` and `\n` of JSON, `%40` of addresses, `&#64;` of web pages.

Only the surroundings of an escape are read again, and only of one that can change what is
found: a `\n` in front of a quotation mark, as code is full of, cannot.
"""

import re
from collections.abc import Iterator, Sequence
from html import unescape
from itertools import accumulate

from headgate.privacy.shadow.view import Section, View

# Each begins with a fixed character, so that a search runs at memory speed to the next one.
_BACKSLASH = re.compile(
    r"\\(?:u[0-9a-fA-F{]|x[0-9a-fA-F]{2}|[nrtbfv](?=[^\W_]|[+(])|/(?=[0-9])|\\[uxnrt])"
)
_PERCENT = re.compile(r"%(?:[2-7][0-9a-fA-F]|[cdefCDEF][0-9a-fA-F]%)")
_AMPERSAND = re.compile(r"&(?:#[xX]?[0-9a-fA-F]{2,7}|[A-Za-z]{2,31};)")
_EVERY = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]{1,6}\}|\\x[0-9a-fA-F]{2}|\\[nrtbfv\"'/\\]"
    r"|(?:%[0-9a-fA-F]{2})+"
    r"|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30}(?=;));?"
    r"|(?<=[0-9]{2})\+(?=[0-9]{2})"
)
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "b": " ", "f": " ", "v": " "}
MOST_ROUNDS = 3
"""How often an escape may itself have been escaped."""
SURROUNDINGS = 160
"""Characters read around an escape: enough for the words that say what a number is."""
CUT = 48
"""This near to where the surroundings end, a finding may be half of one."""
LONGEST_WORD = 4096

_NOT_SPACE = re.compile(rf"\S{{0,{LONGEST_WORD}}}")


def unescaped(view: View) -> Iterator[View]:
    """A view of each stretch of `view` that reads differently with its escapes undone."""
    written = view.written
    for start, end in _stretches(written):
        stretch = View(written[start:end], view.starts[start:end], view.ends[start:end])
        for _ in range(MOST_ROUNDS):
            stretch = _undo(stretch)
            if not any(True for _ in _escapes(stretch.written)):
                break
        size = len(stretch.written)
        counted = Section(CUT if start else 0, size - CUT if end < len(written) else size)
        yield View(stretch.written, stretch.starts, stretch.ends, [counted])


def _escapes(written: str) -> Iterator[int]:
    """Where an escape begins that may hide something."""
    for sign, pattern in (("\\", _BACKSLASH), ("%", _PERCENT), ("&", _AMPERSAND)):
        if sign in written:
            yield from (match.start() for match in pattern.finditer(written))


def _stretches(written: str) -> Iterator[tuple[int, int]]:
    start = end = -1
    for place in sorted(_escapes(written)):
        if start >= 0 and place - SURROUNDINGS <= end:
            end = max(end, place + SURROUNDINGS)
            continue
        if start >= 0:
            yield start, _whole_word(written, end)
        start = max(end, place - SURROUNDINGS, 0)
        end = place + SURROUNDINGS
    if start >= 0:
        yield start, _whole_word(written, end)


def _whole_word(written: str, end: int) -> int:
    match = _NOT_SPACE.match(written, min(end, len(written)))
    return match.end() if match else end


def _undo(view: View) -> View:
    """`view` with one layer of escapes taken off."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for match in _EVERY.finditer(view.written):
        begin, end = match.span()
        plain, sizes = _plain(match[0])
        parts += (view.written[done:begin], plain)
        starts += view.starts[done:begin]
        ends += view.ends[done:begin]
        edges = list(accumulate(sizes, initial=begin))
        starts += [view.starts[edge] for edge in edges[:-1]]
        ends += [view.ends[edge - 1] for edge in edges[1:]]
        done = end
    parts.append(view.written[done:])
    starts += view.starts[done:]
    ends += view.ends[done:]
    return View("".join(parts), starts, ends)


def _plain(escape: str) -> tuple[str, Sequence[int]]:
    """What an escape stands for, and the size of the part of it that gives each character."""
    if escape[0] == "%":
        return _from_percent(escape)
    plain = _from_backslash(escape) if escape[0] == "\\" else _from_entity(escape)
    return plain, [len(escape), *[0] * (len(plain) - 1)][: len(plain)]


def _from_percent(escape: str) -> tuple[str, Sequence[int]]:
    octets = bytes.fromhex(escape.replace("%", ""))
    try:
        plain = octets.decode()
    except UnicodeDecodeError:
        plain = octets.decode("latin-1")
        return plain, [3] * len(plain)
    return plain, [3 * len(character.encode()) for character in plain]


def _from_backslash(escape: str) -> str:
    kind = escape[1]
    if kind == "u" and escape.count("\\") == 2:
        pair = int(escape[2:6], 16), int(escape[8:], 16)
        return chr(0x10000 + ((pair[0] - 0xD800) << 10) + (pair[1] - 0xDC00))
    if kind in "ux":
        point = int(escape[2:].strip("{}"), 16)
        return chr(point) if point <= 0x10FFFF else "?"
    return _CONTROLS.get(kind, kind)


def _from_entity(escape: str) -> str:
    if escape == "+":
        return " "
    plain = unescape(escape)
    return plain if plain != escape and plain else " "
