"""Files of labelled cascades, good and bad."""

import gzip

import pytest

from headgate.runtime.cascade_rows import COLUMNS, FEWEST_ROWS, BadLabelledFile, read_rows
from support.labelled_cascades import rows, write


def test_plain_and_gzipped_files_say_the_same(tmp_path):
    plain = write(tmp_path / "a.jsonl", rows(30))
    packed = tmp_path / "a.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    found = read_rows(plain)
    assert found == read_rows(packed)
    assert len(found) == 30
    assert [each.model for each in found[0].cheap] == ["small", "other", "better"]


def broken(change):
    lines = rows(30)
    change(lines[6])
    return lines


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda row: row.pop("strong"), "missing required field `strong`"),
        (lambda row: row.update(strong="yes"), "Expected `float`, got `str` - at `$.strong`"),
        (lambda row: row.update(strong=2), "`strong` is not between 0 and 1"),
        (lambda row: row["cheap"][1].update(correct=-1), "`correct` is not between 0 and 1"),
        (lambda row: row["cheap"].clear(), "`cheap` is empty"),
        (lambda row: row["cheap"].reverse(), "`cheap` has the models better, other, small"),
        (lambda row: row["cheap"][1].update(model="small"), "one model is twice in `cheap`"),
        (lambda row: row["cheap"][0].pop("chars"), "missing required field `chars`"),
    ],
)
def test_a_bad_row_is_named_by_its_line(tmp_path, change, complaint):
    path = write(tmp_path / "a.jsonl", broken(change))
    with pytest.raises(BadLabelledFile) as caught:
        read_rows(path)
    assert f"`{path}`, line 7: " in caught.value.message
    assert complaint in caught.value.message
    assert caught.value.hint == COLUMNS


def test_what_is_no_json_is_named_by_its_line(tmp_path):
    path = write(tmp_path / "a.jsonl", rows(3))
    path.write_text(path.read_text() + "not json\n")
    with pytest.raises(BadLabelledFile, match="line 4: JSON is malformed"):
        read_rows(path)


def test_too_few_rows_are_refused_and_empty_lines_are_none(tmp_path):
    path = write(tmp_path / "a.jsonl", rows(FEWEST_ROWS))
    path.write_text(path.read_text() + "\n\n")
    assert len(read_rows(path)) == FEWEST_ROWS
    with pytest.raises(BadLabelledFile, match="has 2 rows, too few"):
        read_rows(write(tmp_path / "b.jsonl", rows(2)))


def test_what_cannot_be_read_is_said(tmp_path):
    with pytest.raises(BadLabelledFile, match="cannot be read: No such file"):
        read_rows(tmp_path / "none.jsonl")
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(b"{}" * 1000)[:20])
    with pytest.raises(BadLabelledFile, match="cannot be read"):
        read_rows(cut)
