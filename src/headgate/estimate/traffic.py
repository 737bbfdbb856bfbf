"""Traffic in the form that prices and capacities are calculated from.

A million requests become a few dozen classes of like length (`RequestClass`), because a
price depends on the length of each request, and a curve of how unevenly they arrive
(`LoadStep`), because hardware is sized for the busy hours and paid in the idle ones.
"""

from msgspec import Struct


class RequestClass(Struct, frozen=True, kw_only=True):
    """Requests of about the same length; tokens are means of one request."""

    share: float
    """Of all requests; the shares of a traffic add up to 1."""
    input_tokens: float
    """All that is read, cache reads and writes included."""
    output_tokens: float
    cache_read_tokens: float = 0.0
    cache_write_tokens: float = 0.0


class LoadStep(Struct, frozen=True, kw_only=True):
    """A part of the time in which traffic comes at one rate."""

    share: float
    """Of the time; the shares add up to 1."""
    load: float
    """Rate relative to the mean over all time; share-weighted, the loads add up to 1."""


class ModelShare(Struct, frozen=True, kw_only=True):
    """What one model of a log was used for."""

    model: str
    requests: int
    input_tokens: int
    output_tokens: int
    recorded_cost_usd: float | None = None
    """As the log says, where it does."""


class ModelSpeed(Struct, frozen=True, kw_only=True):
    """How fast one model of one provider answered, measured on this traffic."""

    provider: str
    model: str
    samples: int
    ttft_p50_s: float
    ttft_p95_s: float
    tpot_p50_s: float
    """Seconds per output token after the first."""
    tpot_p95_s: float
    as_of: str
    """ISO date of the newest sample."""


class Dropped(Struct, frozen=True, kw_only=True):
    """Rows of a file that could not be used, and why."""

    reason: str
    rows: int
    first_line: int
    """1 is the file's first line; 0 where there are no lines, as in the ledger."""


class Traffic(Struct, frozen=True, kw_only=True):
    """What a log or a trace says about a workload."""

    name: str
    """Of the file, or `ledger`."""
    format: str
    """As `azure_trace`, `openai_usage`."""
    requests: int
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    first_at: str | None = None
    """ISO 8601, UTC; `None` where times are relative or absent."""
    span_s: float | None = None
    """From the first to the last request; `None` without times."""
    classes: tuple[RequestClass, ...]
    """At most `MOST_CLASSES`; never across `TIER_EDGES`."""
    load_curve: tuple[LoadStep, ...]
    """Busiest first; one step of load 1 where nothing is known."""
    hours_utc: tuple[float, ...] = ()
    """24 shares of requests by hour of the day; empty where not known."""
    prefix_hit_share: float | None = None
    """Share of input tokens that an unbounded prefix cache would have had, where the log tells."""
    by_model: tuple[ModelShare, ...] = ()
    """Dearest use first, then most tokens; at most `MOST_MODELS`."""
    speeds: tuple[ModelSpeed, ...] = ()
    """Where the log tells them: plans trust these before anything published."""
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()
    """What the reader had to assume, in sentences."""


MOST_CLASSES = 48
MOST_MODELS = 50
TIER_EDGES = (32_000, 128_000, 200_000, 256_000, 272_000)
"""Input lengths at which some price list changes its rate."""
