"""Replays from a question: policies, traffic, prices, speeds."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from headgate.catalog.prices import use_packaged_list
from headgate.core.errors import HeadgateError, InvalidRequest
from headgate.ledger.store import LedgerStore
from headgate.ledger.writer import LedgerWriter
from headgate.planner.replay.report import Replay
from headgate.planner.replay.speeds import FEWEST_SAMPLES, Steady
from headgate.runtime.replaying import Question, is_ledger, make_replay
from support.entries import attempt_entry, candidate, decision_entry
from support.price_list import price_list

NOW = datetime(2026, 11, 28, tzinfo=UTC)
HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens\n"
BOX = {"backend": "vllm", "base_url": "http://127.0.0.1:1/v1", "model": "m", "local": True}
SLOTS = BOX | {"capacity": {"max_concurrency": 1}}
CLOUD = {
    "backend": "openai",
    "model": "gpt-4o-mini",
    "price": {"input_usd_per_mtok": 1, "output_usd_per_mtok": 2},
}


def write(folder: Path, name: str, **targets: Any) -> Path:
    path = folder / name
    routes = {"chat": {"targets": list(targets)}}
    path.write_text(json.dumps({"targets": targets, "routes": routes}))
    return path


def trace(folder: Path, rows: int = 4) -> Path:
    path = folder / "trace.csv"
    lines = [f"2023-11-16 18:00:0{n}.0,1000,1\n" for n in range(rows)]
    path.write_text(HEADER + "".join(lines))
    return path


def ask(source: LedgerStore | Path, *policies: Path, **fields: Any) -> Replay:
    return make_replay(Question(policies=policies, source=source, now=NOW, environ={}, **fields))


def test_a_trace_under_two_policies(tmp_path: Path) -> None:
    one = write(tmp_path, "one.yaml", cloud=CLOUD)
    both = write(tmp_path, "both.yaml", box=SLOTS, cloud=CLOUD)
    # One and a half seconds of service, one a second: every other one finds it busy.
    steady = {"box": Steady(ttft_s=1.5, write_tokens_per_s=100)}
    found = ask(trace(tmp_path), one, both, speeds=steady)
    assert (found.requests, found.recorded, found.span_s) == (4, None, 3.0)
    assert found.first_at == "2023-11-16T18:00:00+00:00"
    hosted, split = found.policies
    assert (hosted.name, split.name) == ("one", "both")
    assert hosted.known_usd == Decimal("0.004008")
    assert {each.target: each.requests for each in split.targets} == {"box": 2, "cloud": 2}
    # What the box costs was never said.
    assert (split.known_usd, split.unknown_costs) == (Decimal("0.002004"), 2)
    assert split.local_share == 0.5


def test_a_part_of_a_trace(tmp_path: Path) -> None:
    at = datetime(2023, 11, 16, 18, 0, 1, tzinfo=UTC).timestamp()
    found = ask(trace(tmp_path), write(tmp_path, "p.yaml", cloud=CLOUD), since=at, until=at + 2)
    assert found.requests == 2


def test_nothing_to_replay_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="no requests to replay"):
        ask(trace(tmp_path), write(tmp_path, "p.yaml", cloud=CLOUD), since=4e9)


def test_a_target_that_no_policy_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="no policy has a target called `bxo`") as caught:
        ask(
            trace(tmp_path),
            write(tmp_path, "p.yaml", box=BOX),
            speeds={"bxo": Steady(write_tokens_per_s=1)},
        )
    assert caught.value.hint == "there are `box`"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LedgerStore]:
    """Enough answers of one target to tell its speed, and a decision nobody can read."""
    store = LedgerStore.open(tmp_path / "l.sqlite3")
    writer = LedgerWriter(store, interval_s=3600)
    field = msgspec.json.encode((candidate("cloud", model="gpt-4o-mini", provider="openai"),))
    for number in range(FEWEST_SAMPLES):
        id_ = f"d{number:03}"
        writer.record(decision_entry(id_, candidates=field))
        writer.record(attempt_entry(id_, ttft_ms=25.0))
    writer.record(decision_entry("x", facts=b"?"))
    writer.flush()
    yield store
    writer.close()


def test_a_ledger_has_its_own_figures_and_its_own_speeds(
    store: LedgerStore, tmp_path: Path
) -> None:
    found = ask(store, write(tmp_path, "p.yaml", cloud=CLOUD))
    assert found.recorded is not None
    assert found.recorded.known_usd == Decimal("0.001") * FEWEST_SAMPLES
    (new,) = found.policies
    # 700 in at $1 and 300 out at $2, where both had cost $1.
    assert new.known_usd == Decimal("0.0013") * FEWEST_SAMPLES
    assert (new.changed, new.targets[0].speed) == (0, "measured")
    assert "1 decisions of another version are left out" in found.notes


def test_another_price_list(store: LedgerStore, tmp_path: Path) -> None:
    listed = {name: value for name, value in CLOUD.items() if name != "price"}
    path = write(tmp_path, "p.yaml", cloud=listed)
    with pytest.raises(HeadgateError, match="cannot read"):
        ask(store, path, prices=tmp_path / "none.json")
    try:
        dearer = tmp_path / "data.json"
        dearer.write_bytes(price_list({"gpt-4o-mini": (70.0, 70.0)}))
        now = ask(store, path)
        then = ask(store, path, prices=dearer)
    finally:
        use_packaged_list()
    assert now.prices != then.prices
    assert float(then.policies[0].known_usd) > 100 * float(now.policies[0].known_usd)


def test_two_policies_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    paths = [write(tmp_path / name, "p.yaml", cloud=CLOUD) for name in ("a", "b")]
    found = ask(trace(tmp_path), *paths)
    assert [each.name for each in found.policies] == [str(path) for path in paths]


def test_a_ledger_is_known_by_how_it_begins(store: LedgerStore, tmp_path: Path) -> None:
    assert is_ledger(tmp_path / "l.sqlite3")
    assert not is_ledger(trace(tmp_path))
    with pytest.raises(InvalidRequest, match="cannot read"):
        is_ledger(tmp_path / "none")
