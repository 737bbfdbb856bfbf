"""Past requests and policies to replay, with everything a test does not care about filled in."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from msgspec.structs import replace as changed

from headgate.core.usage import Usage
from headgate.estimate.cost import Pricing
from headgate.planner.replay.past import Past, Tried
from headgate.planner.replay.policy import Policy, ReplayRoute, Resolved, Seat
from headgate.planner.replay.report import Replay
from headgate.planner.replay.simulate import Simulation, replay
from headgate.planner.replay.speeds import Speed, Steady
from headgate.policy.decision import Candidate, RequestFacts
from headgate.policy.facts import RouteDemands
from headgate.policy.registry import all_rules
from support.entries import FACTS, candidate

DOLLAR = Pricing(usd_per_input_mtok=Decimal(1), usd_per_output_mtok=Decimal(1))
USAGE = Usage(input_tokens=700, output_tokens=300)
DEFAULT = RouteDemands(route="default")


def idle(made: Candidate) -> Callable[[RequestFacts, str, float], Candidate]:
    """`made`, with a queue where the request waits."""

    def at_rest(facts: RequestFacts, model: str, at: float) -> Candidate:
        if facts.max_wait_ms is None or made.max_concurrency is None:
            return made
        return changed(made, max_waiting=100, wait_ms=0.0)

    return at_rest


def route(*made: Candidate, demands: RouteDemands = DEFAULT, **fields: Any) -> ReplayRoute:
    """Over targets at a dollar a million tokens."""
    seats = tuple(Seat(name=each.name, idle=idle(each), pricing=DOLLAR) for each in made)
    return ReplayRoute(demands=demands, seats=seats, **fields)


def policy(
    *made: Candidate,
    demands: RouteDemands = DEFAULT,
    speeds: Mapping[str, Speed] = {},
    **fields: Any,
) -> Policy:
    """With one route for everything but the name `nothing`."""
    found = Resolved(route(*made, demands=demands, **fields), "m")
    return Policy(
        name="new",
        resolve=lambda past: None if past.requested_model == "nothing" else found,
        speeds=speeds,
        slots={each.name: each.max_concurrency for each in made},
    )


def tried(target: str = "cloud", **fields: Any) -> Tried:
    """An answer after 2 s, the first token after half of one."""
    given: dict[str, Any] = {
        "target": target,
        "model": "m",
        "is_local": False,
        "started_at": 100.0,
        "duration_ms": 2000.0,
        "ttft_ms": 500.0,
        "is_answer": True,
        "usage": USAGE,
        "usd": Decimal("0.001"),
    }
    return Tried(**{**given, **fields})


def past(id_: str = "d1", **fields: Any) -> Past:
    """A request that `cloud` answered, with `local` to fall back on."""
    given: dict[str, Any] = {
        "id": id_,
        "at": 100.0,
        "requested_model": "auto",
        "facts": FACTS,
        "candidates": {"cloud": candidate("cloud"), "local": candidate("local", position=1)},
        "ranked": ("cloud", "local"),
        "served_by": "cloud",
        "attempts": (tried(),),
        "usage": USAGE,
        "duration_ms": 2000.0,
    }
    return Past(**{**given, **fields})


def traced(number: int, at: float, usage: Usage = USAGE) -> Past:
    """A row of a trace."""
    facts = changed(FACTS, input_tokens=usage.input_tokens)
    return Past(id=f"row {number}", at=at, requested_model="auto", facts=facts, usage=usage)


def report() -> Replay:
    """One decision that moves from the cloud to an own machine."""
    made = policy(
        candidate("local", is_local=True, max_concurrency=1),
        speeds={"local": Steady(ttft_s=0.1, write_tokens_per_s=299)},
    )
    simulation = Simulation(made, all_rules(), lambda: 0.5, has_record=True)
    recorded, figures, _ = replay([past()], [simulation])
    return Replay(
        source="ledger",
        requests=1,
        first_at="2026-11-23T12:00:00+00:00",
        span_s=7200.0,
        seed=1,
        prices="a list",
        recorded=recorded,
        policies=figures,
        notes=("it is so", "2 decisions are left out"),
    )
