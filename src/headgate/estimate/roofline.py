"""How long a replica computes: a roofline for steps and prompts.

A step gives one token to each of `batch` sequences. It reads the weights once and every
sequence's cache, or is held up by arithmetic; the engine, the layers and the sums between
devices add time that neither bandwidth nor arithmetic explains (Williams et al. 2009;
Pope et al. 2022, "Efficiently Scaling Transformer Inference").

    step(B) = fixed + max(weights(B) / bandwidth, B × 2 × active / peak) + B × sequence
    prompt  = fixed + max(weights / bandwidth, new work / peak) + sums
    new work = 2 × active × new + 4 × layers × heads × head_dim × pairs

`pairs` counts which token looks at which: new × (cached + new / 2). With experts,
weights(B) = all × (1 − (1 − active / all)^B): each token draws its share at random.
A prompt that joins a step of answers in work (chunked prefill, Agrawal et al. 2023) adds
only its arithmetic and its sums: the step reads the weights anyway.
"""

from functools import lru_cache

from msgspec import Struct

from headgate.catalog.models import Model
from headgate.estimate.deployment import Deployment, Lengths
from headgate.estimate.efficiency import Efficiency, efficiency
from headgate.estimate.memory import kv_bytes, layer_tokens, weight_bytes

FP8_BITS = 8.0
FP4_BITS = 4.5
"""NVFP4 with its scales; MXFP4 has 4.25."""
PCIE_GB_S = 25.0
"""Between devices when the catalogue names no link: PCIe 4.0 × 16, as reached."""
LINK_SHARE = 0.6
"""Of the link between devices, reached by sums."""
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
    request_s: float
    """Before a prompt is read."""
    prompt_s: float
    """To read one request's new tokens, alone."""
    shared_prompt_s: float
    """What that adds to a step that reads the weights anyway, for answers in work."""

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
    weights_s = weight_bytes(model, deployment.weight_bits) / bandwidth
    arithmetic_s = 2e9 * model.active_parameters_b / peak
    new = lengths.new_tokens
    pairs_s = attention_flops(model, new, lengths.input_tokens - new / 2) / peak
    new_s = new * arithmetic_s + pairs_s
    return Work(
        fixed_s=fixed_s_per_step(deployment, constants),
        weights_s=weights_s,
        idle_share=max(0.0, 1 - model.active_parameters_b / model.parameters_b),
        arithmetic_s=arithmetic_s,
        sequence_s=max(cache_s, attention_s) + sums_s,
        request_s=constants.request_s,
        prompt_s=fixed_s_per_prompt(deployment, constants) + max(weights_s, new_s) + new * sums_s,
        shared_prompt_s=new_s + new * sums_s,
    )


def has_experts(model: Model) -> bool:
    """Whether a token uses only a part of the weights."""
    return model.active_parameters_b < model.parameters_b


def bytes_per_s(deployment: Deployment, constants: Efficiency) -> float:
    """Memory bandwidth as reached, over all devices."""
    return constants.bandwidth_share * deployment.hardware.bandwidth_gb_s * 1e9 * deployment.devices


def flops_per_s(deployment: Deployment, constants: Efficiency) -> float:
    """Arithmetic as reached, over all devices, in the fastest format that the weights allow."""
    hardware, bits = deployment.hardware, deployment.weight_bits
    narrow = [hardware.fp8_tflops or 0.0] if bits <= FP8_BITS else []
    if bits <= FP4_BITS:
        narrow.append(hardware.fp4_tflops or 0.0)
    peak = max([hardware.bf16_tflops, *(constants.narrow_share * each for each in narrow)])
    share = constants.compute_share
    if has_experts(deployment.model):
        share *= constants.expert_share
    return share * peak * 1e12 * deployment.devices


def attention_flops(model: Model, queries: float, context: float) -> float:
    """Of scores and weighted sums: 4 × heads × head_dim for each pair of tokens and layer."""
    return 4 * model.heads * model.head_dim * queries * layer_tokens(model, context)


def fixed_s_per_step(deployment: Deployment, constants: Efficiency) -> float:
    """Of a step: the engine's own time, the layers' and the latency of sums over devices."""
    return _fixed_s(deployment, constants, constants.layer_s, constants.expert_layer_s)


def fixed_s_per_prompt(deployment: Deployment, constants: Efficiency) -> float:
    """The same while a prompt is read."""
    expert_s = constants.expert_prompt_layer_s
    return _fixed_s(deployment, constants, constants.prompt_layer_s, expert_s)


def _fixed_s(
    deployment: Deployment, constants: Efficiency, layer_s: float, expert_s: float
) -> float:
    if has_experts(deployment.model):
        layer_s += expert_s
    if deployment.devices > 1:
        layer_s += REDUCES_PER_LAYER * constants.reduce_s
    return constants.step_s + deployment.model.layers * layer_s


def reduce_s_per_token(deployment: Deployment) -> float:
    """To sum one token's activations over the devices: 2 × (n − 1) / n of them over the link."""
    devices, model = deployment.devices, deployment.model
    if devices == 1:
        return 0.0
    link = LINK_SHARE * (deployment.hardware.link_gb_s or PCIE_GB_S) * 1e9
    moved = model.hidden_size * ACTIVATION_BYTES * 2 * (devices - 1) / devices
    return REDUCES_PER_LAYER * model.layers * moved / link
