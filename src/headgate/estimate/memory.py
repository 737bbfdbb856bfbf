"""What a deployment holds in memory, and how many requests fit beside the weights.

    weights  = parameters × bits / 8
    cache    = layers × context × 2 × kv_heads × head_dim × bits / 8   (keys and values)
             = layers × context × kv_latent_dim × bits / 8             (latent attention)
    requests = (share × memory − reserve − weights) / cache

The share of a card is vLLM's default, `gpu_memory_utilization` 0.9.
"""

from headgate.catalog.models import Model
from headgate.estimate.deployment import Deployment
from headgate.estimate.efficiency import efficiency

GIB = 2**30


def place(deployment: Deployment) -> str:
    """Where it runs, for people: `2 × NVIDIA H100`."""
    return f"{deployment.devices} × {deployment.hardware.name}"


def weight_bytes(model: Model, weight_bits: float) -> float:
    """Of all parameters, as stored."""
    return model.parameters_b * 1e9 * weight_bits / 8


def layer_tokens(model: Model, context_tokens: float) -> float:
    """Tokens that the layers keep of a context, added up; a window keeps only the last ones."""
    whole = model.layers if model.kv_layers is None else model.kv_layers
    windowed = min(context_tokens, model.kv_window_tokens or 0)
    return whole * context_tokens + (model.layers - whole) * windowed


def kv_bytes(model: Model, context_tokens: float, kv_bits: float = 16) -> float:
    """Of the cache of one request with so many tokens."""
    values = model.kv_latent_dim or 2 * model.kv_heads * model.head_dim
    return layer_tokens(model, context_tokens) * values * kv_bits / 8


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
    needed = kv_bytes(deployment.model, max(1.0, context_tokens), deployment.kv_bits)
    return max(0, int(kv_room_bytes(deployment) / needed))


def misfit(deployment: Deployment, context_tokens: float, *, sequences: int = 1) -> str | None:
    """Why the model and so many requests do not fit, as a sentence; `None` when they do."""
    model = deployment.model
    name, on = model.name, place(deployment)
    if context_tokens > model.context_tokens:
        return (
            f"`{name}` reads at most {model.context_tokens:,} tokens, "
            f"the requests have {context_tokens:,.0f}"
        )
    room, usable = kv_room_bytes(deployment), usable_bytes(deployment)
    weights = f"{_gib(usable - room)} of weights at {deployment.weight_bits:g} bits"
    if room <= 0:
        return f"`{name}` does not fit on {on}: {weights}, {_gib(usable)} usable"
    if most_sequences(deployment, context_tokens) >= sequences:
        return None
    needed = kv_bytes(model, context_tokens, deployment.kv_bits) * sequences
    return (
        f"`{name}` leaves no room for {sequences} × {context_tokens:,.0f} tokens on {on}: "
        f"{weights} leave {_gib(room)}, the cache needs {_gib(needed)}"
    )


def _gib(number: float) -> str:
    return f"{number / GIB:,.1f} GiB"
