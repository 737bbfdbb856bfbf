"""Is a file UTF-8, and if not, where does it stop being that."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from headgate.traffic.bad_file import BadUsageFile, wrong_encoding

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def check_head(head: bytes, name: str) -> None:
    """Refuse what begins like no UTF-8 text.

    Raises:
        BadUsageFile: It is UTF-16, or binary.
    """
    if head.startswith(UTF_16_MARKS):
        raise wrong_encoding(name, line=1, found=_shown(head[:2]), encoding="UTF-16")
    if b"\0" in head:
        raise _with_zeros(head, name)


def find_invalid(path: Path, name: str) -> BadUsageFile | None:
    """What to say about the first line that is not UTF-8, if there is one."""
    with open_unpacked(path) as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode()
            except UnicodeDecodeError as error:
                odd = line[error.start : error.end]
                # These are control characters in Latin-1, and letters in Windows' variant of it.
                windows = any(0x80 <= byte <= 0x9F for byte in line)
                encoding = "WINDOWS-1252" if windows else "ISO-8859-1"
                return wrong_encoding(name, line=number, found=_shown(odd), encoding=encoding)
    return None


def is_zstd(path: Path) -> bool:
    """Whether the file is packed as DuckDB can unpack it and Python cannot."""
    with path.open("rb") as file:
        return file.read(len(ZSTD)) == ZSTD


def _with_zeros(head: bytes, name: str) -> BadUsageFile:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 4:
        encoding = "UTF-16LE" if odd > even else "UTF-16BE"
        return wrong_encoding(name, line=1, found="every other byte is 00", encoding=encoding)
    return BadUsageFile(
        f"`{name}` is not a text file: it has a byte 00 in its first {len(head)} bytes",
        hint="give it as CSV, JSON or JSONL, plain or compressed with gzip or zstd",
    )


@contextmanager
def open_unpacked(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file, without gzip's packing."""
    with path.open("rb") as file:
        is_packed = file.read(len(GZIP)) == GZIP
        file.seek(0)
        if not is_packed:
            yield file
            return
        with gzip.open(file) as unpacked:
            yield cast(BinaryIO, unpacked)


def _shown(odd: bytes) -> str:
    return f"byte{'s' if len(odd) > 1 else ''} {odd.hex(' ').upper()}"
