"""How much of its data sheet each kind of machine reaches, and what an engine adds.

Every constant is a share of a published peak or a time. Where each was set from, and how
far the result is off, is in docs/concepts/performance-model.md (`bench/roofline_eval.py`).
"""

from typing import Literal

from msgspec import Struct

from headgate.catalog.hardware import Hardware

MachineClass = Literal["server gpu", "desk gpu", "apple", "cpu"]


class Efficiency(Struct, frozen=True, kw_only=True):
    """The constants of one class of machine."""

    bandwidth_share: float
    """Of the data sheet's memory bandwidth, while weights and cache are read; 0.4 to 0.95."""
    compute_share: float
    """Of the dense bf16 peak, while a prompt is read; 0.2 to 0.9."""
    narrow_share: float
    """Of that, with 8 or 4 bits, whose peaks are 2 and 4 times higher; 0.5 to 1."""
    expert_share: float
    """Of `compute_share`, with a mixture of experts: small matrices, uneven loads; 0.1 to 1."""
    request_s: float
    """Before a prompt is read: network, queue, tokenizer; 0 to 100 ms."""
    step_s: float
    """The engine's own time per step: scheduling, sampling, text; 0 to 5 ms."""
    layer_s: float
    """Added by each layer to a step: kernels started one after another; 0 to 100 µs."""
    prompt_layer_s: float
    """The same while a prompt is read, where kernels are not replayed as one graph."""
    expert_layer_s: float
    """Added to a step's layer by experts: choose, sort, gather; 0 to 100 µs."""
    expert_prompt_layer_s: float
    """The same while a prompt is read; 0 to 1 ms."""
    reduce_s: float
    """Latency of one sum over the devices; two of them a layer. 5 to 50 µs."""
    most_sequences: int
    """That the usual engine answers at once: vLLM's `max_num_seqs`, llama.cpp's slots."""
    memory_share: float
    """Of `memory_gib`, given to weights and cache."""
    reserve_gib: float
    """Of that share, taken by activations and graphs on each device."""


EFFICIENCIES: dict[MachineClass, Efficiency] = {
    "server gpu": Efficiency(
        bandwidth_share=0.85,
        compute_share=0.81,
        narrow_share=0.62,
        expert_share=0.31,
        request_s=3.2e-3,
        step_s=0.0,
        layer_s=3.7e-5,
        prompt_layer_s=1.3e-4,
        expert_layer_s=1.2e-5,
        expert_prompt_layer_s=8e-4,
        reduce_s=1.7e-5,
        most_sequences=256,
        memory_share=0.9,
        reserve_gib=1.0,
    ),
    "desk gpu": Efficiency(
        bandwidth_share=0.77,
        compute_share=0.83,
        narrow_share=0.5,
        expert_share=0.34,
        request_s=4e-3,
        step_s=0.0,
        layer_s=3e-5,
        prompt_layer_s=3e-5,
        expert_layer_s=1e-5,
        expert_prompt_layer_s=1e-5,
        reduce_s=2.5e-5,
        most_sequences=64,
        memory_share=0.9,
        reserve_gib=1.0,
    ),
    "apple": Efficiency(
        bandwidth_share=0.85,
        compute_share=0.65,
        narrow_share=0.5,
        expert_share=0.6,
        request_s=4e-3,
        step_s=2e-3,
        layer_s=1.5e-4,
        prompt_layer_s=1.5e-4,
        expert_layer_s=1e-5,
        expert_prompt_layer_s=1e-5,
        reduce_s=5e-5,
        most_sequences=8,
        memory_share=0.95,
        reserve_gib=0.5,
    ),
    "cpu": Efficiency(
        bandwidth_share=0.68,
        compute_share=0.3,
        narrow_share=0.5,
        expert_share=0.6,
        request_s=4e-3,
        step_s=5e-3,
        layer_s=1e-3,
        prompt_layer_s=1e-3,
        expert_layer_s=1e-5,
        expert_prompt_layer_s=1e-5,
        reduce_s=5e-5,
        most_sequences=4,
        memory_share=0.95,
        reserve_gib=0.5,
    ),
}


MOST_DESK_DEVICES = 2
MOST_DESK_GIB = 48.0


def machine_class(hardware: Hardware) -> MachineClass:
    """Which constants apply; a card is a desk's when it is small and has little company."""
    if hardware.kind != "gpu":
        return hardware.kind
    is_small = hardware.memory_gib <= MOST_DESK_GIB
    is_lonely = hardware.devices_per_node <= MOST_DESK_DEVICES
    return "desk gpu" if is_small and is_lonely else "server gpu"


def efficiency(hardware: Hardware) -> Efficiency:
    """The constants of a machine."""
    return EFFICIENCIES[machine_class(hardware)]
