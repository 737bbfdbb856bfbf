"""What one replica of a model on some hardware can serve, and how fast.

The interface that the planner stands on. The method behind it is a roofline (documented in
docs/concepts/performance-model.md); a physical model may replace it behind these names.
"""

from typing import Literal

from msgspec import Struct

from headgate.catalog.hardware import Hardware
from headgate.catalog.models import Model
from headgate.estimate.basis import Basis


class Deployment(Struct, frozen=True, kw_only=True):
    """One replica: a model on a number of devices that work together."""

    model: Model
    hardware: Hardware
    devices: int = 1
    """Tensor-parallel."""
    weight_bits: float = 16.0
    """Per parameter, as stored (Q4_K_M is about 4.8)."""
    kv_bits: int = 16


class Lengths(Struct, frozen=True, kw_only=True):
    """Tokens of the mean request."""

    input_tokens: float
    output_tokens: float
    cached_tokens: float = 0.0
    """Of the input, already in the prefix cache."""


class Targets(Struct, frozen=True, kw_only=True):
    """What the replica must keep to while it serves; `None` is no limit."""

    ttft_p95_s: float | None = None
    tokens_per_s: float | None = None
    """Of each answer."""


class Capacity(Struct, frozen=True, kw_only=True):
    """The most that a replica serves within its targets."""

    requests_per_s: float
    """0 when the targets cannot be met, or the model does not fit."""
    concurrency: int
    limited_by: Literal["memory", "ttft", "tokens_per_s", "compute", "nothing fits"]
    problem: str | None = None
    """A sentence when it is 0: what does not fit or cannot be met, with the figures."""
    basis: Basis


class Speed(Struct, frozen=True, kw_only=True):
    """How a replica answers at one rate of requests."""

    ttft_p50_s: float
    ttft_p95_s: float
    tpot_p50_s: float
    """Seconds per output token."""
    tpot_p95_s: float
    e2e_p50_s: float
    e2e_p95_s: float
    utilisation: float
    """Share of time in which the replica computes."""
    basis: Basis
