"""Checks from cheap to dear, and when to stop: a check is worth its price only while its
result could still change the verdict.
"""

from collections.abc import Collection
from typing import Literal

from msgspec import Struct

from headgate.policy.cascade.estimate import Estimate
from headgate.policy.cascade.signals import Signals

CheckName = Literal["form", "log_probability", "agreement", "judge"]


class Check(Struct, frozen=True):
    """One way to learn more about an answer."""

    name: CheckName
    costs: Literal["nothing", "a cheap call", "a judge's call"]
    swing: float
    """How far it can move the trust in an answer; what moves it further is rare."""


LADDER = (
    # Format, refusal, truncation, repetition, language, tool arguments: a failure settles it.
    Check("form", "nothing", 1.0),
    Check("log_probability", "nothing", 0.3),
    Check("agreement", "a cheap call", 0.4),
    Check("judge", "a judge's call", 0.4),
)


class Step(Struct, frozen=True):
    """What to do next: a check, or none; with the reason."""

    check: Check | None
    reason: str


def next_step(
    signals: Signals,
    estimate: Estimate,
    threshold: float,
    *,
    done: Collection[CheckName],
    offered: Collection[CheckName],
) -> Step:
    """The cheapest check of those `offered` that could change the verdict."""
    if signals.problem is not None:
        return Step(None, f"the answer fails the check `{signals.problem}`")
    distance = abs(estimate.trust - threshold)
    left = [check for check in LADDER if check.name in offered and check.name not in done]
    useful = [check for check in left if check.swing > distance]
    if useful:
        check = useful[0]
        return Step(check, f"`{check.name}` could change the verdict for {check.costs}")
    if left:
        return Step(None, "no check that is left could change the verdict")
    return Step(None, "every check was made")
