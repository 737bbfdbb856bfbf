"""The rows of the ledger: one per decision, one per attempt. Nothing here holds prompt text."""

from typing import Literal

from msgspec import Struct

from headgate.core.usage import Usage
from headgate.estimate.cost import Pricing

__all__ = ["AttemptEntry", "DecisionEntry", "Outcome", "Pricing", "Role", "Status"]

Outcome = Literal[
    "answered",  # complete
    "cancelled",  # the client left
    "truncated",  # cut by the backend after the client had seen content
    "timeout",
    "unavailable",  # no connection
    "rejected",  # an error status
    "garbled",
    "quality",  # answered, but failed a check of the route
    "engine",  # a local engine failed
    "failed",  # anything else
]
Role = Literal[
    "serve",  # tried to answer the client
    "member",  # one of the cheap answers of a cascade
    "judge",  # asked how good an answer is
    "hedge",  # a second one beside a slow first
    "mirror",  # a copy, whose answer nobody sees
    "batch",
]
"""What an attempt was for."""
Status = Literal["answered", "cancelled", "truncated", "failed", "refused", "rejected"]


class AttemptEntry(Struct, frozen=True, gc=False, kw_only=True):
    """One try at one target, whatever became of it."""

    decision_id: str
    number: int
    """1 for the first try of a request."""
    target: str
    provider: str
    model: str
    """What we asked for."""
    response_model: str | None = None
    """What the backend says it used."""
    is_local: bool
    region: str | None = None
    started_at: float
    """Unix seconds."""
    duration_ms: float
    ttft_ms: float | None = None
    outcome: Outcome
    error: str | None = None
    """Our own sentence about the failure; never an upstream body."""
    http_status: int | None = None
    usage: Usage | None = None
    """`None` when nothing is known about the tokens."""
    pricing: Pricing
    role: Role = "serve"
    note: str | None = None
    """What it came to, in our words: a judge's score, say. Quotes no text."""


class DecisionEntry(Struct, frozen=True, gc=False, kw_only=True):
    """One request: what was known, what was decided, what became of it."""

    id: str
    at: float
    """Unix seconds."""
    operation: str
    route: str
    requested_model: str
    key_name: str | None = None
    environment: str | None = None
    stream: bool = False
    facts: bytes
    """JSON of `policy.RequestFacts`."""
    candidates: bytes
    """JSON list of `policy.Candidate`, as they stood."""
    ranked: tuple[str, ...]
    """Names in the order decided."""
    status: Status
    served_by: str | None = None
    http_status: int
    attempts: int
    duration_ms: float
    rules_version: str
    """Hash of the rules that decided, so that a replay knows whether it can match."""
    verdict: str | None = None
    """What a cascade or a hedge came to, in our words; quotes no text."""
    vetoed_by: tuple[str, ...] = ()
    """Rules that refused a candidate, once for each one refused; counted, not stored."""
