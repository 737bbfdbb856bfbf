import json
from pathlib import Path

import pytest

from headgate.cli.main import run

CONFIG = """\
compliance: [hipaa]
targets:
  gpt: {backend: openai, model: gpt-4o}
  box: {backend: vllm, model: m}
"""


def write(text: str = CONFIG) -> None:
    Path("headgate.yaml").write_text(text)


def test_it_shows_who_may_have_what_and_why_not(capsys):
    write()
    assert run(["comply", "--on", "2026-11-28"]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0] == "as of 2026-11-28: hipaa-baa"
    assert "(nothing found)\tyes\tyes\t–" in lines
    [refused] = [line for line in lines if "phi" in line.split("\t")[0].split(", ")]
    assert refused.split("\t")[1:3] == ["no [1] [2]", "yes"]
    assert "hipaa-baa: `baa`: not signed; published: case by case" in out
    assert "45 CFR 164.504(e)" in out
    assert err == ""


def test_as_json_it_is_one_document(capsys):
    write()
    assert run(["comply", "--json", "--label", "board", "--on", "2026-11-28"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["day"] == "2026-11-28"
    [row] = [each for each in document["rows"] if each["label"] == "board"]
    assert [(cell["target"], cell["how"]) for cell in row["cells"]] == [
        ("gpt", "no"),
        ("box", "yes"),
    ]
    assert row["cells"][0]["shortfalls"][0]["policy"] == "hipaa-baa"


def test_another_day_shows_what_will_have_run_out(capsys):
    write(CONFIG.replace("model: gpt-4o", "model: gpt-4o, compliance: {until: 2027-01-31}"))
    assert run(["comply", "--on", "2027-02-01"]) == 0
    assert "gpt\teverything signed\t2027-02-01\t" in capsys.readouterr().out
    assert run(["comply", "--on", "2027-01-31"]) == 0
    assert "everything signed" not in capsys.readouterr().out


def test_no_configuration_is_exit_3(capsys):
    assert run(["comply"]) == 3
    assert "there is no `headgate.yaml`" in capsys.readouterr().err


@pytest.mark.parametrize("what", ["--providers", "--policies"])
@pytest.mark.parametrize("as_json", [False, True])
def test_the_catalogue_is_shown_without_any_configuration(what, as_json, capsys):
    assert run(["comply", what, *(["--json"] if as_json else [])]) == 0
    out = capsys.readouterr().out
    assert ("OpenAI API" if what == "--providers" else "hipaa-baa") in out
    if as_json:
        json.loads(out)
