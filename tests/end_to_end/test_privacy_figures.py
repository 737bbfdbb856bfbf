"""The figures of docs/privacy.md, from the data they are about: only the part not tuned on."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from headgate.cli.eval import command

DATA = Path(__file__).parents[3] / "shared" / "data" / "privacy"
pytestmark = pytest.mark.skipif(
    not DATA.exists(), reason="the shared labelled texts are not beside this checkout"
)


@lru_cache
def unseen(file: str) -> Any:
    arguments = ["privacy", str(DATA / file), "--fold", "odd", "--json"]
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)[file.split(".", maxsplit=1)[0]]


def test_spans_are_found_without_a_model_as_well_as_with_a_large_one():
    for file in ("synth_dataset_v2.jsonl", "generated_large.jsonl"):
        spans = unseen(file)["spans"]
        assert spans["precision"] >= 0.70
        assert spans["recall"] >= 0.65


def test_ambientmeta_is_scored_above_the_published_systems():
    entities = unseen("ambientmeta.jsonl.gz")["entities"]["by_entity"]
    assert entities["all"]["f1"] >= 0.66


def test_nothing_is_found_in_requests_without_personal_data():
    for file in ("synth_dataset_v2.jsonl", "generated_large.jsonl"):
        requests = unseen(file)["requests"]
        assert requests["clean"] > 50
        assert requests["clean_flagged"] == 0


def test_python_s_own_library_holds_few_hits(tmp_path: Path):
    import heapq
    import textwrap
    import typing

    files = [module.__file__ for module in (heapq, textwrap, typing)]
    arguments = [part for file in files for part in ("--clean", str(file))]
    done = CliRunner().invoke(command, ["privacy", *arguments, "--json"])
    clean = json.loads(done.stdout)["clean"]
    hits = sum(count for label, count in clean["hits"].items() if label != "url")
    assert hits * 4096 / clean["characters"] < 1
