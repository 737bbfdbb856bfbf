"""The ledger as traffic."""

from collections.abc import Callable
from itertools import count

import pytest

from headgate.core.usage import Usage
from headgate.estimate.cost import Pricing
from headgate.estimate.traffic import Dropped, Traffic
from headgate.ledger.traffic import read_traffic
from headgate.ledger.writer import LedgerWriter
from support.entries import AT, attempt_entry

HOUR_S = 3600
Record = Callable[..., None]


@pytest.fixture
def record(writer: LedgerWriter) -> Record:
    """Write one attempt, `after_s` the first."""

    numbers = count()

    def record(after_s: float = 0.0, **fields: object) -> None:
        writer.record(attempt_entry(f"id{next(numbers)}", started_at=AT + after_s, **fields))

    return record


@pytest.fixture
def read(writer: LedgerWriter) -> Callable[..., Traffic]:
    """Everything written so far, as traffic."""

    def read(since: float | None = None) -> Traffic:
        writer.flush()
        assert writer.store is not None
        return read_traffic(writer.store, since)

    return read


def usage(read: int, written: int, **fields: int) -> Usage:
    return Usage(input_tokens=read, output_tokens=written, **fields)


def test_tokens_are_summed_up_exactly(record: Record, read: Callable[..., Traffic]) -> None:
    record(usage=usage(1_000, 10, cache_read_tokens=400, cache_write_tokens=50))
    record(60, usage=usage(300_000, 7))
    traffic = read()
    assert (traffic.requests, traffic.input_tokens, traffic.output_tokens) == (2, 301_000, 17)
    assert (traffic.cache_read_tokens, traffic.cache_write_tokens) == (400, 50)
    assert [each.input_tokens for each in traffic.classes] == [1_000, 300_000]
    assert [each.share for each in traffic.classes] == [0.5, 0.5]


def test_what_did_not_answer_is_counted_as_dropped(
    record: Record, read: Callable[..., Traffic]
) -> None:
    record()
    record(outcome="timeout", usage=None)
    record(outcome="cancelled")
    record(usage=None)
    traffic = read()
    assert traffic.requests == 1
    assert traffic.dropped == (
        Dropped(reason="the attempt did not answer", rows=2, first_line=0),
        Dropped(reason="its tokens are not known", rows=1, first_line=0),
    )


def test_a_week_has_a_load_curve_and_hours(record: Record, read: Callable[..., Traffic]) -> None:
    for hour in range(7 * 24):
        for _ in range(5 if hour % 24 == 0 else 1):  # noon: `AT` is 12:00
            record(hour * HOUR_S)
    traffic = read()
    assert traffic.span_s == (7 * 24 - 1) * HOUR_S
    assert traffic.first_at == "2026-11-23T12:00:00.000Z"
    assert traffic.hours_utc[12] == pytest.approx(5 / 28)
    assert sum(traffic.hours_utc) == pytest.approx(1)
    assert traffic.load_curve[0].load == pytest.approx(5 / 28 * 24, rel=0.01)


def test_models_come_dearest_first_and_one_unknown_cost_makes_the_sum_unknown(
    record: Record, read: Callable[..., Traffic]
) -> None:
    record(model="dear", usage=usage(2_000_000, 1_000_000))
    record(model="cheap", usage=usage(10, 10))
    record(model="unknown", usage=usage(9, 9))
    record(model="unknown", usage=usage(9, 9), pricing=Pricing())
    found = [(each.model, each.requests, each.recorded_cost_usd) for each in read().by_model]
    assert found == [("dear", 1, 3.0), ("cheap", 1, 0.00002), ("unknown", 2, None)]


def test_since_leaves_out_what_was_before(record: Record, read: Callable[..., Traffic]) -> None:
    record()
    record(HOUR_S)
    record(HOUR_S, outcome="timeout")
    traffic = read(AT + 1)
    assert (traffic.requests, traffic.span_s) == (1, None)
    assert sum(each.rows for each in traffic.dropped) == 1


def test_an_empty_ledger_is_no_traffic(read: Callable[..., Traffic]) -> None:
    traffic = read()
    assert (traffic.requests, traffic.classes, traffic.first_at) == (0, (), None)
    assert [step.load for step in traffic.load_curve] == [1]
