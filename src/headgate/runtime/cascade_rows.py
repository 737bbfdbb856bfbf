"""Read a file of labelled cascades."""

from collections.abc import Iterator
from pathlib import Path

from headgate.policy.cascade.rows import Row
from headgate.runtime.labelled_rows import FEWEST_ROWS, BadLabelledFile, rows_of

COLUMNS = (
    "each line is an object with `id`, `prompt`, `strong` (0 to 1) and `cheap`, a list of"
    " `model`, `correct` (0 to 1), `answer` and `chars`"
)


def read_rows(path: Path) -> list[Row]:
    """All rows of a file; every row has the answers of the same models, in the same order.

    Raises:
        BadLabelledFile: The file, or a line of it, is none of that, or there are too few.
    """
    rows = list(_rows(path))
    if len(rows) < FEWEST_ROWS:
        raise BadLabelledFile(
            f"`{path}` has {len(rows)} rows, too few to learn from some and score on others",
            hint=f"label {FEWEST_ROWS} questions at least",
        )
    return rows


def _rows(path: Path) -> Iterator[Row]:
    models: list[str] | None = None
    for number, row in rows_of(path, Row, COLUMNS):
        found = [each.model for each in row.cheap]
        models = models or found
        if problem := _problem(row, found, models):
            raise BadLabelledFile(f"`{path}`, line {number}: {problem}", hint=COLUMNS)
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
