"""Entries of the ledger with everything a test does not care about filled in."""

from decimal import Decimal
from typing import Any

import msgspec

from headgate.core.usage import Usage
from headgate.ledger.entry import AttemptEntry, DecisionEntry, Pricing
from headgate.policy.decision import Candidate, RequestFacts

AT = 1_795_435_200.0
"""2026-11-23, 12:00 UTC."""
DOLLAR_PER_MTOK = Pricing(usd_per_input_mtok=Decimal(1), usd_per_output_mtok=Decimal(1))
FACTS = RequestFacts(operation="chat", route="default", input_tokens=10, expected_output_tokens=10)


def decision_entry(id: str, **fields: Any) -> DecisionEntry:  # noqa: A002
    given: dict[str, Any] = {
        "id": id,
        "at": AT,
        "operation": "chat",
        "route": "default",
        "requested_model": "auto",
        "facts": msgspec.json.encode(FACTS),
        "candidates": b"[]",
        "ranked": ("cloud",),
        "status": "answered",
        "served_by": "cloud",
        "http_status": 200,
        "attempts": 1,
        "duration_ms": 120.5,
        "rules_version": "0",
    }
    return DecisionEntry(**{**given, **fields})


def attempt_entry(decision_id: str, number: int = 1, **fields: Any) -> AttemptEntry:
    given: dict[str, Any] = {
        "decision_id": decision_id,
        "number": number,
        "target": "cloud",
        "provider": "openai",
        "model": "gpt-4o-mini",
        "is_local": False,
        "started_at": AT,
        "duration_ms": 100.25,
        "outcome": "answered",
        "http_status": 200,
        "usage": Usage(input_tokens=700, output_tokens=300),
        "pricing": DOLLAR_PER_MTOK,
    }
    return AttemptEntry(**{**given, **fields})


def candidate(name: str, **fields: Any) -> Candidate:
    return Candidate(**{"name": name, "model": "m", "provider": "p", "is_local": False, **fields})
