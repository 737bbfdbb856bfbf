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
    """Of the dense peak, while a prompt is read; 0.2 to 0.8."""
    step_s: float
    """The engine's own time per step: scheduling, sampling, text; 0 to 5 ms."""
    layer_s: float
    """Added by each layer to a step: kernels started one after another; 0 to 100 µs."""
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
        bandwidth_share=0.8,
        compute_share=0.6,
        step_s=2e-3,
        layer_s=2e-5,
        reduce_s=1.2e-5,
        most_sequences=256,
        memory_share=0.9,
        reserve_gib=1.0,
    ),
    "desk gpu": Efficiency(
        bandwidth_share=0.75,
        compute_share=0.5,
        step_s=1e-3,
        layer_s=2e-5,
        reduce_s=2.5e-5,
        most_sequences=64,
        memory_share=0.9,
        reserve_gib=1.0,
    ),
    "apple": Efficiency(
        bandwidth_share=0.75,
        compute_share=0.5,
        step_s=1e-3,
        layer_s=2e-5,
        reduce_s=5e-5,
        most_sequences=8,
        memory_share=0.95,
        reserve_gib=0.5,
    ),
    "cpu": Efficiency(
        bandwidth_share=0.65,
        compute_share=0.35,
        step_s=1e-3,
        layer_s=2e-5,
        reduce_s=5e-5,
        most_sequences=4,
        memory_share=0.95,
        reserve_gib=0.5,
    ),
}


def machine_class(hardware: Hardware) -> MachineClass:
    """Which constants apply; a card without company in its machine is a desk's."""
    if hardware.kind != "gpu":
        return hardware.kind
    return "server gpu" if hardware.devices_per_node > 2 else "desk gpu"


def efficiency(hardware: Hardware) -> Efficiency:
    """The constants of a machine."""
    return EFFICIENCIES[machine_class(hardware)]
