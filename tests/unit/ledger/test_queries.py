"""Reading back what was written."""

from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.core.usage import Usage
from headgate.estimate.cost import Pricing
from headgate.ledger.queries import DecisionNotFound, Filter, find, inputs, recent, totals
from headgate.ledger.store import LedgerStore
from headgate.ledger.writer import LedgerWriter
from support.entries import AT, attempt_entry, decision_entry

UNPRICED = Pricing()


@pytest.fixture
def store(writer: LedgerWriter) -> LedgerStore:
    """Three requests: one that fell back, one refused, one for alice on another route."""
    writer.record(attempt_entry("aa1", 1, target="local", outcome="timeout", usage=None))
    writer.record(attempt_entry("aa1", 2))
    writer.record(decision_entry("aa1", at=AT, attempts=2, ranked=("local", "cloud")))
    refused = {"status": "refused", "served_by": None, "attempts": 0, "http_status": 503}
    writer.record(decision_entry("aa2", at=AT + 60, ranked=(), **refused))
    writer.record(attempt_entry("bb3", target="local", pricing=UNPRICED))
    writer.record(
        decision_entry("bb3", at=AT + 120, route="code", key_name="alice", served_by="local")
    )
    writer.flush()
    assert writer.store is not None
    return writer.store


def ids(store: LedgerStore, which: Filter, limit: int | None = None) -> list[str]:
    return [decision.id for decision in recent(store, which, limit=limit)]


def test_the_newest_come_first_up_to_the_limit(store: LedgerStore) -> None:
    assert ids(store, Filter()) == ["bb3", "aa2", "aa1"]
    assert ids(store, Filter(), limit=2) == ["bb3", "aa2"]


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (Filter(since=AT + 60), ["bb3", "aa2"]),
        (Filter(route="code"), ["bb3"]),
        (Filter(target="local"), ["bb3", "aa1"]),
        (Filter(target="cloud"), ["aa1"]),
        (Filter(key="alice"), ["bb3"]),
        (Filter(status="refused"), ["aa2"]),
        (Filter(status="answered", target="local", since=AT + 1), ["bb3"]),
        (Filter(route="' OR 1=1 --"), []),
    ],
)
def test_each_filter_narrows(store: LedgerStore, which: Filter, expected: list[str]) -> None:
    assert ids(store, which) == expected


def test_a_decision_comes_with_its_attempts_in_order(store: LedgerStore) -> None:
    decision = find(store, "aa1")
    assert decision.ranked == ("local", "cloud")
    assert [(a.number, a.target, a.outcome) for a in decision.attempts] == [
        (1, "local", "timeout"),
        (2, "cloud", "answered"),
    ]
    assert decision.attempts[0].usage is None
    assert decision.attempts[1].usage == Usage(input_tokens=700, output_tokens=300)
    assert decision.attempts[1].cost_usd == Decimal("0.001")


def test_an_unknown_cost_is_beside_the_sum_and_not_in_it(store: LedgerStore) -> None:
    fell_back, refused, local = find(store, "aa1"), find(store, "aa2"), find(store, "bb3")
    assert (fell_back.known_cost_usd, fell_back.unknown_costs) == (Decimal("0.001"), 1)
    assert (refused.known_cost_usd, refused.unknown_costs) == (Decimal(0), 0)
    assert (local.known_cost_usd, local.unknown_costs) == (Decimal(0), 1)


def test_an_attempt_whose_row_is_missing_has_an_unknown_cost(writer: LedgerWriter) -> None:
    writer.record(attempt_entry("d1", 1))
    writer.record(decision_entry("d1", attempts=2))
    writer.flush()
    assert writer.store is not None
    assert find(writer.store, "d1").unknown_costs == 1


def test_the_beginning_of_an_id_is_enough_while_it_is_the_only_one(store: LedgerStore) -> None:
    assert find(store, "b").id == "bb3"
    with pytest.raises(DecisionNotFound, match="more than one decision begins with `aa`"):
        find(store, "aa")


def test_a_whole_id_wins_over_those_it_is_the_beginning_of(writer: LedgerWriter) -> None:
    for name in ("d1", "d10", "d11"):
        writer.record(decision_entry(name))
    writer.flush()
    assert writer.store is not None
    assert find(writer.store, "d1").id == "d1"


@pytest.mark.parametrize("asked", ["zz", "", "%", "a%", "aa1x", "\udce4"])
def test_what_is_not_there_is_said_with_a_way_on(store: LedgerStore, asked: str) -> None:
    with pytest.raises(DecisionNotFound, match="has no decision") as caught:
        find(store, asked)
    assert caught.value.http_status == 404
    assert caught.value.hint is not None


def test_the_inputs_are_the_bytes_that_were_given(writer: LedgerWriter) -> None:
    writer.record(decision_entry("d1", facts=b'{"a": 1.50}', candidates=b"[ ]"))
    writer.flush()
    assert writer.store is not None
    stored = inputs(writer.store, "d1")
    assert (stored.facts, stored.candidates) == (b'{"a": 1.50}', b"[ ]")


def test_totals_are_by_target_and_status(store: LedgerStore) -> None:
    sums = totals(store)
    assert sums.decisions == 3
    assert sums.by_status == {"answered": 2, "refused": 1}
    cloud, local = sums.by_target
    assert (cloud.target, cloud.attempts, cloud.answered) == ("cloud", 1, 1)
    assert (local.target, local.attempts, local.answered) == ("local", 2, 1)
    assert (local.known_cost_usd, local.unknown_costs) == (Decimal(0), 2)
    assert (sums.total.attempts, sums.total.input_tokens) == (3, 1400)


def test_totals_of_a_target_leave_out_what_else_its_requests_tried(store: LedgerStore) -> None:
    sums = totals(store, Filter(target="local"))
    assert sums.decisions == 2
    assert [total.target for total in sums.by_target] == ["local"]


def test_totals_of_nothing_are_zero(store: LedgerStore) -> None:
    sums = totals(store, Filter(route="no such route"))
    assert (sums.decisions, sums.by_target, sums.total.known_cost_usd) == (0, (), Decimal(0))


def test_more_decisions_than_one_query_takes_keep_their_attempts(writer: LedgerWriter) -> None:
    for number in range(1203):
        writer.record(attempt_entry(f"d{number}"))
        writer.record(decision_entry(f"d{number}"))
    writer.flush()
    assert writer.store is not None
    assert [len(decision.attempts) for decision in recent(writer.store)] == [1] * 1203


prices = st.decimals(0, 1000, places=6)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["cloud", "local"]),
            st.one_of(st.none(), st.tuples(prices, prices)),
            st.integers(0, 200_000),
            st.integers(0, 200_000),
        ),
        max_size=30,
    )
)
def test_the_sums_of_the_database_are_exactly_those_of_its_rows(
    tried: list[tuple[str, tuple[Decimal, Decimal] | None, int, int]],
) -> None:
    expected, unknown = Decimal(0), 0
    with TemporaryDirectory() as folder:
        writer = LedgerWriter(LedgerStore.open(Path(folder) / "l.sqlite3"), interval_s=3600)
        for number, (target, rates, read, written) in enumerate(tried):
            usage = Usage(input_tokens=read, output_tokens=written)
            pricing = UNPRICED
            if rates is None:
                unknown += 1
            else:
                pricing = Pricing(usd_per_input_mtok=rates[0], usd_per_output_mtok=rates[1])
                expected += (rates[0] * read + rates[1] * written) / 1_000_000
            writer.record(attempt_entry(f"d{number}", target=target, usage=usage, pricing=pricing))
            writer.record(decision_entry(f"d{number}"))
        writer.flush()
        assert writer.store is not None
        sums, rows = totals(writer.store), recent(writer.store)
        writer.close()
    assert sums.total.known_cost_usd == expected
    assert sum((row.known_cost_usd for row in rows), Decimal(0)) == expected
    assert sums.total.unknown_costs == unknown == sum(row.unknown_costs for row in rows)
