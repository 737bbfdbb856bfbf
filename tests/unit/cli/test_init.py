from pathlib import Path

from headgate.cli.main import run
from headgate.config.load import read_file


def test_what_is_written_is_a_configuration_that_check_accepts(capsys, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-hunter2")
    assert run(["init"]) == 0
    text = Path("headgate.yaml").read_text()
    assert "hunter2" not in text
    assert read_file(Path("headgate.yaml"), {}).settings.targets["openai"].backend == "openai"
    assert run(["check", "--strict"]) == 0
    assert "hunter2" not in "".join(capsys.readouterr())


def test_a_file_that_exists_is_left_alone(capsys):
    Path("mine.yaml").write_text("mine")
    assert run(["init", "mine.yaml"]) == 1
    assert Path("mine.yaml").read_text() == "mine"
    assert capsys.readouterr().err.startswith("`mine.yaml` is already there\nhint: ")


def test_a_folder_that_is_not_there_is_told(capsys):
    assert run(["init", "nowhere/headgate.yaml"]) == 1
    assert "cannot write `nowhere/headgate.yaml`: No such file" in capsys.readouterr().err
