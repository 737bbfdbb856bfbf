"""`headgate eval routing` as it is typed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from headgate.cli.eval import command


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    kinds = (("prove theorem {}", 0), ("say hello to {}", 1))
    rows = [
        {"prompt": kinds[n % 2][0].format(n * 37), "weak": kinds[n % 2][1], "strong": 1}
        for n in range(120)
    ]
    path = tmp_path / "mine.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_the_json_has_scores_curves_and_times(labels: Path, tmp_path: Path) -> None:
    picture = tmp_path / "curve.svg"
    arguments = ["routing", str(labels), "--labels", "40", "--json", "--picture", str(picture)]
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)["mine"]
    assert list(found["scores"]) == [
        *("chance", "length", "prior, no labels", "40 labels", "all labels")
    ]
    assert found["scores"]["all labels"]["apgr"] > 0.7
    assert found["decision_ms"]["p50_ms"] >= 0
    assert "all labels" in picture.read_text()


def test_a_bad_file_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"prompt": "x"}\n')
    done = CliRunner().invoke(command, ["routing", str(path)])
    assert "line 1" in str(done.exception)
