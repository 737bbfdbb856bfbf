"""What an escalation teaches of the cheap answer."""

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from headgate.core.stream import Answer, Choice
from headgate.gateway.cascade import End
from headgate.gateway.comparison import compared
from headgate.gateway.job import Attempt
from headgate.gateway.tries import Draft
from headgate.policy.cascade.estimate import Verdict

PROSE = "It was a long day, and nobody knew what to make of it. " * 6
UNSURE = Verdict(0, 0.3, False, "why")


@dataclass
class Inbound:
    output_format: None = None
    tool_schemas: dict[str, Any] = field(default_factory=dict)


@dataclass
class Job:
    id: str = "d1"
    inbound: Inbound = field(default_factory=Inbound)


@dataclass
class Target:
    name: str = "box"


@dataclass
class Tried:
    """As much of an attempt as is read."""

    job: Job = field(default_factory=Job)
    target: Target = field(default_factory=Target)


@dataclass
class Lessons:
    learnt: list[tuple[str, str, float, str]] = field(default_factory=list)

    def learn(self, decision_id: str, kind: str, value: float, *, target: str) -> None:
        self.learnt.append((decision_id, kind, value, target))


def answer(text: str) -> Answer:
    return Answer(choices=(Choice(text=text),))


@pytest.mark.parametrize(
    ("cheap", "dear", "verdict", "value"),
    [
        ("The answer is 42", "So it is 42.0. The answer is 42", UNSURE, 1.0),
        ("The answer is 42", "The answer is 43", UNSURE, 0.0),
        (PROSE, "Other words, and many of them. " * 10, UNSURE, 0.3),
        (PROSE, "Other words, and many of them. " * 10, None, 0.0),
    ],
    ids=["same", "another", "cannot be told", "nothing is known"],
)
def test_the_dear_answer_rates_the_cheap_one(
    cheap: str, dear: str, verdict: Verdict | None, value: float
) -> None:
    lessons, attempt = Lessons(), cast(Attempt, Tried())
    read = compared(Draft(attempt, answer(cheap)), End(verdict=verdict), lessons)
    read(attempt, answer(dear))
    assert lessons.learnt == [("d1", "escalation", value, "box")]
