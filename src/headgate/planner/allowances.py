"""Hidden costs as inputs: the catalogue's defaults, or what the question says instead."""

from headgate.catalog.apis import allowances
from headgate.core.errors import InvalidRequest
from headgate.planner.inputs import Input, Inputs, point
from headgate.planner.question import Question


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
        if name not in allowances():
            raise InvalidRequest(
                f"there is no hidden cost `{name}`",
                param="allowances",
                hint=f"one of {', '.join(allowances())}",
            )
        if not 0 <= value <= 1e9:
            raise InvalidRequest(
                f"`{name}` is {value:g}; it must be from 0 to 1e9", param="allowances"
            )
