"""What a deployment holds in memory, and how many requests fit beside the weights.

    weights  = parameters × bits / 8
    cache    = 2 × layers × kv_heads × head_dim × bits / 8   a token (keys and values)
             = layers × kv_latent_dim × bits / 8             with multi-head latent attention
    requests = (share × memory − reserve − weights) / (cache × context)

The share of a card is vLLM's default, `gpu_memory_utilization` 0.9.
"""

from headgate.catalog.models import Model
from headgate.estimate.deployment import Deployment
from headgate.estimate.efficiency import efficiency

GIB = 2**30


def weight_bytes(model: Model, weight_bits: float) -> float:
    """Of all parameters, as stored."""
    return model.parameters_b * 1e9 * weight_bits / 8


def kv_bytes_per_token(model: Model, kv_bits: float = 16) -> float:
    """Of keys and values of one token, over all layers that keep them."""
    layers = model.layers if model.kv_layers is None else model.kv_layers
    if model.kv_latent_dim is not None:
        return layers * model.kv_latent_dim * kv_bits / 8
    return 2 * layers * model.kv_heads * model.head_dim * kv_bits / 8


def usable_bytes(deployment: Deployment) -> float:
    """For weights and cache, over all devices."""
    constants = efficiency(deployment.hardware)
    gib = constants.memory_share * deployment.hardware.memory_gib - constants.reserve_gib
    return max(0.0, gib) * GIB * deployment.devices


def kv_room_bytes(deployment: Deployment) -> float:
    """What the weights leave for the cache; negative when they do not fit."""
    return usable_bytes(deployment) - weight_bytes(deployment.model, deployment.weight_bits)


def most_sequences(deployment: Deployment, context_tokens: float) -> int:
    """How many requests of this length fit at once; 0 when not one does."""
    needed = kv_bytes_per_token(deployment.model, deployment.kv_bits) * max(1.0, context_tokens)
    return max(0, int(kv_room_bytes(deployment) / needed))


def misfit(deployment: Deployment, context_tokens: float, *, sequences: int = 1) -> str | None:
    """Why the model and so many requests do not fit, as a sentence; `None` when they do."""
    model = deployment.model
    name, place = model.name, _place(deployment)
    if context_tokens > model.context_tokens:
        return (
            f"`{name}` reads at most {model.context_tokens:,} tokens, "
            f"the requests have {context_tokens:,.0f}"
        )
    room, usable = kv_room_bytes(deployment), usable_bytes(deployment)
    weights = f"{_gib(usable - room)} of weights at {deployment.weight_bits:g} bits"
    if room <= 0:
        return f"`{name}` does not fit on {place}: {weights}, {_gib(usable)} usable"
    if most_sequences(deployment, context_tokens) >= sequences:
        return None
    needed = kv_bytes_per_token(model, deployment.kv_bits) * context_tokens * sequences
    return (
        f"`{name}` leaves no room for {sequences} × {context_tokens:,.0f} tokens on {place}: "
        f"{weights} leave {_gib(room)}, the cache needs {_gib(needed)}"
    )


def _place(deployment: Deployment) -> str:
    return f"{deployment.devices} × {deployment.hardware.name}"


def _gib(number: float) -> str:
    return f"{number / GIB:,.1f} GiB"
