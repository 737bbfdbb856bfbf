"""`headgate replay`, as a person types it."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest

from headgate.cli.main import run
from headgate.ledger.store import LedgerStore
from headgate.ledger.writer import LedgerWriter
from support.entries import attempt_entry, candidate, decision_entry

POLICY = """
targets:
  box: {backend: vllm, base_url: "http://127.0.0.1:1/v1", model: m, local: true,
        capacity: {max_concurrency: 1}}
  cloud: {backend: openai, model: gpt-4o-mini,
          price: {input_usd_per_mtok: 1, output_usd_per_mtok: 2}}
routes:
  chat: {targets: [box, cloud]}
"""
TRACE = """TIMESTAMP,ContextTokens,GeneratedTokens
2023-11-16 18:00:00,1000,1
2023-11-16 18:00:01,1000,1
"""
SPEED = "box=1500ms:100"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A policy and a trace in the folder one is in, which has no configuration."""
    (tmp_path / "new.yaml").write_text(POLICY)
    (tmp_path / "trace.csv").write_text(TRACE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HEADGATE_CONFIG", raising=False)
    return tmp_path


def replayed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(["replay", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_trace_prints_its_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--policy", "new.yaml", "--from", "trace.csv", "--speed", SPEED)
    code, out, _ = replayed(capsys, *arguments)
    assert code == 0
    assert out.startswith("2 requests of trace.csv, from 2023-11-16 18:00:00 UTC, over 1 seconds")
    row = "new\t$0.0010 + 1 unknown\t0.86 s\t1.50 s\t0.86 s\t1.50 s\t50.0%\t0\t–\tunknown"
    assert [cell for cell in row.split("\t") if cell not in out] == ["0.86 s", "0.86 s"]
    assert "  box: 1 requests, unknown (1), slots 150% busy, speed said" in out


def test_json_is_one_document_and_a_picture_one_file(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--policy", "new.yaml", "--from", "trace.csv", "--speed", SPEED)
    code, out, err = replayed(capsys, *arguments, "--json", "--picture", "r.svg")
    document: Any = json.loads(out)
    assert (code, document["seed"], document["requests"]) == (0, 1, 2)
    assert document["policies"][0]["targets"][0]["target"] == "box"
    assert "wrote r.svg" in err
    drawn = ElementTree.fromstring((folder / "r.svg").read_text("utf-8"))
    assert drawn.tag.endswith("svg")


def test_a_machine_has_the_speed_that_the_planner_calculates(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = "box=llama-3.1-8b@rtx-4090"
    arguments = ("--policy", "new.yaml", "--from", "trace.csv", "--speed", machine)
    code, out, _ = replayed(capsys, *arguments)
    assert code == 0
    assert "speed calculated" in out


def test_a_ledger_s_file_is_known_as_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    writer = LedgerWriter(LedgerStore.open(folder / "old.sqlite3"), interval_s=3600)
    field = msgspec.json.encode((candidate("cloud", model="gpt-4o-mini", provider="openai"),))
    writer.record(decision_entry("d1", candidates=field))
    writer.record(attempt_entry("d1"))
    writer.close()
    arguments = ("--policy", "new.yaml", "--from", "old.sqlite3", "--speed", SPEED)
    code, out, _ = replayed(capsys, *arguments)
    assert code == 0
    assert "as recorded" in out
    assert "  1 from cloud to box (as d1)" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "trace.csv"), "there is no headgate.yaml here"),
        (("--policy", "new.yaml", "--from", "none.csv"), "cannot read `none.csv`"),
        (("--policy", "none.yaml", "--from", "trace.csv"), "none.yaml"),
        (("--policy", "new.yaml", "--from", "trace.csv"), "how fast `box` answers"),
        (("--policy", "new.yaml", "--from", "trace.csv", "--speed", "box"), "write `local="),
        (("--policy", "new.yaml", "--from", "trace.csv", "--speed", "box=0:5"), "write `local="),
        (("--policy", "new.yaml", "--from", "trace.csv", "--speed", "box=9:0"), "write `local="),
        (
            ("--policy", "new.yaml", "--from", "trace.csv", "--speed", SPEED, "--picture", "no/r"),
            "cannot write `no/r`",
        ),
    ],
)
def test_what_is_missing_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    code, _, err = replayed(capsys, *arguments)
    assert code != 0
    assert said in err


def test_the_current_configuration_is_replayed_where_none_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "new.yaml").rename(folder / "headgate.yaml")
    code, out, _ = replayed(capsys, "--from", "trace.csv", "--speed", "box=9000:45")
    assert code == 0
    assert "headgate\n  box: 2 requests" in out
