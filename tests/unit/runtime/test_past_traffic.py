"""Past traffic in the words of a replay."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from headgate.core.usage import Usage
from headgate.ledger.store import LedgerStore
from headgate.ledger.writer import LedgerWriter
from headgate.runtime.past_traffic import LedgerTraffic, file_traffic
from headgate.traffic.requests import Request
from support.entries import AT, FACTS, attempt_entry, candidate, decision_entry

WHOLE = Usage(
    input_tokens=900,
    output_tokens=80,
    cache_read_tokens=70,
    cache_write_tokens=60,
    cache_write_1h_tokens=50,
    reasoning_tokens=40,
    audio_input_tokens=30,
    audio_output_tokens=20,
    cache_read_audio_tokens=10,
    billed_input_tokens=9,
    billed_output_tokens=8,
    search_units=7,
    web_searches=6,
    tier="flex",
    reported_usd=Decimal("0.0123"),
)
"""Every kind of token with a number of its own, so that none is taken for another."""


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[LedgerWriter]:
    writer = LedgerWriter(LedgerStore.open(tmp_path / "l.sqlite3"), interval_s=3600)
    yield writer
    writer.close()


def read(writer: LedgerWriter) -> LedgerTraffic:
    writer.flush()
    assert writer.store is not None
    return LedgerTraffic(writer.store)


def test_a_decision_comes_back_whole(writer: LedgerWriter) -> None:
    field = (candidate("cloud", ttft_ms=5.0), candidate("local", is_local=True))
    writer.record(decision_entry("d1", candidates=msgspec.json.encode(field)))
    writer.record(attempt_entry("d1", 1, target="local", outcome="timeout", usage=None))
    writer.record(attempt_entry("d1", 2, usage=WHOLE, ttft_ms=40.0))
    (found,) = read(writer)
    assert (found.id, found.at, found.requested_model) == ("d1", AT, "auto")
    assert found.facts == FACTS
    assert found.candidates == {each.name: each for each in field}
    assert (found.ranked, found.served_by, found.is_answered) == (("cloud",), "cloud", True)
    assert (found.usage, found.duration_ms) == (WHOLE, 120.5)
    failed, answer = found.attempts
    assert (failed.has_failed, failed.is_answer, failed.usage, failed.usd) == (
        True,
        False,
        None,
        None,
    )
    assert (answer.has_failed, answer.is_answer, answer.ttft_ms) == (False, True, 40.0)


def test_costs_are_exact(writer: LedgerWriter) -> None:
    writer.record(decision_entry("d1"))
    writer.record(attempt_entry("d1"))
    (found,) = read(writer)
    assert found.attempts[0].usd == Decimal("0.001")


@pytest.mark.parametrize("role", ["judge", "mirror"])
def test_an_answer_that_no_client_got_is_none(writer: LedgerWriter, role: str) -> None:
    writer.record(decision_entry("d1"))
    writer.record(attempt_entry("d1", 1))
    writer.record(attempt_entry("d1", 2, role=role, usage=Usage(output_tokens=1)))
    (found,) = read(writer)
    assert [each.is_answer for each in found.attempts] == [True, False]
    assert found.usage == Usage(input_tokens=700, output_tokens=300)


def test_a_request_that_was_refused_has_no_attempts(writer: LedgerWriter) -> None:
    refused = {"ranked": (), "served_by": None, "status": "refused", "attempts": 0}
    writer.record(decision_entry("d1", **refused))
    (found,) = read(writer)
    assert (found.attempts, found.usage, found.ranked, found.is_answered) == ((), None, (), False)


def test_decisions_of_another_form_are_counted_and_left_out(writer: LedgerWriter) -> None:
    writer.record(decision_entry("d1", facts=b'{"invented": 1}'))
    writer.record(decision_entry("d2", candidates=b"\xff"))
    writer.record(decision_entry("d3"))
    traffic = read(writer)
    assert [each.id for each in traffic] == ["d3"]
    assert traffic.unreadable == 2


def test_a_row_of_a_file_is_a_chat_of_so_many_tokens() -> None:
    row = Request(number=4, at=1.5, input_tokens=900, output_tokens=80)
    (found,) = file_traffic([row], AT)
    assert (found.id, found.at, found.requested_model) == ("row 4", 1.5, "auto")
    assert found.facts.input_tokens == 900
    # Routing must not know how long the answer was.
    assert found.facts.expected_output_tokens == 512
    assert found.usage == Usage(input_tokens=900, output_tokens=80)
    assert (found.ranked, found.attempts, found.priced_at) == (None, (), AT)
