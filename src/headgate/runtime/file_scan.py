"""Scan files and folders: which are read, in which pieces, and where a finding stands.

A file is read in windows, so that its size does not matter. Two windows share a stretch, in
which whatever the end of the one cuts stands whole in the other.
"""

import codecs
import os
import re
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from headgate.core.errors import HeadgateError
from headgate.privacy.finding import Finding
from headgate.privacy.scan import findings

STDIN = "-"
IGNORED_FOLDERS = frozenset(
    {".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".nox"}
    | {".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".idea", ".terraform"}
)
WINDOW_CHARACTERS = 64 * 1024
SHARED_CHARACTERS = 32 * 1024
"""More than the longest secret; of it, the second half is left to the next window."""
_SNIFFED_BYTES = 8_192
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Located(Struct, frozen=True, kw_only=True):
    """A finding in a file. Lines and columns count from 1; the end is one past the last."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    label: str
    kind: str
    score: float
    masked: str
    """At most the first four characters, and never more than a quarter."""


class Unreadable(Struct, frozen=True):
    """A file that could not be read."""

    path: str
    why: str


class Scanned(Struct, frozen=True, kw_only=True):
    """What a scan saw."""

    labels: Sequence[str]
    files: int
    binary_files: int
    """Skipped: what holds a zero byte is no text."""
    findings: Sequence[Located]
    unreadable: Sequence[Unreadable]


def scan_paths(paths: Iterable[Path], wanted: frozenset[str]) -> Scanned:
    """Scan files, folders and (`-`) standard input.

    Raises:
        HeadgateError: One of `paths` is not there.
    """
    found: list[Located] = []
    unreadable: list[Unreadable] = []
    files = binary_files = 0
    for name, path in _files(paths, unreadable):
        try:
            texts = _texts(path)
            if texts is None:
                binary_files += 1
                continue
            found.extend(scan_text(name, texts, wanted))
        except OSError as error:
            unreadable.append(Unreadable(name, error.strerror or type(error).__name__))
            continue
        files += 1
    return Scanned(
        labels=sorted(wanted),
        files=files,
        binary_files=binary_files,
        findings=found,
        unreadable=unreadable,
    )


def _files(
    paths: Iterable[Path], unreadable: list[Unreadable]
) -> Iterator[tuple[str, Path | None]]:
    for path in paths:
        if str(path) == STDIN:
            yield STDIN, None
        elif path.is_dir():
            yield from ((str(each), each) for each in _inside(path, unreadable))
        elif path.exists():
            yield str(path), path
        else:
            raise HeadgateError(f"cannot read `{path}`: no such file or folder")


def _inside(folder: Path, unreadable: list[Unreadable]) -> Iterator[Path]:
    """Files of a folder in order; links are not followed, so no file comes twice."""

    def note(error: OSError) -> None:
        unreadable.append(Unreadable(str(error.filename), error.strerror or "unknown"))

    for parent, folders, names in os.walk(folder, onerror=note):
        folders[:] = sorted(set(folders) - IGNORED_FOLDERS)
        for name in sorted(names):
            path = Path(parent, name)
            if path.is_file() and not path.is_symlink():
                yield path


def _texts(path: Path | None) -> Iterator[str] | None:
    """The text of a file in pieces; `None`: it is none."""
    stream: BinaryIO = sys.stdin.buffer if path is None else path.open("rb")
    head = stream.read(_SNIFFED_BYTES)
    encoding = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if encoding is None and b"\0" in head:
        stream.close()
        return None
    return _decoded(stream, head, encoding or "utf-8")


def _decoded(stream: BinaryIO, head: bytes, encoding: str) -> Iterator[str]:
    # What cannot be decoded is replaced, one mark for each piece of it: the rest still counts.
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    with stream:
        while head:
            yield decoder.decode(head)
            head = stream.read(WINDOW_CHARACTERS // 4)
    yield decoder.decode(b"", final=True)


def scan_text(
    name: str,
    texts: Iterable[str],
    wanted: frozenset[str],
    *,
    window: int = WINDOW_CHARACTERS,
    shared: int = SHARED_CHARACTERS,
) -> Iterator[Located]:
    """The findings of a text that comes in pieces, in order, each once."""
    line, column = 1, 1
    seen_to: dict[str, int] = {}
    for begin, piece, is_last in _windows(texts, window, shared):
        lines = _Lines(piece, line, column)
        own = len(piece) if is_last else len(piece) - shared // 2
        for each in findings(piece, wanted):
            if each.start >= own or begin + each.end <= seen_to.get(each.label, 0):
                continue
            seen_to[each.label] = begin + each.end
            yield _located(name, piece, each, lines)
        line, column = lines.place(len(piece) - shared)


def _windows(texts: Iterable[str], window: int, shared: int) -> Iterator[tuple[int, str, bool]]:
    """Windows with where they begin, and whether they are the last."""
    assert 0 < shared < window
    held, begin = "", 0
    for text in texts:
        held += text
        while len(held) > window:
            yield begin, held[:window], False
            begin += window - shared
            held = held[window - shared :]
    yield begin, held, True


class _Lines:
    """Lines and columns of a piece of text that begins at a line and column."""

    __slots__ = ("_column", "_line", "_starts")

    def __init__(self, piece: str, line: int, column: int) -> None:
        self._line, self._column = line, column
        self._starts = [found.end() for found in re.finditer("\n", piece)]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset into the piece."""
        lines = bisect_right(self._starts, offset)
        if not lines:
            return self._line, self._column + offset
        return self._line + lines, offset - self._starts[lines - 1] + 1


def _located(name: str, piece: str, found: Finding, lines: _Lines) -> Located:
    line, column = lines.place(found.start)
    end_line, end_column = lines.place(found.end)
    return Located(
        path=name,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        label=found.label,
        kind=found.kind,
        score=found.score,
        masked=masked(piece[found.start : found.end]),
    )


def masked(value: str) -> str:
    """Enough of `value` to recognise it by, for who knows it, and too little to use."""
    shown = "".join(value[: min(4, len(value) // 4)].split())
    return f"{shown}… ({len(value)} characters)"
