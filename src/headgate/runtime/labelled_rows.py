"""Read labelled files: JSON lines, plain or gzipped, each line a value of one kind."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar
from zlib import error as BadDeflate

import msgspec

from headgate.core.errors import CallerError
from headgate.estimate.learning.labelled import LabelledPrompt

FEWEST_ROWS = 20
GZIP = b"\x1f\x8b"
PROMPT_COLUMNS = (
    "each line is an object with `prompt`, and `weak` and `strong` (0 to 1): how good the weaker"
    " and the stronger model answered it"
)
Row = TypeVar("Row")


class BadLabelledFile(CallerError):
    """The file cannot be learned from; the message says where and why."""

    code = "bad_labelled_file"


def rows_of(path: Path, kind: type[Row], columns: str) -> Iterator[tuple[int, Row]]:
    """Rows with their line numbers; empty lines are none.

    Raises:
        BadLabelledFile: It cannot be read, or a line is none of `kind`; `columns` says what is.
    """
    decoder = msgspec.json.Decoder(kind)
    for number, line in enumerate(_lines(path), 1):
        if line.strip():
            try:
                yield number, decoder.decode(line)
            except (msgspec.DecodeError, UnicodeError) as error:
                raise BadLabelledFile(f"`{path}`, line {number}: {error}", hint=columns) from error


def read_prompts(path: Path, *, fewest: int = FEWEST_ROWS) -> list[LabelledPrompt]:
    """Labelled prompts.

    Raises:
        BadLabelledFile: The file, or a line of it, is none of that, or there are too few.
    """
    rows = []
    for number, row in rows_of(path, LabelledPrompt, PROMPT_COLUMNS):
        for name in ("weak", "strong"):
            if not 0 <= getattr(row, name) <= 1:
                raise BadLabelledFile(
                    f"`{path}`, line {number}: `{name}` is not between 0 and 1",
                    hint=PROMPT_COLUMNS,
                )
        rows.append(row)
    if len(rows) < fewest:
        raise BadLabelledFile(
            f"`{path}` has {len(rows)} rows, too few to learn from some and score on others",
            hint=f"label {fewest} prompts at least",
        )
    return rows


def _lines(path: Path) -> list[bytes]:
    try:
        content = path.read_bytes()
        return (gzip.decompress(content) if content.startswith(GZIP) else content).splitlines()
    except (OSError, EOFError, BadDeflate) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadLabelledFile(f"`{path}` cannot be read: {reason}") from error
