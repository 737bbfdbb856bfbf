import json
from pathlib import Path

import pytest

from headgate.cli.main import run

GOOD = "targets:\n  box: {backend: vllm, model: m}\n"
SURPRISING = GOOD + "  gpt: {backend: openai}\n"
WRONG = "targets:\n  box:\n    backend: vllm\n    modle: m\n"


def write(text: str) -> None:
    Path("headgate.yaml").write_text(text)


def test_a_good_file_is_told_in_words(capsys):
    write(GOOD)
    assert run(["check"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[-2:] == ["route `default` (default): `box`", "target `box`: m on vllm"]
    assert err == ""


def test_a_wrong_file_is_exit_3_with_place_and_hint(capsys):
    write(WRONG)
    assert run(["check"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith(
        "headgate.yaml:4:5: targets.box.modle: unknown setting\nhint: did you mean `model`?\n"
    )


def test_a_wrong_file_as_json_is_one_document_and_exit_3(capsys):
    write(WRONG)
    assert run(["check", "--json"]) == 3
    document = json.loads(capsys.readouterr().out)
    assert document["valid"] is False
    [problem] = document["problems"]
    assert (problem["line"], problem["column"]) == (4, 5)
    assert problem["setting"] == "targets.box.modle"


def test_a_good_file_as_json_is_one_document(capsys):
    write(SURPRISING + "budgets:\n  all: {usd: 5, per: day}\n")
    assert run(["check", "--json", "--show-origin"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["valid"] is True
    assert document["default_route"] == "default"
    assert document["targets"] == {"box": "m on vllm", "gpt": "any model on openai"}
    assert document["budgets"]["all"].startswith("5 USD a day")
    assert document["warnings"][0]["message"] == "`OPENAI_API_KEY` is not set here"
    assert {"setting": "server.port", "value": 8400, "source": "default"} in document["origins"]


@pytest.mark.parametrize(("text", "code"), [(GOOD, 0), (SURPRISING, 5)])
def test_strict_makes_warnings_exit_5(text, code, capsys):
    write(text)
    assert run(["check", "--strict"]) == code
    assert ("warning: " in capsys.readouterr().err) is (code == 5)


def test_a_local_target_satisfies_privacy(capsys):
    write(GOOD + "routes:\n  r: {targets: [box], privacy: {}}\n")
    assert run(["check", "--strict"]) == 0
    embedded = "targets:\n  box: {backend: embedded, model: demo}\n"
    write(embedded + "routes:\n  r: {targets: [box], privacy: {}}\n")
    assert run(["check", "--strict"]) == 0
    remote = "{backend: vllm, model: m, base_url: 'https://gpu.example/v1'}"
    write(f"targets:\n  box: {remote}\nroutes:\n  r: {{targets: [box], privacy: {{}}}}\n")
    assert run(["check", "--strict"]) == 5
    assert "no target of the route is local" in capsys.readouterr().err


def test_origins_are_shown_a_line_each(capsys):
    write(GOOD)
    assert run(["check", "--show-origin"]) == 0
    out = capsys.readouterr().out
    assert 'targets.box.model: "m"  (headgate.yaml:2:31)\n' in out
    assert "server.port: 8400  (default)\n" in out


def test_without_a_file_there_is_nothing_to_check(capsys):
    assert run(["check"]) == 3
    assert capsys.readouterr().err == (
        "there is no `headgate.yaml` here or above\nhint: `headgate init` writes one\n"
    )


def test_a_file_that_is_not_there_is_exit_3(capsys):
    assert run(["check", "other.yaml"]) == 3
    assert "there is no file `other.yaml`" in capsys.readouterr().err
