"""Files of labelled texts."""

import gzip
import json

import pytest

from headgate.privacy.evaluation.labelled import Gold
from headgate.runtime.labelled_rows import BadLabelledFile
from headgate.runtime.labelled_texts import read_clean_texts, read_labelled_texts

PRESIDIO = {
    "full_text": "I am Ada",
    "masked": "I am {{PERSON}}",
    "template_id": 7,
    "spans": [
        {"entity_type": "PERSON", "start_position": 5, "end_position": 8, "entity_value": "Ada"}
    ],
}
AMBIENT = {"text": "I am Ada", "annotations": [{"entity_type": "PERSON", "start": 5, "end": 8}]}
SECRET = {"text": "key abc", "rule": "some-key", "start": 4, "end": 7, "secret": "abc"}


def written(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_all_three_forms_are_read(tmp_path):
    rows = read_labelled_texts(written(tmp_path / "x.jsonl", PRESIDIO, AMBIENT, SECRET))
    assert [row.text for row in rows] == ["I am Ada", "I am Ada", "key abc"]
    assert [row.spans for row in rows] == [
        (Gold("PERSON", 5, 8),),
        (Gold("PERSON", 5, 8),),
        (Gold("SECRET", 4, 7),),
    ]


def test_folds_go_by_template_and_else_by_place(tmp_path):
    rows = read_labelled_texts(written(tmp_path / "x.jsonl", PRESIDIO, AMBIENT, SECRET))
    assert [row.group for row in rows] == [7, 1, 2]


def test_a_gzipped_file_is_read(tmp_path):
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(AMBIENT).encode()))
    assert read_labelled_texts(path)[0].spans == (Gold("PERSON", 5, 8),)


@pytest.mark.parametrize(
    "row",
    [
        {"spans": []},
        {"text": "x", "annotations": [{"entity_type": "PERSON", "start": 0, "end": 9}]},
        {"text": "x", "annotations": [{"entity_type": "PERSON"}]},
        {"text": "x", "annotations": [{"start": 0, "end": 1}]},
    ],
)
def test_a_line_of_another_form_is_named(tmp_path, row):
    with pytest.raises(BadLabelledFile, match="line 2"):
        read_labelled_texts(written(tmp_path / "x.jsonl", AMBIENT, row))


def test_a_file_without_rows_is_refused(tmp_path):
    with pytest.raises(BadLabelledFile, match="no rows"):
        read_labelled_texts(written(tmp_path / "x.jsonl"))


def test_clean_text_is_a_file_or_the_prose_and_code_of_a_folder(tmp_path):
    (tmp_path / "a.md").write_text("prose")
    (tmp_path / "b.bin").write_bytes(b"\x00")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "c.py").write_bytes(b"code \xff")
    odd = tmp_path / "odd.log"
    odd.write_text("log")
    assert list(read_clean_texts((tmp_path,))) == ["prose", "code \ufffd"]
    assert list(read_clean_texts((odd,))) == ["log"]
