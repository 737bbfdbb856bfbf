"""A model on devices that work together, and the request they are asked to answer."""

from msgspec import Struct

from headgate.catalog.hardware import Hardware
from headgate.catalog.models import Model


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

    @property
    def context_tokens(self) -> float:
        """What a request holds in memory when it ends."""
        return self.input_tokens + self.output_tokens

    @property
    def new_tokens(self) -> float:
        """What has to be read; the last token always, for its logits."""
        return max(1.0, self.input_tokens - self.cached_tokens)
