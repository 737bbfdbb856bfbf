"""Candidates as they would stand: what was recorded of them, moved by what the policy changes."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from msgspec.structs import asdict, replace

from headgate.planner.replay.past import Past
from headgate.planner.replay.policy import Policy, Resolved, Seat
from headgate.planner.replay.slots import IDLE, Slots
from headgate.policy.decision import Candidate, RequestFacts

MOST_KNOWN = 10_000
"""Names that clients ask for."""


class Load:
    """Who keeps which target busy: then, by the record, and now, by the policy.

    What is recorded of a candidate is moved by the difference of the two, both simulated
    alike. So where a policy does what was done then, it finds what was found then.
    """

    def __init__(
        self, slots: Mapping[str, int | None], queues_inside: frozenset[str] = frozenset()
    ) -> None:
        """Nobody yet; both are the policy's."""
        self._slots = slots
        self._inside = queues_inside
        self._then: dict[str, Slots] = {}
        self.now = {name: Slots(count) for name, count in slots.items() if count is not None}

    def moved(self, name: str, at: float) -> "Moved | None":
        """How `name` is busier than it was; `None` where it is as it was."""
        now = self.now.get(name)
        if now is None:
            return None
        stands = now.stand(at)
        past = self._then.get(name)
        before = IDLE if past is None else past.stand(at)
        if before == stands:
            return None
        serving, waiting, wait_s = stands
        return Moved(serving - before[0], waiting - before[1], wait_s - before[2], wait_s)

    def record(self, past: Past, occupied: Iterable[tuple[str, float]]) -> dict[str, float]:
        """What was done then; the seconds each target let it wait."""
        waited = {}
        for name, seconds in occupied:
            if name in self.now:
                slots = self._then.get(name)
                if slots is None:
                    slots = self._then[name] = Slots(self._count_then(past, name))
                waited[name] = slots.take(past.at, seconds)
        return waited

    def _count_then(self, past: Past, name: str) -> int | None:
        then = past.candidates.get(name)
        if then is None or name in self._inside:
            return self._slots[name]
        return then.max_concurrency

    def serve(self, past: Past, occupied: Iterable[tuple[str, float]]) -> dict[str, float]:
        """What is done now; likewise."""
        return {
            name: self.now[name].take(past.at, seconds)
            for name, seconds in occupied
            if name in self.now
        }


class Moved(NamedTuple):
    """How a target is busier than it was."""

    serving: int
    waiting: int
    more_wait_s: float
    wait_s: float
    """Until a slot is free, whatever it was."""


class _Standing(Candidate, frozen=False, gc=False, kw_only=True, omit_defaults=True):  # type: ignore[misc]
    """A candidate that is written over for each request: making one anew takes thrice as long."""


class _Place(NamedTuple):
    seat: Seat
    fresh: Candidate
    """With nothing to do, and nothing measured of it."""
    usual: Candidate
    """With nothing to do, and as fast as anybody knows."""
    standing: Any
    """A `_Standing`: as it would stand for the request at hand. Type checkers think it frozen."""


class Field:
    """Candidates of a policy, as they would stand for one request after the other."""

    def __init__(self, policy: Policy, load: Load) -> None:
        """Of `policy`, under `load`."""
        self._speeds = policy.speeds
        self._load = load
        self._places: dict[tuple[str, str, str, bool], list[_Place]] = {}
        self._timed: set[tuple[str, str, str, bool]] = set()

    def candidates(self, past: Past, facts: RequestFacts, resolved: Resolved) -> list[Candidate]:
        """In the order of the route; good until the next are asked for."""
        at, recorded, load = past.at, past.candidates, self._load
        found = []
        for place in self._known(facts, resolved, at):
            fresh = place.fresh
            name = fresh.name
            then = recorded.get(name)
            moved = load.moved(name, at) if name in load.now else None
            if then is None or then.model != fresh.model or then.provider != fresh.provider:
                found.append(place.usual if moved is None else _under(place.usual, moved))
            else:
                found.append(_as_then(place, then, moved))
        return found

    def _known(self, facts: RequestFacts, resolved: Resolved, at: float) -> list[_Place]:
        if facts.policies:
            # What they ask for depends on them, and on the day.
            return self._made(facts, resolved, at)
        key = (facts.route, resolved.model, facts.operation, facts.is_deferrable)
        known = self._places.get(key)
        if known is None:
            if len(self._places) >= MOST_KNOWN:
                self._places.clear()
            known = self._places[key] = self._made(facts, resolved, at)
            if any(place.fresh.hours is not None for place in known):
                self._timed.add(key)
        # `is_open` depends on the time.
        return self._made(facts, resolved, at) if key in self._timed else known

    def _made(self, facts: RequestFacts, resolved: Resolved, at: float) -> list[_Place]:
        made = []
        for seat in resolved.route.seats:
            idle = seat.idle(facts, resolved.model, at)
            # What a target offers may be worked out as a set that has no hash.
            fresh = replace(idle, operations=frozenset(idle.operations))
            standing = _Standing(**asdict(fresh))
            made.append(_Place(seat, fresh, self._usual(seat, fresh), standing))
        return made

    def _usual(self, seat: Seat, fresh: Candidate) -> Candidate:
        """Nothing is recorded of it: as fast as it is said, published, or measured otherwise."""
        speed = self._speeds.get(seat.name)
        if speed is None:
            return fresh
        ttft_ms, tokens_per_s = speed.usual()
        usd_in, usd_out = _prices(seat, fresh, tokens_per_s)
        return replace(
            fresh,
            ttft_ms=ttft_ms,
            output_tokens_per_s=tokens_per_s,
            usd_per_input_mtok=usd_in,
            usd_per_output_mtok=usd_out,
        )


def _as_then(place: _Place, then: Candidate, moved: Moved | None) -> Candidate:
    """What is fixed is of now, what was measured is of then."""
    seat, fresh, stands = place.seat, place.fresh, place.standing
    stands.operations = then.operations
    stands.breaker = then.breaker
    stands.in_flight = then.in_flight
    stands.ttft_ms = then.ttft_ms
    stands.output_tokens_per_s = then.output_tokens_per_s
    stands.p95_ttft_ms = then.p95_ttft_ms
    stands.load_ms = then.load_ms
    stands.cached_tokens = then.cached_tokens
    stands.saved_ms = then.saved_ms
    stands.bend = then.bend
    if seat.is_adaptive:
        stands.max_concurrency = then.max_concurrency
    if seat.usd_per_busy_hour is not None:
        usd_in, usd_out = _prices(seat, fresh, then.output_tokens_per_s)
        stands.usd_per_input_mtok, stands.usd_per_output_mtok = usd_in, usd_out
    waits = fresh.max_waiting is not None and then.max_waiting is not None
    # Of a queue that there was not, nothing is recorded.
    stands.waiting = then.waiting if waits else fresh.waiting
    stands.wait_ms = then.wait_ms if waits else fresh.wait_ms
    stood: Candidate = stands
    if moved is None:
        return stood
    if waits and then.wait_ms is not None:
        return _under(stood, moved, wait_ms=then.wait_ms + moved.more_wait_s * 1000)
    return _under(stood, moved)


def _under(candidate: Candidate, moved: Moved, *, wait_ms: float | None = None) -> Candidate:
    """With so many requests more, or fewer."""
    in_flight = max(candidate.in_flight + moved.serving, 0)
    if candidate.max_waiting is None:
        return replace(candidate, in_flight=in_flight)
    return replace(
        candidate,
        in_flight=in_flight,
        waiting=max(candidate.waiting + moved.waiting, 0),
        wait_ms=max(moved.wait_s * 1000 if wait_ms is None else wait_ms, 0.0),
    )


def _prices(
    seat: Seat, fresh: Candidate, tokens_per_s: float | None
) -> tuple[float | None, float | None]:
    """An own machine's price is its busy time, at the speed it has."""
    if seat.usd_per_busy_hour is None or fresh.by_batch:
        return fresh.usd_per_input_mtok, fresh.usd_per_output_mtok
    if not tokens_per_s:
        return None, None
    return 0.0, seat.usd_per_busy_hour / 3600 / tokens_per_s * 1e6
