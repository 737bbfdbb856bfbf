"""How far the roofline was off on published measurements.

Four in five of them were off by less. The tables, row counts and the command that makes them
are in docs/concepts/performance-model.md; where nobody has published any, the figure is a
guess and said to be one there.
"""

from typing import Literal

from headgate.estimate.basis import Basis
from headgate.estimate.deployment import Deployment
from headgate.estimate.efficiency import MachineClass, machine_class
from headgate.estimate.roofline import has_experts

Figure = Literal["speed", "capacity"]

METHOD = "roofline of memory and arithmetic, queue of random arrivals"
SOURCE = "docs/concepts/performance-model.md"

DENSE_ERRORS: dict[tuple[MachineClass, Figure], float] = {
    ("server gpu", "speed"): 0.25,
    ("server gpu", "capacity"): 0.25,
    ("desk gpu", "speed"): 0.25,
    ("desk gpu", "capacity"): 0.4,
    ("apple", "speed"): 0.45,
    ("apple", "capacity"): 0.5,
    ("cpu", "speed"): 0.5,
    ("cpu", "capacity"): 0.6,
}
EXPERTS_ADD = 0.25
"""With a mixture of experts."""


def basis_of(deployment: Deployment, figure: Figure) -> Basis:
    """What an estimate for this deployment rests on, and how wide its band is."""
    error_share = DENSE_ERRORS[machine_class(deployment.hardware), figure]
    if has_experts(deployment.model):
        error_share += EXPERTS_ADD
    return Basis(kind="estimated", method=METHOD, source=SOURCE, error_share=error_share)
