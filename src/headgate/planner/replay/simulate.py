"""Replay past traffic under policies, in one pass: request by request, in the order they came."""

from collections.abc import Iterable, Mapping, Sequence
from zlib import crc32

from msgspec.structs import replace

from headgate.core.errors import InvalidRequest
from headgate.planner.replay.again import asked_again, lacks_tier
from headgate.planner.replay.course import (
    Course,
    as_recorded,
    other_course,
    same_course,
)
from headgate.planner.replay.past import Past
from headgate.planner.replay.policy import Policy, ReplayRoute, Resolved, Seat
from headgate.planner.replay.report import Figures
from headgate.planner.replay.speeds import Random
from headgate.planner.replay.standing import Field, Load
from headgate.planner.replay.tally import Changes, Risk, Tally
from headgate.planner.replay.verdicts import Verdicts
from headgate.policy.decision import Candidate, Rule

RECORDED = "as recorded"
DRAWS = 2**32


class Simulation:
    """One policy on its way through the traffic."""

    def __init__(
        self, policy: Policy, rules: Mapping[str, Rule], random: Random, *, has_record: bool
    ) -> None:
        """Nothing replayed yet.

        `random` draws the times of answers; `has_record`: the traffic has decisions that were
        made then.
        """
        self._policy = policy
        self._verdicts = Verdicts(rules)
        self._random = random
        self._load = Load(policy.slots, policy.queues_inside)
        self._field = Field(policy, self._load)
        self._tally, self._changes, self._risk = Tally(policy.name), Changes(), Risk()
        self._has_record = has_record
        self._unresolved = self._tierless = 0
        self._seats_of: dict[int, Mapping[str, Seat]] = {}
        self._routes: list[ReplayRoute] = []
        self._labels: set[str] = set()
        self._sought: set[str] = set()

    def step(self, past: Past, recorded: Course | None) -> None:
        """One request; `recorded` is what the ledger says became of it."""
        resolved = self._policy.resolve(past)
        if resolved is None:
            self._unresolved += 1
            ranked: tuple[str, ...] = ()
            course = Course(served_by=None)
        else:
            candidates = self._candidates(past, resolved)
            ranked = tuple(candidates)
            course = self._course(past, recorded, resolved, candidates, ranked)
        if ranked != past.ranked:
            self._changes.add(past, ranked)
        self._tally.add(course, is_refused=not ranked, waited_s=self._wait(past, course, recorded))

    def _wait(self, past: Past, course: Course, recorded: Course | None) -> float:
        """The seconds it waits more than it did, once every slot it takes is taken."""
        before = self._load.record(past, recorded.occupied) if recorded is not None else {}
        now = self._load.serve(past, course.occupied)
        if not now:
            return 0.0
        is_same = recorded is not None and course.served_by == recorded.served_by
        name = course.served_by or ""
        waited_s = now.get(name, 0.0) - (before.get(name, 0.0) if is_same else 0.0)
        return max(waited_s, 0.0)

    def _candidates(self, past: Past, resolved: Resolved) -> dict[str, Candidate]:
        """Those that may be tried, best first."""
        route = resolved.route
        facts = asked_again(past.facts, route, past.at)
        if route.is_split and facts.draw is None:
            facts = replace(facts, draw=self._draw(facts.session))
        self._tierless += lacks_tier(past.facts, route.demands)
        if facts.labels:
            self._labels |= facts.labels
        self._sought |= route.demands.detect
        field = self._field.candidates(past, facts, resolved)
        return self._verdicts.order(facts, field, resolved)

    def _draw(self, session: str | None) -> int:
        """Nobody drew then; requests of one session go the same way."""
        if session is None:
            return int(self._random() * DRAWS)
        return crc32(session.encode())

    def _course(
        self,
        past: Past,
        recorded: Course | None,
        resolved: Resolved,
        candidates: dict[str, Candidate],
        ranked: tuple[str, ...],
    ) -> Course:
        seats = self._seats(resolved.route)
        if recorded is not None and ranked == past.ranked and past.attempts:
            return same_course(past, recorded, seats)
        asked = {name: (seats[name], it.is_local, it.model) for name, it in candidates.items()}
        course = other_course(past, asked, self._policy.speeds, self._random)
        if course.served_by in self._load.now and past.usage is not None and not course.occupied:
            raise _no_speed(course.served_by)
        moved = course.served_by is not None and course.served_by != past.served_by
        if moved and past.served_by is not None:
            self._risk.add(past, candidates[course.served_by or ""], candidates.get(past.served_by))
        return course

    def _seats(self, route: ReplayRoute) -> Mapping[str, Seat]:
        """By name; a policy keeps its routes, so that none takes the place of another."""
        found = self._seats_of.get(id(route))
        if found is None:
            found = self._seats_of[id(route)] = {seat.name: seat for seat in route.seats}
            self._routes.append(route)
        return found

    def figures(self, span_s: float | None) -> Figures:
        """What it came to."""
        slots = {
            name: (each, count)
            for name, each in self._load.now.items()
            if (count := self._policy.slots[name]) is not None
        }
        more = {}
        if self._has_record:
            more = {
                "changed": self._changes.changed,
                "reordered": self._changes.reordered,
                "moves": self._changes.moves(),
                "quality": self._risk.quality(),
            }
        return self._tally.figures(
            slots=slots, span_s=span_s, speeds=self._policy.speeds, notes=self._notes(), **more
        )

    def _notes(self) -> tuple[str, ...]:
        notes = list(self._policy.notes)
        if self._unresolved:
            notes.append(f"{self._unresolved:,} requests name nothing that it has: refused")
        if self._tierless:
            notes.append(
                f"{self._tierless:,} requests have no complexity, and their text is gone: they are"
                " ranked as if their route had no tiers"
            )
        if self._has_record and (unseen := sorted(self._sought - self._labels)):
            found = ", ".join(f"`{label}`" for label in unseen)
            notes.append(f"nobody recorded {found}: texts are gone and cannot be searched again")
        return tuple(notes)


def _no_speed(target: str) -> InvalidRequest:
    return InvalidRequest(
        f"nobody knows how fast `{target}` answers, so its queue cannot be simulated",
        hint=f"say it: `--speed {target}=2000:40`, prompt and answer tokens a second",
    )


def replay(
    traffic: Iterable[Past], simulations: Sequence[Simulation]
) -> tuple[Figures | None, tuple[Figures, ...], tuple[float, float] | None]:
    """Figures as recorded (where there are), of each policy, and the first and last time."""
    tally = Tally(RECORDED)
    first: float | None = None
    last, is_recorded = 0.0, False
    for past in traffic:
        first, last = past.at if first is None else first, past.at
        recorded = None
        if past.ranked is not None:
            is_recorded = True
            recorded = as_recorded(past)
            tally.add(recorded, is_refused=not past.ranked)
        for simulation in simulations:
            simulation.step(past, recorded)
    span_s = None if first is None or last <= first else last - first
    return (
        tally.figures(span_s=span_s) if is_recorded else None,
        tuple(each.figures(span_s) for each in simulations),
        None if first is None else (first, last),
    )
