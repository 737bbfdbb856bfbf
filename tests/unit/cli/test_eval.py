"""`headgate eval` finds what it can score."""

from headgate.cli.main import run
from support.labelled_cascades import rows, write


def test_every_evaluation_is_listed_with_what_it_does(capsys):
    assert run(["eval", "--help"]) == 0
    assert "cascade  Score cascades on labelled answers." in " ".join(
        capsys.readouterr().out.split("\n")
    ).replace("    ", "  ")


def test_an_evaluation_runs_by_its_name(tmp_path, capsys):
    data = write(tmp_path / "sums.jsonl", rows(60))
    assert run(["eval", "cascade", str(data), "--splits", "1"]) == 0
    assert "sums: learned from 42 questions" in capsys.readouterr().out


def test_a_bad_file_is_a_sentence_and_a_hint(tmp_path, capsys):
    data = write(tmp_path / "sums.jsonl", [{"id": "x"}])
    assert run(["eval", "cascade", str(data)]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"`{data}`, line 1: Object missing required field")
    assert "\nhint: each line is an object with `id`" in error


def test_an_unknown_evaluation_is_refused(capsys):
    assert run(["eval", "nothing"]) == 2
    assert "No such command 'nothing'" in capsys.readouterr().err
