"""JSON documents that hold their rows in lists: taken apart into a row a line.

A page of `{"data": [{"start_time": …, "results": [{…}, {…}]}]}` becomes one line for each
result, with the members of its bucket; a bucket without results is one line too, so that
it is counted. Values are copied as they are, not decoded.
"""

import re
from array import array
from collections.abc import Iterator
from typing import BinaryIO

import msgspec
from msgspec import Raw

from headgate.traffic.format import Names
from headgate.traffic.registry import known_lists

LARGEST = 128 * 2**20
"""Bytes. A document has to be held in memory; a file of lines or one list has not."""
TRAILING = re.compile(r"trailing characters \(byte (\d+)\)")
_members = msgspec.json.Decoder(dict[str, Raw])
_elements = msgspec.json.Decoder(list[Raw])


def lists_in(document: bytes | memoryview) -> Names:
    """Which of the lists that formats know a document has; empty if it is a row itself."""
    members = _members.decode(document)
    for lists in known_lists():
        rows = _list(members.get(lists[0]))
        if rows is not None and (len(lists) == 1 or any(_has(row, lists[1]) for row in rows)):
            return lists
    return ()


def split_documents(text: bytes) -> Iterator[memoryview]:
    """The documents of a file, which may follow each other without a comma.

    Raises:
        DecodeError: The rest is not JSON.
    """
    rest = memoryview(text.removeprefix(b"\xef\xbb\xbf").strip())
    while rest:
        try:
            msgspec.json.decode(rest, type=Raw)
        except msgspec.DecodeError as error:
            found = TRAILING.search(str(error))
            if found is None:
                raise
            end = int(found[1]) - 1  # It has read the first byte too many.
        else:
            end = len(rest)
        yield rest[:end]
        rest = rest[end:]


def write_rows(documents: Iterator[memoryview], lists: Names, file: BinaryIO) -> "array[int]":
    """Write each row as a line; for each, which element of the outer list it is from.

    Empty if no list has a row.

    Raises:
        DecodeError: A document is not built like the first.
    """
    origins = array("Q")
    number = 0
    is_empty = True
    for document in documents:
        for element in _outer(document, lists):
            number += 1
            own, rows = _rows(element, lists)
            is_empty = is_empty and not own
            for row in rows:
                origins.append(number)
                # Between values a line end is only space; inside of strings there is none.
                file.write(row.replace(b"\n", b" ").replace(b"\r", b" ") + b"\n")
    return array("Q") if is_empty else origins


def _outer(document: memoryview, lists: Names) -> Iterator[bytes]:
    if _begins(document, b"["):
        for inner in _elements.decode(document):
            yield from _outer(memoryview(inner), lists)
    elif not lists:
        yield bytes(document)
    else:
        rows = _list(_members.decode(document).get(lists[0]))
        if rows is None:
            raise msgspec.ValidationError(f"a document has no list `{lists[0]}`")
        yield from map(bytes, rows)


def _rows(element: bytes, lists: Names) -> tuple[int, list[bytes]]:
    """How many rows an element has, and its lines: one also where it has none."""
    if len(lists) < 2:
        return 1, [element]
    shared = _members.decode(element)
    own = _list(shared.pop(lists[1], None)) or []
    rows = map(_members.decode, own or [Raw(b"{}")])
    return len(own), [msgspec.json.encode({**shared, **row}) for row in rows]


def _list(value: Raw | None) -> list[Raw] | None:
    return _elements.decode(value) if value is not None and _begins(value, b"[") else None


def _has(row: Raw, member: str) -> bool:
    return _begins(row, b"{") and _list(_members.decode(row).get(member)) is not None


def _begins(value: Raw | memoryview, mark: bytes) -> bool:
    return bytes(memoryview(value)[:1]) == mark
