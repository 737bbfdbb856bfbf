"""The speed of a target on a machine that nobody has measured: by the planner's roofline."""

from headgate.core.errors import InvalidRequest
from headgate.estimate.deployment import Lengths
from headgate.estimate.placement import choose_deployment
from headgate.estimate.replica import Replica
from headgate.planner.machine import parse_machine
from headgate.planner.replay.speeds import Steady

USUAL = Lengths(input_tokens=1000, output_tokens=250)
"""What speeds are calculated at; a machine reads longer prompts a little slower."""


def speed_on(machine: str, at_once: int | None) -> Steady:
    """How fast `MODEL@HARDWARE` answers each of `at_once` requests, all in work.

    `None` takes as many as its memory and its engine hold.

    Raises:
        InvalidRequest: There is no such machine, or the model does not fit.
    """
    meant = parse_machine(machine)
    deployment = choose_deployment(
        meant.model,
        meant.hardware,
        context_tokens=USUAL.context_tokens,
        weight_bits=meant.weight_bits,
        devices=meant.devices,
    )
    if isinstance(deployment, str):
        raise InvalidRequest(f"`{machine}`: {deployment}", param="speed")
    replica = Replica.of(deployment, USUAL)
    batch = min(at_once or replica.places, replica.places)
    work = replica.work
    return Steady(
        ttft_s=work.request_s,
        read_tokens_per_s=USUAL.new_tokens / (work.prompt_s + work.step_s(batch) / 2),
        write_tokens_per_s=1 / replica.tpot_s(batch, replica.rate(batch)),
        source="calculated",
    )
