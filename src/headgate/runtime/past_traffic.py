"""Past traffic in the words of a replay: from the ledger, or from a usage file."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from headgate.core.usage import Money, Usage
from headgate.estimate.tokens import USUAL_OUTPUT_TOKENS
from headgate.gateway.route import AUTO
from headgate.ledger.replay import stream
from headgate.ledger.store import LedgerStore
from headgate.planner.replay.past import Past, Tried
from headgate.policy.decision import Candidate, RequestFacts
from headgate.traffic.requests import Request

COPIES = frozenset({"judge", "mirror"})
"""Roles whose answers no client gets."""
_facts = msgspec.json.Decoder(RequestFacts)
_candidates = msgspec.json.Decoder(tuple[Candidate, ...])
_names = msgspec.json.Decoder(tuple[str, ...])


class LedgerTraffic:
    """Decisions of a ledger; counts those of another form than ours."""

    def __init__(
        self, store: LedgerStore, since: float | None = None, until: float | None = None
    ) -> None:
        """Nothing is read yet."""
        self._rows = stream(store, since, until)
        self.unreadable = 0

    def __iter__(self) -> Iterator[Past]:
        """In the order they came."""
        for rows in self._rows:
            try:
                yield _past(rows)
            except (msgspec.DecodeError, UnicodeDecodeError):
                self.unreadable += 1


def file_traffic(requests: Iterable[Request], priced_at: float) -> Iterator[Past]:
    """Requests of a file, for `auto`: nothing is known of them but times and tokens.

    They may be years old, or have no date: all are charged by the prices at `priced_at`.
    """
    for each in requests:
        yield Past(
            id=f"row {each.number}",
            at=each.at,
            priced_at=priced_at,
            requested_model=AUTO,
            facts=RequestFacts(
                operation="chat",
                route=AUTO,
                input_tokens=each.input_tokens,
                # What the gateway would expect: it does not know how long an answer gets, either.
                expected_output_tokens=USUAL_OUTPUT_TOKENS,
            ),
            usage=Usage(
                input_tokens=each.input_tokens,
                output_tokens=each.output_tokens,
            ),
        )


def _past(rows: list[tuple[Any, ...]]) -> Past:
    decision_id, at, model, facts, candidates, ranked, status, served_by, whole_ms = rows[0][:9]
    tried = [_tried(row[9:], served_by) for row in rows if row[9] is not None]
    answer = next((each for each in reversed(tried) if each.is_answer), None)
    return Past(
        id=decision_id,
        at=at,
        requested_model=model,
        facts=_facts.decode(facts),
        candidates={each.name: each for each in _candidates.decode(candidates)},
        ranked=_ranked(ranked),
        served_by=served_by,
        is_answered=status == "answered",
        attempts=tuple(tried),
        usage=None if answer is None else answer.usage,
        duration_ms=whole_ms,
    )


@lru_cache(maxsize=1024)
def _ranked(names: str) -> tuple[str, ...]:
    """Targets are few, and so are their orders."""
    return _names.decode(names)


def _tried(row: tuple[Any, ...], served_by: str | None) -> Tried:
    _, target, model, response_model, is_local, started_at, duration_ms, ttft_ms = row[:8]
    outcome, role, cost = row[8:11]
    return Tried(
        target=target,
        model=model,
        response_model=response_model,
        is_local=bool(is_local),
        started_at=started_at,
        duration_ms=duration_ms,
        ttft_ms=ttft_ms,
        is_answer=outcome == "answered" and target == served_by and role not in COPIES,
        has_failed=role == "serve" and outcome not in {"answered", "cancelled"},
        role=role,
        usage=_usage(row[11:]),
        usd=_usd(cost),
    )


def _usage(counts: tuple[Any, ...]) -> Usage | None:
    read, written, cached, kept, hour, thought, heard, spoken, heard_again = counts[:9]
    if read is None:
        return None
    billed_in, billed_out, searches, web, tier, reported = counts[9:15]
    return Usage(
        input_tokens=read,
        output_tokens=written or 0,
        cache_read_tokens=cached or 0,
        cache_write_tokens=kept or 0,
        cache_write_1h_tokens=hour or 0,
        reasoning_tokens=thought or 0,
        audio_input_tokens=heard or 0,
        audio_output_tokens=spoken or 0,
        cache_read_audio_tokens=heard_again or 0,
        billed_input_tokens=billed_in,
        billed_output_tokens=billed_out,
        search_units=searches or 0,
        web_searches=web or 0,
        tier=tier,
        reported_usd=_usd(reported),
    )


def _usd(pico: int | None) -> Money | None:
    return None if pico is None else Decimal(pico).scaleb(-12)
