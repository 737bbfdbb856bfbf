"""Read texts whose personal data is labelled: JSON lines, plain or gzipped."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import msgspec

from headgate.core.errors import OperatorError
from headgate.privacy.evaluation.labelled import Gold, LabelledText


def read_labelled_texts(path: Path) -> Iterator[LabelledText]:
    """Texts with `full_text` and `spans`, with `text` and `annotations`, or with one secret.

    Raises:
        OperatorError: A line is not of any of these forms.
    """
    with _opened(path) as lines:
        for number, line in enumerate(lines):
            if not line.strip():
                continue
            try:
                yield _text(msgspec.json.decode(line), number)
            except (KeyError, TypeError, msgspec.DecodeError) as error:
                raise OperatorError(f"{path}:{number + 1}: not a labelled text: {error}") from error


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def _text(row: dict[str, Any], number: int) -> LabelledText:
    template = row.get("template_id")
    group = number if template is None else int(template)
    if "rule" in row:
        secret = Gold("SECRET", int(row["start"]), int(row["end"]))
        return LabelledText(row["text"], (secret,), group)
    if "full_text" in row:
        spans = (
            Gold(span["entity_type"], int(span["start_position"]), int(span["end_position"]))
            for span in row["spans"]
        )
        return LabelledText(row["full_text"], tuple(spans), group)
    spans = (
        Gold(span["entity_type"], int(span["start"]), int(span["end"]))
        for span in row["annotations"]
    )
    return LabelledText(row["text"], tuple(spans), group)
