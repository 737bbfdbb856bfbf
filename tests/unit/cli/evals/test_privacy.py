"""`headgate eval privacy` as it is typed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from headgate.cli.eval import command

ROWS = [
    ("Mail ada@example.com", [("EMAIL", 5, 20)]),
    ("My name is Siiri", [("PERSON", 11, 16)]),
    ("nothing here", []),
    ("size 44", [("SHOE_SIZE", 5, 7)]),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "mine.jsonl"
    rows = [
        {
            "text": text,
            "annotations": [
                dict(zip(("entity_type", "start", "end"), s, strict=True)) for s in spans
            ],
        }
        for text, spans in ROWS
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def run(*arguments: object) -> str:
    done = CliRunner().invoke(command, ["privacy", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_json_has_entities_requests_and_spans(data: Path, tmp_path: Path) -> None:
    picture = tmp_path / "recall.svg"
    found = json.loads(run(data, "--json", "--picture", picture))["mine"]
    assert found["entities"]["by_entity"]["EMAIL"]["recall"] == 1
    assert found["entities"]["not_covered"] == {"SHOE_SIZE": 1}
    assert found["requests"]["flagged"] == 2
    assert found["spans"]["precision"] == 1
    assert "SHOE_SIZE" in picture.read_text()


def test_the_table_names_what_is_not_covered(data: Path) -> None:
    shown = run(data)
    assert "EMAIL\t1\t1.000\t1.000\t1.000" in shown
    assert "no detector answers for: SHOE_SIZE (1)" in shown
    assert "SpanEvaluator at 0.9" in shown


def test_a_fold_is_part_of_the_texts(data: Path) -> None:
    assert json.loads(run(data, "--fold", "odd", "--json"))["mine"]["texts"] == 2


def test_clean_text_is_counted_with_or_without_data(data: Path) -> None:
    assert "clean text" in run("--clean", data)
    clean = json.loads(run(data, "--clean", data, "--label", "email", "--json"))["clean"]
    assert clean["hits"] == {"email": 1}


def test_nothing_to_score_and_unknown_labels_are_mistakes_of_usage(data: Path) -> None:
    assert CliRunner().invoke(command, ["privacy"]).exit_code == 2
    done = CliRunner().invoke(command, ["privacy", str(data), "--label", "shoe"])
    assert done.exit_code == 2
    assert "there are" in done.output


def test_disguises_need_no_data() -> None:
    cells = json.loads(run("--disguises", "--json"))["disguises"]
    assert all(cells["plain"].values())
