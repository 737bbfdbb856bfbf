"""Sums over the courses of many requests, in bounded memory."""

from decimal import Decimal

from headgate.planner.replay.course import Course
from headgate.planner.replay.past import Past
from headgate.planner.replay.report import Figures, Move, Quality, TargetShare
from headgate.planner.replay.slots import Slots
from headgate.planner.replay.speeds import Speeds
from headgate.planner.replay.spread import Spread
from headgate.policy.decision import Candidate, Gain

EXAMPLES = 3
MOST_MOVES = 200
"""Pairs of targets that are told apart; more are counted, and have no row."""


class _Share:
    __slots__ = ("requests", "unknown", "usd")

    def __init__(self) -> None:
        self.requests = self.unknown = 0
        self.usd = Decimal(0)


class Tally:
    """One policy's sums."""

    def __init__(self, name: str) -> None:
        """Nothing yet."""
        self._name = name
        self._requests = self._served = self._refused = self._local = self._waited = 0
        self._unknown_times = 0
        self._ttft, self._total = Spread(), Spread()
        self._shares: dict[str, _Share] = {}
        self._usd, self._unknown = Decimal(0), 0

    def add(self, course: Course, *, is_refused: bool, waited_s: float = 0.0) -> None:
        """One request; `waited_s` is what it waits more than its times already say."""
        self._requests += 1
        self._usd += course.known_usd
        self._unknown += course.unknown_costs
        if course.served_by is None:
            self._refused += is_refused
            return
        self._served += 1
        self._local += course.is_local
        share = self._shares.get(course.served_by)
        if share is None:
            share = self._shares[course.served_by] = _Share()
        share.requests += 1
        share.usd += course.known_usd
        share.unknown += course.unknown_costs
        waited_ms = 0.0
        if waited_s > 0:
            self._waited += 1
            waited_ms = waited_s * 1000
        if course.ttft_ms is not None:
            self._ttft.add(course.ttft_ms + waited_ms)
        if course.total_ms is None:
            self._unknown_times += 1
        else:
            self._total.add(course.total_ms + waited_ms)

    def figures(
        self,
        *,
        slots: dict[str, tuple[Slots, int]] | None = None,
        span_s: float | None = None,
        speeds: Speeds | None = None,
        **more: object,
    ) -> Figures:
        """Everything summed up."""
        shares = (
            TargetShare(
                target=name,
                requests=share.requests,
                known_usd=share.usd,
                unknown_costs=share.unknown,
                utilisation=_utilisation((slots or {}).get(name), span_s),
                speed=speeds[name].source if speeds and name in speeds else None,
            )
            for name, share in sorted(self._shares.items(), key=lambda each: -each[1].requests)
        )
        return Figures(
            name=self._name,
            requests=self._requests,
            served=self._served,
            refused=self._refused,
            failed=self._requests - self._served - self._refused,
            known_usd=self._usd,
            unknown_costs=self._unknown,
            ttft_p50_ms=self._ttft.percentile(0.5),
            ttft_p95_ms=self._ttft.percentile(0.95),
            total_p50_ms=self._total.percentile(0.5),
            total_p95_ms=self._total.percentile(0.95),
            unknown_times=self._unknown_times,
            local_share=self._local / self._served if self._served else None,
            waited=self._waited,
            targets=tuple(shares),
            **more,  # type: ignore[arg-type]
        )


def _utilisation(slots: tuple[Slots, int] | None, span_s: float | None) -> float | None:
    if slots is None or not span_s:
        return None
    return slots[0].busy_s / (slots[1] * span_s)


class Changes:
    """Decisions that are not what they were."""

    def __init__(self) -> None:
        """None yet."""
        self.changed = self.reordered = 0
        self._moves: dict[tuple[str | None, str | None], list[str]] = {}
        self._counts: dict[tuple[str | None, str | None], int] = {}

    def add(self, past: Past, ranked: tuple[str, ...]) -> None:
        """One decision that was made then."""
        if past.ranked is None or ranked == past.ranked:
            return
        before, after = next(iter(past.ranked), None), next(iter(ranked), None)
        if before == after:
            self.reordered += 1
            return
        self.changed += 1
        pair = (before, after)
        if pair not in self._counts and len(self._counts) >= MOST_MOVES:
            return
        self._counts[pair] = self._counts.get(pair, 0) + 1
        examples = self._moves.setdefault(pair, [])
        if len(examples) < EXAMPLES:
            examples.append(past.id)

    def moves(self) -> tuple[Move, ...]:
        """Most frequent first."""
        ordered = sorted(self._counts.items(), key=lambda each: (-each[1], str(each[0])))
        return tuple(
            Move(before=pair[0], after=pair[1], requests=count, examples=tuple(self._moves[pair]))
            for pair, count in ordered
        )


class Risk:
    """What moves are expected to do to quality."""

    def __init__(self) -> None:
        """Nothing moved yet."""
        self._weaker = self._stronger = self._unknown = self._predicted = 0
        self._lost = [0.0, 0.0, 0.0]

    def add(self, past: Past, after: Candidate, before_now: Candidate | None) -> None:
        """A request that another target answers; `before_now` is the old one in the new route."""
        before = past.candidates.get(past.served_by or "")
        if before is None:
            self._unknown += 1
            return
        if before.model == after.model:
            return
        then = past.candidates.get(after.name)
        step = _step(before_now, after)
        if step is None:
            step = _step(before, then)
        gain = past.facts.gain
        if step is None or step == 0:
            self._unknown += 1
            return
        self._weaker += step < 0
        self._stronger += step > 0
        if gain is None:
            self._unknown += 1
            return
        self._predicted += 1
        self._weigh(gain, is_weaker=step < 0)

    def _weigh(self, gain: Gain, *, is_weaker: bool) -> None:
        lost = (gain.expected, gain.low, gain.high)
        if not is_weaker:
            lost = (-gain.expected, -gain.high, -gain.low)
        self._lost = [sum(pair) for pair in zip(self._lost, lost, strict=True)]

    def quality(self) -> Quality:
        """Summed up."""
        expected, low, high = self._lost if self._predicted else (None, None, None)
        return Quality(
            weaker=self._weaker,
            stronger=self._stronger,
            unknown=self._unknown,
            expected_lost=expected,
            low=low,
            high=high,
        )


def _step(before: Candidate | None, after: Candidate | None) -> int | None:
    """Tiers up, or down; `None` where they are not of one order."""
    if before is None or after is None or before.tier is None or after.tier is None:
        return None
    return after.tier - before.tier
