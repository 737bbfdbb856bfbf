"""Candidates as they would stand: what was recorded of them, moved by what the policy changes."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from headgate.planner.replay.past import Past
from headgate.planner.replay.policy import Policy, Resolved, Seat
from headgate.planner.replay.slots import Slots
from headgate.policy.decision import Candidate, RequestFacts


class Load:
    """Who keeps which target busy: then, by the record, and now, by the policy.

    What is recorded of a candidate is moved by the difference of the two, both simulated
    alike. So where a policy does what was done then, it finds what was found then.
    """

    def __init__(self, slots: Mapping[str, int | None]) -> None:
        """Nobody yet; `slots` are the policy's."""
        self._slots = slots
        self._then: dict[str, Slots] = {}
        self.now = {name: Slots(count) for name, count in slots.items() if count is not None}

    def stood(self, candidate: Candidate, then: Candidate | None, at: float) -> Candidate:
        """`candidate` with the requests it would have at `at`."""
        now = self.now.get(candidate.name)
        if now is None:
            return candidate
        serving, waiting, wait_s = now.stand(at)
        past = self._then.get(candidate.name)
        before = (0, 0, 0.0) if then is None or past is None else past.stand(at)
        if before == (serving, waiting, wait_s):
            return candidate
        return replace(
            candidate,
            in_flight=max(candidate.in_flight + serving - before[0], 0),
            waiting=max(candidate.waiting + waiting - before[1], 0),
            wait_ms=max((candidate.wait_ms or 0.0) + (wait_s - before[2]) * 1000, 0.0),
        )

    def record(self, past: Past, occupied: Iterable[tuple[str, float]]) -> dict[str, float]:
        """What was done then; the seconds each target let it wait."""
        waited = {}
        for name, seconds in occupied:
            if name in self.now:
                slots = self._then.get(name)
                if slots is None:
                    then = past.candidates.get(name)
                    slots = self._then[name] = Slots(then.max_concurrency if then else None)
                waited[name] = slots.take(past.at, seconds)
        return waited

    def serve(self, past: Past, occupied: Iterable[tuple[str, float]]) -> dict[str, float]:
        """What is done now; likewise."""
        return {
            name: self.now[name].take(past.at, seconds)
            for name, seconds in occupied
            if name in self.now
        }


class Field:
    """Candidates of a policy, as they would stand for one request after the other."""

    def __init__(self, policy: Policy, load: Load) -> None:
        """Of `policy`, under `load`."""
        self._speeds = policy.speeds
        self._load = load
        self._idle: dict[tuple[int, str, str, bool], Candidate] = {}

    def candidates(self, past: Past, facts: RequestFacts, resolved: Resolved) -> list[Candidate]:
        """In the order of the route."""
        return [self._candidate(seat, past, facts, resolved.model) for seat in resolved.route.seats]

    def _candidate(self, seat: Seat, past: Past, facts: RequestFacts, model: str) -> Candidate:
        fresh = self._fresh(seat, past, facts, model)
        then = past.candidates.get(seat.name)
        if then is not None and (then.model, then.provider) != (fresh.model, fresh.provider):
            then = None
        stands = self._new(seat, fresh) if then is None else _as_then(seat, fresh, then)
        return self._load.stood(stands, then, past.at)

    def _fresh(self, seat: Seat, past: Past, facts: RequestFacts, model: str) -> Candidate:
        key = (id(seat), model, facts.operation, facts.is_deferrable)
        known = self._idle.get(key)
        if known is None:
            known = self._idle[key] = seat.idle(facts, model, past.at)
        if known.hours is not None:
            return seat.idle(facts, model, past.at)
        return known

    def _new(self, seat: Seat, fresh: Candidate) -> Candidate:
        """Nothing is recorded of it: as fast as it is said, published, or measured otherwise."""
        speed = self._speeds.get(seat.name)
        if speed is None:
            return fresh
        ttft_ms, tokens_per_s = speed.usual()
        prices = _busy_prices(seat, fresh, tokens_per_s)
        return replace(
            fresh,
            ttft_ms=ttft_ms,
            output_tokens_per_s=tokens_per_s,
            usd_per_input_mtok=prices[0],
            usd_per_output_mtok=prices[1],
        )


def _as_then(seat: Seat, fresh: Candidate, then: Candidate) -> Candidate:
    """What is fixed is of now, what was measured is of then."""
    prices = _busy_prices(seat, fresh, then.output_tokens_per_s)
    return replace(
        fresh,
        operations=then.operations,
        breaker=then.breaker,
        in_flight=then.in_flight,
        ttft_ms=then.ttft_ms,
        output_tokens_per_s=then.output_tokens_per_s,
        p95_ttft_ms=then.p95_ttft_ms,
        waiting=then.waiting,
        wait_ms=then.wait_ms,
        load_ms=then.load_ms,
        cached_tokens=then.cached_tokens,
        holds_session=then.holds_session,
        bend=then.bend,
        usd_per_input_mtok=prices[0],
        usd_per_output_mtok=prices[1],
    )


def _busy_prices(
    seat: Seat, fresh: Candidate, tokens_per_s: float | None
) -> tuple[float | None, float | None]:
    """An own machine's price is its busy time, at the speed it has."""
    if seat.usd_per_busy_hour is None or fresh.by_batch:
        return fresh.usd_per_input_mtok, fresh.usd_per_output_mtok
    if not tokens_per_s:
        return None, None
    return 0.0, seat.usd_per_busy_hour / 3600 / tokens_per_s * 1e6
