import json
from pathlib import Path

import pytest

from headgate.catalog.kinds import KINDS
from headgate.cli.catalog import COLUMNS, command
from headgate.cli.main import run

LISTED = sorted(KINDS.keys() - {"second_prices", "families"})


def test_there_is_a_listing_of_every_kind():
    assert sorted(command.commands) == sorted([*LISTED, "update"])


@pytest.mark.parametrize("kind", LISTED)
def test_a_listing_has_a_line_for_every_entry_and_no_cell_is_empty(kind, capsys):
    assert run(["catalog", kind]) == 0
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.split("\t") == [name.strip() for name in COLUMNS[kind]]
    assert len(lines) >= len(list(KINDS[kind].entries()))
    assert all(cell for line in lines for cell in line.split("\t"))


def test_json_has_every_figure_with_its_sources(capsys):
    assert run(["catalog", "hardware", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)[0]
    assert first["id"] == "a100-pcie"
    assert first["price_usd"].keys() == {"low", "usual", "high"}
    assert first["sources"][0]["checked"] == "2026-11-23"


def test_without_a_kind_it_says_what_there_is(capsys):
    assert run(["catalog", "--json"]) == 0
    listed = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    assert listed.keys() == KINDS.keys()
    assert listed["models"]["entries"] == len(list(KINDS["models"].entries()))


def test_ranges_show_what_is_usual_and_how_far_it_goes(capsys):
    run(["catalog", "allowances"])
    assert "\t50 (33–66)\t" in capsys.readouterr().out


def test_prices_say_where_another_list_differs(capsys):
    run(["catalog", "prices"])
    lines = {line.split("\t")[0]: line for line in capsys.readouterr().out.splitlines()}
    assert lines["together/llama-3.3-70b-turbo"].endswith("1.04 / 1.04 (LiteLLM 1.106.2)")
    assert lines["openai/gpt-4o"].endswith("–")


@pytest.mark.parametrize("arguments", [[], ["models"]])
def test_stale_figures_are_findings(arguments, capsys):
    code = run(["catalog", *arguments, "--stale", "--json"])
    assert code == (5 if json.loads(capsys.readouterr().out) else 0)


def test_specifications_of_models_are_never_stale(capsys):
    assert run(["catalog", "models", "--stale"]) == 0


def test_an_update_without_a_network_fails_in_one_sentence(capsys):
    assert run(["catalog", "update", "--url", "http://127.0.0.1:9/data.json"]) == 4
    said = capsys.readouterr()
    assert said.out == ""
    assert "cannot be reached" in said.err
    assert not list(Path().rglob("prices.json"))
