"""What a replay found."""

from msgspec import Struct

from headgate.core.usage import Money


class Move(Struct, frozen=True, kw_only=True):
    """Requests that went to one target and would go to another; `None` is nowhere."""

    before: str | None
    after: str | None
    requests: int
    examples: tuple[str, ...]
    """Ids of decisions, for `headgate explain`."""


class Quality(Struct, frozen=True, kw_only=True):
    """How many answers are expected to be worse, by what was predicted of each request then."""

    weaker: int
    """Requests that a weaker tier would answer."""
    stronger: int
    unknown: int
    """Requests that move, and nobody can tell which of the two answers better, or by how much."""
    expected_lost: float | None
    """Good answers fewer than before, less those more; `None` where nothing is predicted."""
    low: float | None
    high: float | None
    """From 80 % intervals of each prediction, taken to be wrong all the same way."""


class TargetShare(Struct, frozen=True, kw_only=True):
    """One target's part."""

    target: str
    requests: int
    known_usd: Money
    unknown_costs: int
    utilisation: float | None
    """Share of its slots' time that is used; `None` without slots or times."""
    speed: str | None
    """Where its speed is from: `said`, `calculated`, `measured`, `published`; `None` is unknown."""


class Figures(Struct, frozen=True, kw_only=True):
    """The traffic under one policy, or as it was."""

    name: str
    requests: int
    served: int
    refused: int
    """No target might serve them."""
    failed: int
    """Every target that might serve them had failed them then."""
    known_usd: Money
    unknown_costs: int
    """Attempts whose cost is not in the sum."""
    ttft_p50_ms: float | None
    ttft_p95_ms: float | None
    total_p50_ms: float | None
    total_p95_ms: float | None
    unknown_times: int
    """Served requests that the percentiles leave out."""
    local_share: float | None
    """Of served requests."""
    waited: int
    """Requests that waited for a slot longer than they did."""
    targets: tuple[TargetShare, ...] = ()
    changed: int | None = None
    """Requests that would first go elsewhere; `None` where nobody had decided."""
    reordered: int | None = None
    """Requests that would first go to the same target, with others to fall back on."""
    moves: tuple[Move, ...] = ()
    quality: Quality | None = None
    notes: tuple[str, ...] = ()


class Replay(Struct, frozen=True, kw_only=True):
    """Past traffic under several policies."""

    source: str
    requests: int
    first_at: str | None
    span_s: float | None
    seed: int
    prices: str
    """The price list."""
    recorded: Figures | None
    """As it was; `None` for a trace."""
    policies: tuple[Figures, ...]
    notes: tuple[str, ...] = ()
