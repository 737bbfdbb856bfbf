from collections.abc import Iterable

import pytest

from headgate.core.usage import Usage
from headgate.estimate.traffic import ModelSpeed
from headgate.ledger.speeds import FEWEST_SAMPLES, read_speeds
from headgate.ledger.writer import LedgerWriter
from support.entries import AT, attempt_entry

DAY_S = 86_400


def read(writer: LedgerWriter, *, since: float | None = None) -> tuple[ModelSpeed, ...]:
    writer.flush()
    assert writer.store is not None
    with writer.store.engine.connect() as connection:
        return read_speeds(connection, since)


def record_streams(writer: LedgerWriter, ttfts_ms: Iterable[float], **fields: object) -> None:
    """Streams of 101 tokens that take 10 ms a token after the first."""
    for index, ttft_ms in enumerate(ttfts_ms):
        given = {
            "ttft_ms": ttft_ms,
            "duration_ms": ttft_ms + 1000,
            "usage": Usage(input_tokens=10, output_tokens=101),
            "started_at": AT + index,
            **fields,
        }
        writer.record(attempt_entry(f"{fields.get('model', 'm')}-{index}", **given))


def test_percentiles_are_those_of_the_streams(writer: LedgerWriter) -> None:
    record_streams(writer, [100.0 * (each + 1) for each in range(21)])
    (speed,) = read(writer)
    assert (speed.provider, speed.model, speed.samples) == ("openai", "gpt-4o-mini", 21)
    assert speed.ttft_p50_s == pytest.approx(1.1)
    assert speed.ttft_p95_s == pytest.approx(2.0)
    assert speed.tpot_p50_s == pytest.approx(0.01)
    assert speed.as_of == "2026-11-23"


def test_a_model_with_few_streams_is_left_out(writer: LedgerWriter) -> None:
    record_streams(writer, [100.0] * (FEWEST_SAMPLES - 1), model="seldom")
    record_streams(writer, [100.0] * FEWEST_SAMPLES, model="often")
    assert [speed.model for speed in read(writer)] == ["often"]


@pytest.mark.parametrize(
    "fields",
    [
        {"ttft_ms": None},
        {"outcome": "timeout"},
        {"usage": Usage(input_tokens=10, output_tokens=1)},
    ],
    ids=["a whole answer", "not answered", "a single token"],
)
def test_only_answered_streams_tell_a_speed(
    writer: LedgerWriter, fields: dict[str, object]
) -> None:
    record_streams(writer, [100.0] * FEWEST_SAMPLES, **fields)
    assert read(writer) == ()


def test_older_streams_do_not_count_where_a_time_is_given(writer: LedgerWriter) -> None:
    record_streams(writer, [100.0] * FEWEST_SAMPLES)
    assert read(writer, since=AT + DAY_S) == ()
    assert len(read(writer, since=AT)) == 1
