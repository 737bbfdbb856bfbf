"""A machine as it is written: `llama-3.1-8b@l4:rented:8x2`."""

import re
from collections.abc import Mapping
from typing import Literal, get_args

from msgspec import Struct

from headgate.catalog.hardware import Hardware, hardware
from headgate.catalog.models import Model, models
from headgate.core.errors import InvalidRequest
from headgate.planner.known import known

Tenure = Literal["bought", "rented", "reserved", "spot", "desk"]
LISTS = "`headgate catalog models` and `headgate catalog hardware` list what there is"
LEAST_BITS, MOST_BITS = 1.5, 32
"""Of a weight: ternary models to single precision."""
TENURES: tuple[Tenure, ...] = get_args(Tenure)
_FORM = re.compile(
    r"(?P<model>[^@:\s]+)@(?P<hardware>[^@:\s]+?)(:(?P<tenure>[a-z]+))?"
    r"(:(?P<bits>\d+(\.\d+)?))?(x(?P<devices>\d+))?"
)
_IN_WORDS: Mapping[Tenure, str] = {
    "bought": "bought",
    "rented": "rented by the hour",
    "reserved": "reserved",
    "spot": "on spot",
    "desk": "already on the desk",
}


class Machine(Struct, frozen=True, kw_only=True):
    """A model on some hardware, had in some way."""

    text: str
    """As it was written: its id in a report."""
    model: Model
    hardware: Hardware
    tenure: Tenure
    weight_bits: float | None = None
    devices: int | None = None
    """Per replica; as many as the model needs when absent."""

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.hardware.name} ({self.model.name})"

    @property
    def tenure_in_words(self) -> str:
        """How it is had."""
        return _IN_WORDS[self.tenure]


def parse_machine(text: str) -> Machine:
    """The machine that is meant.

    Raises:
        InvalidRequest: It is not of the form, or a name is not in the catalogue.
    """
    form = _FORM.fullmatch(text.strip())
    if form is None:
        raise InvalidRequest(
            f"`{text}` is no machine",
            param="machines",
            hint="write MODEL@HARDWARE:TENURE, as `llama-3.1-8b@l4:rented`",
        )
    tenure = form["tenure"] or "rented"
    if tenure not in TENURES:
        raise InvalidRequest(
            f"`{text}`: `{tenure}` is no way to have a machine",
            param="machines",
            hint=f"one of {', '.join(TENURES)}",
        )
    machine = Machine(
        text=text.strip(),
        model=known(form["model"], models(), what="model", param="machines", hint=LISTS),
        hardware=known(form["hardware"], hardware(), what="hardware", param="machines", hint=LISTS),
        tenure=tenure,
        weight_bits=None if form["bits"] is None else float(form["bits"]),
        devices=None if form["devices"] is None else int(form["devices"]),
    )
    _check(machine)
    return machine


def _check(machine: Machine) -> None:
    bits, devices, most = machine.weight_bits, machine.devices, machine.hardware.devices_per_node
    if bits is not None and not LEAST_BITS <= bits <= MOST_BITS:
        raise InvalidRequest(
            f"`{machine.text}`: weights have from {LEAST_BITS:g} to {MOST_BITS:g} bits",
            param="machines",
        )
    if devices is not None and not 1 <= devices <= most:
        raise InvalidRequest(
            f"`{machine.text}`: {most} × {machine.hardware.name} work together at most",
            param="machines",
        )
