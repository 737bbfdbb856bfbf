"""On how many devices, and how precisely, to run a model."""

from collections.abc import Iterable

from headgate.catalog.hardware import Hardware
from headgate.catalog.models import Model
from headgate.estimate.deployment import Deployment
from headgate.estimate.efficiency import MachineClass, machine_class
from headgate.estimate.memory import misfit

GGUF_8_BITS = 8.5
"""Q8_0: 32 weights of 8 bits share a scale of 16."""
FOUR_BITS = 4.8
"""Q4_K_M, or AWQ with its 16-bit embeddings: bits per parameter of the whole file."""
FP4_BITS = 4.25
"""MXFP4: 32 weights of 4 bits share a scale of 8."""
USEFUL_SEQUENCES: dict[MachineClass, int] = {
    "server gpu": 16,
    "desk gpu": 4,
    "apple": 1,
    "cpu": 1,
}
"""A smaller batch wastes a server's card; a desk's computer serves one person."""
ORDINARY_TOKENS = 4096
DEVICE_COUNTS = (1, 2, 4, 8, 16)
"""Heads are divided among devices, and there are powers of two of them."""


def choose_deployment(
    model: Model,
    hardware: Hardware,
    *,
    context_tokens: float,
    weight_bits: float | None = None,
    devices: int | None = None,
) -> Deployment | str:
    """The fewest devices, then the highest precision, on which the model and a batch fit.

    Four-bit weights cost quality: they come after finer ones on all devices of a node.
    Where no batch fits, room for one request has to do; where that does not either, the
    answer is a sentence that says why.

    Args:
        context_tokens: Of the longest requests that matter, input and output.
        weight_bits: The only precision to try.
        devices: The only number of devices to try.
    """
    precisions = usual_precisions(model, hardware) if weight_bits is None else (weight_bits,)
    counts = _device_counts(hardware) if devices is None else (devices,)
    tries = [
        Deployment(model=model, hardware=hardware, devices=count, weight_bits=bits)
        for group in _by_quality(precisions)
        for count in counts
        for bits in group
    ]
    reasons = [misfit(deployment, context_tokens) for deployment in tries]
    fitting = [each for each, reason in zip(tries, reasons, strict=True) if reason is None]
    if not fitting:
        return str(reasons[-1])
    return next((each for each in fitting if has_room(each, context_tokens)), fitting[0])


def has_room(deployment: Deployment, context_tokens: float) -> bool:
    """Whether a useful batch fits: of such requests, or of ordinary ones where these are long."""
    sequences = USEFUL_SEQUENCES[machine_class(deployment.hardware)]
    ordinary = min(context_tokens, ORDINARY_TOKENS)
    return misfit(deployment, ordinary, sequences=sequences) is None


def usual_precisions(model: Model, hardware: Hardware) -> tuple[float, ...]:
    """Bits per parameter in which this machine runs the model, finest first."""
    native = FP4_BITS if model.native_weight_bits == 4 else float(model.native_weight_bits)
    if hardware.kind != "gpu":
        usual = [GGUF_8_BITS, FOUR_BITS]
    elif hardware.fp8_tflops or model.native_weight_bits <= 8:
        usual = [16.0, 8.0, FOUR_BITS]
    else:
        usual = [16.0, FOUR_BITS]
    return tuple(bits for bits in usual if bits < native + 1) if native > FOUR_BITS else (native,)


def _by_quality(precisions: Iterable[float]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    tried = tuple(precisions)
    fine = tuple(bits for bits in tried if bits > FOUR_BITS)
    return fine, tuple(bits for bits in tried if bits <= FOUR_BITS)


def _device_counts(hardware: Hardware) -> tuple[int, ...]:
    return tuple(count for count in DEVICE_COUNTS if count <= hardware.devices_per_node)
