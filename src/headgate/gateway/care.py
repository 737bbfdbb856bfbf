"""What a route does beyond asking one target at a time, as values."""

from dataclasses import dataclass, field
from typing import Literal

from headgate.core.errors import QualityProblem
from headgate.gateway.target import Target
from headgate.policy.cascade.estimate import AcceptModel

JudgeWhen = Literal["unsure", "always"]
MOST_SAVED_UP = 5.0
"""Hedges that a quiet time may leave for a busy one."""


@dataclass(frozen=True, slots=True)
class Judging:
    """Who says how good an answer is, and when."""

    target: Target
    when: JudgeWhen = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascading:
    """Cheap answers first, and what they must show to be served."""

    members: tuple[str, ...]
    """Targets of the route; one that stands here twice is asked twice."""
    agree: int | None = None
    """How many must say the same; `None`: the estimate of trust alone decides."""
    accept: float | None = None
    """Least trust, 0 to 1; `None`: that of `policy.cascade`, where `agree` does not decide."""
    checks: frozenset[QualityProblem] = frozenset()
    judge: Judging | None = None
    held_chars: int | None = None
    """How much of one member's stream is held back and checked; `None` for all of it."""
    max_added_ms: float | None = None
    max_added_usd: float | None = None
    model: AcceptModel = field(default_factory=AcceptModel.prior)


@dataclass(slots=True, eq=False)
class Allowance:
    """A share of requests: each one earns it, each use takes one."""

    share: float
    saved: float = 0.0

    def earn(self) -> None:
        """A request came."""
        self.saved = min(self.saved + self.share, max(MOST_SAVED_UP, self.share))

    def take(self) -> bool:
        """Use one, if there is one."""
        # Shares that are no binary fractions must add up to 1 all the same.
        if self.saved < 1 - 1e-9:
            return False
        self.saved -= 1
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Hedging:
    """When a second target is asked beside a slow first."""

    after_ms: float | None = None
    """`None`: the first's own 95th percentile to first output, of streams."""
    max_usd: float | None = None
    allowance: Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirroring:
    """Who gets copies of requests."""

    target: str
    share: float
    judge: Target | None = None
    """Compares the copy's answer with the one that was served."""
