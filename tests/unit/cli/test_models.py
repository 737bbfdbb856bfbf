import json
from pathlib import Path

from headgate.cli.main import run
from headgate.engine.demo_model import ensure_demo_model

CONFIG = """\
targets:
  box: {backend: vllm, model: m}
engine: {models_dir: models}
"""


def test_routes_targets_files_and_backends_are_listed(capsys):
    Path("headgate.yaml").write_text(CONFIG)
    folder = Path("models")
    folder.mkdir()
    ensure_demo_model(folder.absolute()).rename(folder / "tiny.gguf")
    (folder / "broken.gguf").write_bytes(b"GGUF")
    assert run(["models", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["routes"] == [{"name": "default", "goes_to": "`box`"}]
    assert listed["targets"] == [{"name": "box", "runs": "m on vllm"}]
    broken, tiny = listed["model_files"]
    assert (tiny["name"], tiny["problem"]) == ("tiny.gguf", None)
    assert tiny["size"].endswith(" MiB")
    assert "broken.gguf" in broken["problem"]
    assert {"name": "openai"} in listed["backends"]


def test_in_words_each_stands_on_a_line_under_its_kind(capsys):
    Path("headgate.yaml").write_text(CONFIG)
    assert run(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[lines.index("targets:") + 1] == "  box: m on vllm"
    assert lines[lines.index("backends:") + 1] == "  anthropic"
