"""Read texts whose personal data is labelled, and texts that hold none."""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from headgate.privacy.evaluation.labelled import Gold, LabelledText
from headgate.runtime.labelled_rows import BadLabelledFile, rows_of

COLUMNS = (
    "each line is an object with `full_text` and `spans` (`entity_type`, `start_position`,"
    " `end_position`), with `text` and `annotations` (`entity_type`, `start`, `end`), or with"
    " `text` and the `start` and `end` of one secret"
)
PROSE_AND_CODE = frozenset(
    {".py", ".md", ".rst", ".txt", ".html", ".js", ".ts", ".go", ".rs", ".c"}
)


class _Span(Struct, frozen=True):
    entity_type: str
    start: int | None = None
    end: int | None = None
    start_position: int | None = None
    end_position: int | None = None


class _Row(Struct, frozen=True):
    text: str | None = None
    full_text: str | None = None
    spans: tuple[_Span, ...] | None = None
    annotations: tuple[_Span, ...] | None = None
    template_id: int | None = None
    start: int | None = None
    end: int | None = None


def read_labelled_texts(path: Path) -> list[LabelledText]:
    """JSON lines, plain or gzipped, in any of three forms.

    Raises:
        BadLabelledFile: It cannot be read, a line is of none of the forms, or there is none.
    """
    found = [_text(path, number, row) for number, row in rows_of(path, _Row, COLUMNS)]
    if not found:
        raise BadLabelledFile(f"`{path}` has no rows", hint=COLUMNS)
    return found


def read_clean_texts(paths: tuple[Path, ...]) -> Iterator[str]:
    """Files, and of folders the prose and code within; undecodable bytes are replaced."""
    for path in paths:
        inside = path.rglob("*") if path.is_dir() else (path,)
        for file in sorted(inside):
            if file == path or (file.suffix in PROSE_AND_CODE and file.is_file()):
                yield file.read_text("utf-8", errors="replace")


def _text(path: Path, number: int, row: _Row) -> LabelledText:
    text = row.text if row.full_text is None else row.full_text
    spans = tuple(_spans(row))
    is_inside = text is not None and all(0 <= each.start < each.end <= len(text) for each in spans)
    if text is None or not is_inside:
        raise BadLabelledFile(f"`{path}`, line {number}: not a labelled text", hint=COLUMNS)
    # Lines count from one, places in the file from zero.
    return LabelledText(text, spans, number - 1 if row.template_id is None else row.template_id)


def _spans(row: _Row) -> Iterator[Gold]:
    if row.start is not None and row.end is not None:
        yield Gold("SECRET", row.start, row.end)
    for span in (*(row.spans or ()), *(row.annotations or ())):
        start = span.start if span.start_position is None else span.start_position
        end = span.end if span.end_position is None else span.end_position
        yield Gold(span.entity_type, -1 if start is None else start, -1 if end is None else end)
