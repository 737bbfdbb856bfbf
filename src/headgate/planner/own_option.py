"""A model on an own machine as an option: what it serves, and so how many are needed."""

from functools import lru_cache

from headgate.catalog.sources import Range
from headgate.estimate.placement import choose_deployment
from headgate.estimate.serving import Capacity, Deployment, Lengths, Targets, capacity
from headgate.planner.bill import Bill
from headgate.planner.inputs import Input
from headgate.planner.machine import Machine, parse_machine
from headgate.planner.option import Option, Setting
from headgate.planner.ownership import having, people, purchase_price, running
from headgate.planner.question import Question
from headgate.planner.workload import SECONDS_PER_MONTH

SIZING = Targets(ttft_p95_s=10.0, tokens_per_s=5.0)
"""What a machine is sized to keep when nothing is asked: an answer about as fast as one reads."""


def own_option(text: str, setting: Setting) -> Option:
    """The option of one machine.

    Raises:
        InvalidRequest: The text names no machine of the catalogue.
    """
    workload = setting.workload
    machine, placed, served = _sized(
        text, workload.longest_tokens, workload.lengths, targets_of(setting.question)
    )
    if isinstance(placed, str):
        return _without_bill(machine, placed)
    assert served is not None
    if not served.requests_per_s:
        return _without_bill(machine, served.problem or "it cannot serve this", placed, served)
    return _priced(machine, placed, served, setting)


@lru_cache(maxsize=1024)
def _sized(
    text: str, longest_tokens: float, lengths: Lengths, targets: Targets
) -> tuple[Machine, Deployment | str, Capacity | None]:
    """The machine, how the model lies on it, and what that serves; the same at any volume."""
    machine = parse_machine(text)
    placed = choose_deployment(
        machine.model,
        machine.hardware,
        context_tokens=longest_tokens,
        weight_bits=machine.weight_bits,
        devices=machine.devices,
    )
    if isinstance(placed, str):
        return machine, placed, None
    return machine, placed, capacity(placed, lengths, targets)


def targets_of(question: Question) -> Targets:
    """What a machine is sized to keep."""
    return Targets(
        ttft_p95_s=question.ttft_s or SIZING.ttft_p95_s,
        tokens_per_s=question.tokens_per_s or SIZING.tokens_per_s,
    )


def _without_bill(
    machine: Machine,
    problem: str,
    deployment: Deployment | None = None,
    served: Capacity | None = None,
) -> Option:
    return Option(
        id=machine.text,
        name=machine.name,
        kind="own",
        bill=None,
        problem=problem,
        machine=machine,
        deployment=deployment,
        capacity=served,
    )


def _priced(machine: Machine, deployment: Deployment, served: Capacity, setting: Setting) -> Option:
    to_have, problem = having(machine, deployment, setting)
    if problem is not None:
        return _without_bill(machine, problem, deployment, served)
    is_desk = machine.tenure == "desk"
    unit_tokens = _unit_tokens(served, setting)
    # A unit that runs flat out all month serves its peak rate all month.
    flat_out_tokens = unit_tokens * setting.workload.peak
    to_run = running(machine, deployment, flat_out_tokens, setting)
    price = purchase_price(machine.hardware, setting.question)
    return Option(
        id=machine.text,
        name=machine.name,
        kind="own",
        bill=Bill(
            parts=(*to_have, *to_run, *people(setting, is_desk=is_desk)),
            unit_tokens=unit_tokens,
            speed_input=_speed_input(machine, served, setting),
            spare_units=0 if is_desk else setting.question.spare_units,
        ),
        machine=machine,
        deployment=deployment,
        capacity=served,
        capital_usd_per_unit=(
            price.usual * deployment.devices if price and machine.tenure == "bought" else 0.0
        ),
    )


def _unit_tokens(served: Capacity, setting: Setting) -> float:
    """Tokens a month for one replica: its rate in the busiest minute, at the usual rhythm."""
    workload = setting.workload
    requests = served.requests_per_s * SECONDS_PER_MONTH / workload.peak
    return requests * workload.tokens_per_request


def _speed_input(machine: Machine, served: Capacity, setting: Setting) -> str:
    error = served.basis.error_share or 0.0
    return setting.inputs.add(
        Input(
            id=f"speed:{machine.text}",
            name=f"Speed of {machine.name}",
            unit="factor",
            range=Range(low=max(0.1, 1 - error), usual=1.0, high=1 + error),
            source=served.basis.source or served.basis.method,
            checked=served.basis.as_of,
        )
    )
