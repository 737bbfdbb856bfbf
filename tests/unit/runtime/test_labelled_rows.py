"""Labelled files, good and bad."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from headgate.runtime.labelled_rows import FEWEST_ROWS, BadLabelledFile, read_prompts


def write(path: Path, rows: list[Any]) -> Path:
    path.write_text(
        "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows)
    )
    return path


def rows(count: int = FEWEST_ROWS) -> list[Any]:
    return [{"id": f"{n}", "prompt": f"question {n}", "weak": 0, "strong": 1} for n in range(count)]


def test_plain_and_gzipped_files_say_the_same(tmp_path: Path) -> None:
    plain = write(tmp_path / "a.jsonl", [*rows(), ""])
    packed = tmp_path / "a.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    found = read_prompts(plain)
    assert found == read_prompts(packed)
    assert len(found) == FEWEST_ROWS
    assert (found[3].prompt, found[3].gain) == ("question 3", 1.0)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("{", "line 3"),
        ({"prompt": "x", "weak": 0}, "missing required field `strong`"),
        ({"prompt": "x", "weak": "no", "strong": 1}, "Expected `float`"),
        ({"prompt": "x", "weak": 2, "strong": 1}, "`weak` is not between 0 and 1"),
        ({"prompt": "x", "weak": 0, "strong": -0.1}, "`strong` is not between 0 and 1"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, row: Any, complaint: str) -> None:
    path = write(tmp_path / "a.jsonl", [*rows(2), row])
    with pytest.raises(BadLabelledFile, match="line 3") as caught:
        read_prompts(path, fewest=1)
    assert complaint in str(caught.value)
    assert "each line is an object" in (caught.value.hint or "")


def test_too_few_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadLabelledFile, match="has 2 rows, too few"):
        read_prompts(write(tmp_path / "a.jsonl", rows(2)))


@pytest.mark.parametrize("content", [b"\x1f\x8bnot gzip", None])
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.gz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadLabelledFile, match="cannot be read"):
        read_prompts(path)
