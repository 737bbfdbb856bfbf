"""Past traffic, request by request, as ledgers and traces tell it."""

from collections.abc import Mapping

from msgspec import Struct

from headgate.core.usage import Money, Usage
from headgate.policy.decision import Candidate, RequestFacts


class Tried(Struct, frozen=True, gc=False, kw_only=True):
    """One try at one target."""

    target: str
    model: str
    response_model: str | None = None
    is_local: bool
    started_at: float
    """Unix seconds."""
    duration_ms: float
    ttft_ms: float | None = None
    is_answer: bool
    """It answered, and it is what the client got."""
    has_failed: bool = False
    role: str = "serve"
    usage: Usage | None = None
    usd: Money | None = None
    """As recorded; `None` is unknown."""


class Past(Struct, frozen=True, gc=False, kw_only=True):
    """One request, with what was known when it came and what became of it."""

    id: str
    at: float
    """Unix seconds, or seconds since the first."""
    priced_at: float | None = None
    """Unix seconds: whose prices apply, where they are not those of the time it came."""
    requested_model: str
    facts: RequestFacts
    candidates: Mapping[str, Candidate] = {}
    """By name, as they stood; empty for a trace."""
    ranked: tuple[str, ...] | None = None
    """`None` where nobody decided: in a trace."""
    served_by: str | None = None
    is_answered: bool = True
    attempts: tuple[Tried, ...] = ()
    usage: Usage | None = None
    """What the answer used; `None` where nobody knows."""
    duration_ms: float | None = None
    """Of the whole request."""
