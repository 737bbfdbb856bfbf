"""Labels, models and requests to be rated, in the ledger's database."""

from pathlib import Path

import pytest

from headgate.estimate.learning.features import features_of
from headgate.ledger.learning import KindCount, Label, LearningStore, Seen
from headgate.ledger.store import LedgerStore

FEATURES = features_of("why is the sky blue")


@pytest.fixture
def store(tmp_path: Path):
    ledger = LedgerStore.open(tmp_path / "ledger.sqlite3")
    yield LearningStore(ledger)
    ledger.close()


def label(
    kind: str = "feedback", gain: float = 0.5, route: str = "smart", at: float = 1.0
) -> Label:
    return Label(
        at=at, route=route, kind=kind, gain=gain, weight=0.5, features=FEATURES, decision_id="d"
    )


def seen(identity: str, at: float = 1.0) -> Seen:
    return Seen(
        decision_id=identity, at=at, route="smart", key_name="alice", tier=1, features=FEATURES
    )


def test_labels_come_back_in_order_as_they_were(store: LearningStore) -> None:
    last = store.add([label(gain=0.1), label(route="other"), label(gain=0.2)])
    found = store.labels("smart")
    assert [each.gain for each in found] == [0.1, 0.2]
    assert found[0].features == FEATURES
    assert found[-1].id == last
    assert store.labels("smart", after=found[0].id) == found[1:]
    assert store.routes() == ["other", "smart"]


def test_counts_are_by_kind(store: LearningStore) -> None:
    store.add([label("import", 1.0, at=1), label("import", 0.0, at=3), label("retry", -0.5, at=2)])
    assert store.counts("smart") == [
        KindCount("import", 2, 0.5, 3.0),
        KindCount("retry", 1, -0.5, 2.0),
    ]


def test_a_model_takes_the_place_of_the_one_before(store: LearningStore) -> None:
    assert store.model("smart") is None
    store.keep_model("smart", b"1", last_label=1, at=0)
    store.keep_model("smart", b"2", last_label=5, at=1)
    stored = store.model("smart")
    assert stored is not None
    assert (stored.model, stored.last_label) == (b"2", 5)


def test_requests_are_found_until_they_are_forgotten(store: LearningStore) -> None:
    store.add([], [seen("a", at=1.0), seen("b", at=9.0)])
    store.add([], [seen("a", at=5.0)])
    assert store.find_seen("a") == seen("a", at=1.0)
    store.forget_seen(2.0)
    assert store.find_seen("a") is None
    assert store.find_seen("b") == seen("b", at=9.0)


def test_a_reset_forgets_one_route_only(store: LearningStore) -> None:
    store.add([label(), label(route="other")], [seen("a")])
    store.keep_model("smart", b"1", last_label=1, at=0)
    store.reset(["smart"])
    assert (store.labels("smart"), store.model("smart"), store.find_seen("a")) == ([], None, None)
    assert len(store.labels("other")) == 1
