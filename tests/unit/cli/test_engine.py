import json
from pathlib import Path

from headgate.cli.main import run
from headgate.engine import install
from headgate.engine.demo_model import ensure_demo_model


def test_status_says_where_the_engine_is_and_what_it_may_use(capsys, monkeypatch):
    monkeypatch.setattr(install, "engine_location", lambda: Path("/engine"))
    assert run(["engine", "status", "--json"]) == 0
    status = json.loads(capsys.readouterr().out)
    assert status["engine"] == "/engine"
    assert status["wanted"] == f"xllamacpp {install.VERSION}"
    assert status["threads"] >= 1
    assert status["models"] == 0


def test_status_without_an_engine_is_exit_1_with_the_way_out(capsys, monkeypatch):
    monkeypatch.setattr(install, "engine_location", lambda: None)
    assert run(["engine", "status"]) == 1
    out, err = capsys.readouterr()
    assert "engine: not installed\n" in out
    assert err == "hint: `headgate engine install`\n"


def test_install_prints_where_the_engine_is(capsys, monkeypatch):
    monkeypatch.setattr(install, "engine_location", lambda: Path("/engine"))
    assert run(["engine", "install"]) == 0
    assert capsys.readouterr() == ("/engine\n", "")


def test_list_shows_the_models_of_a_folder(capsys, tmp_path):
    assert run(["engine", "list", "--models-dir", str(tmp_path)]) == 0
    assert "no model files in" in capsys.readouterr().err
    ensure_demo_model(tmp_path).rename(tmp_path / "tiny.gguf")
    assert run(["engine", "list", "--models-dir", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("tiny.gguf: ")
    assert run(["engine", "list", "--models-dir", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["name"] == "tiny.gguf"
