"""How long a replica computes: a roofline for steps and prompts.

A step gives one token to each of `batch` sequences. It reads the weights once and every
sequence's cache, or is held up by arithmetic; the engine, the layers and the sums between
devices add time that neither bandwidth nor arithmetic explains (Williams et al. 2009;
Pope et al. 2022, "Efficiently Scaling Transformer Inference").

    step(B)   = fixed + max(weights(B) / bandwidth, B × 2 × active / peak) + B × each
    prefill   = step's fixed part + max(weights / bandwidth,
                (2 × active × new + 2 × layers × heads × head_dim × pairs) / peak) + sums

`pairs` counts which token looks at which: new × (2 × cached + new). With experts,
weights(B) = all × (1 − (1 − active / all)^B): each token draws its share at random.
"""

from functools import lru_cache

from msgspec import Struct

from headgate.catalog.hardware import Hardware
from headgate.catalog.models import Model
from headgate.estimate.deployment import Deployment, Lengths
from headgate.estimate.efficiency import Efficiency, efficiency
from headgate.estimate.memory import kv_bytes, layer_tokens, weight_bytes

PCIE_GB_S = 25.0
"""Between devices when the catalogue names no link: PCIe 4.0 × 16, as reached."""
REDUCES_PER_LAYER = 2
"""After attention and after the feed-forward part (Shoeybi et al. 2019, Megatron-LM)."""
ACTIVATION_BYTES = 2


class Work(Struct, frozen=True, gc=False):
    """Seconds that one replica takes for requests of one length."""

    fixed_s: float
    """Of every step, whatever it holds."""
    weights_s: float
    """To read all weights."""
    idle_share: float
    """Of the weights, that one token does not touch; 0 for a dense model."""
    arithmetic_s: float
    """Of one sequence's matrices in a step."""
    sequence_s: float
    """To read one sequence's cache, attend to it and sum its activations."""
    prefill_s: float
    """To read one request's new tokens."""

    def step_s(self, batch: float) -> float:
        """One token for each of `batch` sequences; at least one is there."""
        batch = max(1.0, batch)
        touched = 1.0 - self.idle_share**batch if self.idle_share else 1.0
        matrices = max(touched * self.weights_s, batch * self.arithmetic_s)
        return self.fixed_s + matrices + batch * self.sequence_s


@lru_cache(maxsize=4096)
def work(deployment: Deployment, lengths: Lengths) -> Work:
    """The times of a deployment for requests of these lengths."""
    model, constants = deployment.model, efficiency(deployment.hardware)
    bandwidth = bytes_per_s(deployment, constants)
    peak = flops_per_s(deployment, constants)
    context = lengths.input_tokens + lengths.output_tokens / 2
    cache_s = kv_bytes(model, context, deployment.kv_bits) / bandwidth
    attention_s = attention_flops(model, 1, context) / peak
    sums_s = reduce_s_per_token(deployment)
    fixed_s = fixed_s_per_step(deployment, constants)
    weights_s = weight_bytes(model, deployment.weight_bits) / bandwidth
    arithmetic_s = 2e9 * model.active_parameters_b / peak
    new = lengths.new_tokens
    pairs_s = attention_flops(model, new, lengths.input_tokens - new / 2) / peak
    return Work(
        fixed_s=fixed_s,
        weights_s=weights_s,
        idle_share=max(0.0, 1 - model.active_parameters_b / model.parameters_b),
        arithmetic_s=arithmetic_s,
        sequence_s=max(cache_s, attention_s) + sums_s,
        prefill_s=fixed_s + max(weights_s, new * arithmetic_s + pairs_s) + new * sums_s,
    )


def bytes_per_s(deployment: Deployment, constants: Efficiency) -> float:
    """Memory bandwidth as reached, over all devices."""
    return constants.bandwidth_share * deployment.hardware.bandwidth_gb_s * 1e9 * deployment.devices


def flops_per_s(deployment: Deployment, constants: Efficiency) -> float:
    """Arithmetic as reached, over all devices, in the format that the weights allow."""
    peak = _peak_tflops(deployment.hardware, deployment.weight_bits)
    return constants.compute_share * peak * 1e12 * deployment.devices


def _peak_tflops(hardware: Hardware, weight_bits: float) -> float:
    if weight_bits <= 4.5 and hardware.fp4_tflops:
        return hardware.fp4_tflops
    if weight_bits <= 8 and hardware.fp8_tflops:
        return hardware.fp8_tflops
    return hardware.bf16_tflops


def attention_flops(model: Model, queries: float, context: float) -> float:
    """Of scores and weighted sums: 4 × heads × head_dim for each pair of tokens and layer."""
    return 4 * model.heads * model.head_dim * queries * layer_tokens(model, context)


def fixed_s_per_step(deployment: Deployment, constants: Efficiency) -> float:
    """The engine's, the layers' and the sums' latency."""
    layers = deployment.model.layers
    fixed = constants.step_s + layers * constants.layer_s
    if deployment.devices == 1:
        return fixed
    return fixed + REDUCES_PER_LAYER * layers * constants.reduce_s


def reduce_s_per_token(deployment: Deployment) -> float:
    """To sum one token's activations over the devices: 2 × (n − 1) / n of them over the link."""
    devices, model = deployment.devices, deployment.model
    if devices == 1:
        return 0.0
    link = (deployment.hardware.link_gb_s or PCIE_GB_S) * 1e9
    moved = model.hidden_size * ACTIVATION_BYTES * 2 * (devices - 1) / devices
    return REDUCES_PER_LAYER * model.layers * moved / link
