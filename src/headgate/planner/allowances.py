"""Hidden costs as inputs: the catalogue's defaults, or what the question says instead."""

from collections.abc import Mapping

from headgate.catalog.apis import allowances
from headgate.core.errors import InvalidRequest
from headgate.planner.inputs import Input, Inputs, point
from headgate.planner.known import known
from headgate.planner.question import Question

LIMITS: Mapping[str, tuple[float, float]] = {
    "hours_per_month": (0, 1e5),
    "usd_per_hour": (0, 1e4),
    "share_of_spend": (0, 10),
    "share_of_price": (0, 1),
    "share_per_year": (0, 1),
    "factor": (1, 10),
    "years": (0.1, 50),
}
"""Least and most, by unit; anything else is dollars."""


def allowance(name: str, question: Question, inputs: Inputs) -> str:
    """The id of the input for one allowance, added to `inputs`."""
    entry = allowances()[name]
    given = question.allowances.get(name)
    return inputs.add(
        Input(
            id=name,
            name=entry.name,
            unit=entry.unit,
            range=entry.amount if given is None else point(given),
            source=entry.source if given is None else "your figure",
            checked=str(entry.checked) if given is None else None,
        )
    )


def check_allowances(question: Question) -> None:
    """Refuse what the catalogue does not know, and what cannot be.

    Raises:
        InvalidRequest: Names the allowance.
    """
    for name, value in question.allowances.items():
        known(
            name,
            allowances(),
            what="hidden cost",
            param="allowances",
            hint=f"one of {', '.join(allowances())}",
        )
        least, most = _limits(name)
        if not least <= value <= most:
            raise InvalidRequest(
                f"`{name}` is {value:g}; it must be from {least:g} to {most:g}",
                param="allowances",
            )


def _limits(name: str) -> tuple[float, float]:
    """What an allowance can be, by its unit."""
    return LIMITS.get(allowances()[name].unit, (0, 1e9))
