"""Open-weights models: what their memory and speed follow from."""

from collections.abc import Mapping
from functools import cache
from typing import Literal

from msgspec import Struct

from headgate.catalog.files import read
from headgate.catalog.sources import Source


class Quality(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How well a model does on one public benchmark."""

    benchmark: Literal["mmlu_pro"] = "mmlu_pro"
    percent: float


class Model(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model whose weights one can run."""

    id: str
    """As `llama-3.1-8b`."""
    name: str
    """For people: `Llama 3.1 8B`."""
    family: str
    parameters_b: float
    """Billions, all of them: what has to be held in memory."""
    active_parameters_b: float
    """Billions that one token uses; as `parameters_b` for a dense model."""
    layers: int
    hidden_size: int
    heads: int
    kv_heads: int
    head_dim: int
    kv_latent_dim: int | None = None
    """Multi-head latent attention: values kept per token and layer instead of keys and values."""
    kv_layers: int | None = None
    """Layers that keep keys and values for the whole context; all when absent (hybrid models)."""
    kv_window_tokens: int | None = None
    """What each of the other layers keeps at most; a fixed small state when absent."""
    context_tokens: int
    native_weight_bits: int = 16
    """Of the published weights (8 for FP8, 4 for MXFP4)."""
    licence: str
    quality: Quality | None = None
    sources: tuple[Source, ...]


@cache
def models() -> Mapping[str, Model]:
    """All models by id, in the order of the file."""
    return {each.id: each for each in read("models.yaml", tuple[Model, ...])}
