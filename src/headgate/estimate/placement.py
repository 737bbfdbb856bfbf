"""On how many devices, and how precisely, to run a model."""

from collections.abc import Iterable, Sequence

from headgate.catalog.hardware import Hardware
from headgate.catalog.models import Model
from headgate.estimate.deployment import Deployment
from headgate.estimate.memory import misfit

GGUF_8_BITS = 8.5
"""Q8_0: 32 weights of 8 bits share a scale of 16."""
FOUR_BITS = 4.8
"""Q4_K_M, or AWQ with its 16-bit embeddings: bits per parameter of the whole file."""
FP4_BITS = 4.25
"""MXFP4: 32 weights of 4 bits share a scale of 8."""
USEFUL_SEQUENCES = 8
"""A batch below this wastes a card; a desk's computer serves one person."""


def choose_deployment(
    model: Model,
    hardware: Hardware,
    *,
    context_tokens: float,
    precisions: Sequence[float] | None = None,
    sequences: int | None = None,
) -> Deployment | str:
    """The fewest devices, then the highest precision, on which the model and a batch fit.

    Four-bit weights cost quality, so they come last: only where no finer ones fit on all
    devices of a node. A sentence when nothing does.

    Args:
        context_tokens: of the longest requests that matter, input and output.
        precisions: bits per parameter to try instead of the usual ones, finest first.
        sequences: how many such requests have to fit at once.
    """
    wanted = sequences or (1 if hardware.kind != "gpu" else USEFUL_SEQUENCES)
    if precisions is None:
        precisions = usual_precisions(model, hardware)
    reasons = []
    for group in _by_quality(precisions):
        for devices in _device_counts(hardware):
            for bits in group:
                deployment = Deployment(
                    model=model, hardware=hardware, devices=devices, weight_bits=bits
                )
                reason = misfit(deployment, context_tokens, sequences=wanted)
                if reason is None:
                    return deployment
                reasons.append(reason)
    return reasons[-1] if reasons else f"`{model.name}` has no precision to run in"


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
    counts = (1, 2, 4, 8, 16)
    return tuple(count for count in counts if count <= hardware.devices_per_node)
