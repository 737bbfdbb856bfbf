"""`headgate learn`, over a real ledger."""

import json
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from headgate.cli.learn import command
from headgate.gateway.kept_learning import dumps
from headgate.gateway.learned_tiers import LearnedTiers, TierSettings
from headgate.ledger.learning import LearningStore
from headgate.ledger.store import LedgerStore


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.sqlite3"
    LedgerStore.open(path).close()
    return path


def run(ledger: Path, *arguments: str) -> str:
    done = CliRunner().invoke(command, [*arguments, "--db", str(ledger)])
    assert done.exit_code == 0, done.exception
    return done.stdout


def imported(ledger: Path, tmp_path: Path) -> str:
    path = tmp_path / "labels.jsonl"
    path.write_text('{"prompt": "secret words", "weak": 0.25, "strong": 1}\n' * 3)
    return run(ledger, "import", "smart", str(path))


def test_labels_are_imported_shown_and_forgotten(ledger: Path, tmp_path: Path) -> None:
    assert imported(ledger, tmp_path) == "3 labels for route `smart`\n"
    assert "smart\timport\t3\t+0.750" in run(ledger, "show")
    found = json.loads(run(ledger, "show", "smart", "--json"))["smart"]
    (kind,) = found["labels"]
    assert (kind["labels"], kind["mean_gain"]) == (3, 0.75)
    assert found["standing"] is None
    assert run(ledger, "reset", "smart") == "forgotten: smart\n"
    assert run(ledger, "show") == ""


def test_the_cut_and_changes_of_the_traffic_are_shown(ledger: Path, tmp_path: Path) -> None:
    imported(ledger, tmp_path)
    tiers = LearnedTiers(TierSettings(shares=(0.5,)), Random(1))
    tiers.drift.alarms = 2
    for length in range(1, 40):
        tiers.choose("why " * length, ())
    cut = tiers.model.gain_at(tiers.cuts[0].cut())
    store = LedgerStore.open(ledger)
    LearningStore(store).keep_model("smart", dumps(tiers, {}), last_label=3, at=0.0)
    store.close()
    assert f"smart\t{cut:+.3f}\t2" in run(ledger, "show")
    standing = json.loads(run(ledger, "show", "--json"))["smart"]["standing"]
    assert standing == {"cuts": [pytest.approx(cut)], "drift_alarms": 2}


def test_no_prompt_is_kept(ledger: Path, tmp_path: Path) -> None:
    imported(ledger, tmp_path)
    assert b"secret" not in ledger.read_bytes()
    store = LedgerStore.open(ledger)
    assert len(LearningStore(store).labels("smart")) == 3
    store.close()
