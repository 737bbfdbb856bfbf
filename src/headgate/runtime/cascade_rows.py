"""Read a file of labelled cascades: JSON lines, plain or gzipped."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from zlib import error as BadDeflate

import msgspec

from headgate.core.errors import CallerError
from headgate.policy.cascade.rows import Row

FEWEST_ROWS = 20
GZIP = b"\x1f\x8b"
COLUMNS = (
    "each line is an object with `id`, `prompt`, `strong` (0 to 1) and `cheap`, a list of"
    " `model`, `correct` (0 to 1), `answer` and `chars`"
)


class BadCascadeFile(CallerError):
    """The file cannot be learned from; the message says where and why."""

    code = "bad_cascade_file"


def read_rows(path: Path) -> list[Row]:
    """All rows of a file; every row has the answers of the same models, in the same order."""
    rows = list(_rows(path))
    if len(rows) < FEWEST_ROWS:
        raise BadCascadeFile(
            f"`{path}` has {len(rows)} rows, too few to learn from some and score on others",
            hint=f"label {FEWEST_ROWS} questions at least",
        )
    return rows


def _rows(path: Path) -> Iterator[Row]:
    decoder = msgspec.json.Decoder(Row)
    models: list[str] | None = None
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            row = decoder.decode(line)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise BadCascadeFile(f"`{path}`, line {number}: {error}", hint=COLUMNS) from error
        found = [each.model for each in row.cheap]
        models = models or found
        if problem := _problem(row, found, models):
            raise BadCascadeFile(f"`{path}`, line {number}: {problem}", hint=COLUMNS)
        yield row


def _problem(row: Row, found: list[str], models: list[str]) -> str | None:
    if not found:
        return "`cheap` is empty"
    if len(set(found)) < len(found):
        return "one model is twice in `cheap`"
    if found != models:
        return f"`cheap` has the models {', '.join(found)}, line 1 has {', '.join(models)}"
    shares = [("strong", row.strong), *(("correct", each.correct) for each in row.cheap)]
    wrong = next((name for name, value in shares if not 0 <= value <= 1), None)
    return None if wrong is None else f"`{wrong}` is not between 0 and 1"


def _lines(path: Path) -> list[bytes]:
    try:
        content = path.read_bytes()
        return (gzip.decompress(content) if content.startswith(GZIP) else content).splitlines()
    except (OSError, EOFError, BadDeflate) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadCascadeFile(f"`{path}` cannot be read: {reason}") from error
