"""Turns what becomes of answers into labels, and labels into better tiers.

Ratings and retries say how good one tier was: what the other would have been is taken from
how its answers are rated on average, so they count less. Escalations and comparisons know
both sides. Everything is learned at once in memory; a task writes it to the ledger every
few seconds, and learns what others put there (`headgate learn import`).
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from anyio.to_thread import run_sync

from headgate.core.errors import CallerError, InvalidRequest
from headgate.core.ports import Clock
from headgate.estimate.learning.features import Features
from headgate.estimate.learning.gain import GainModel
from headgate.gateway.asker import LessonKind
from headgate.gateway.job import Job
from headgate.gateway.kept_learning import dumps, loads
from headgate.gateway.learned_tiers import LearnedTiers
from headgate.ledger.learning import Label, LearningStore, Seen
from headgate.ledger.metrics import LearningCounts

WEIGHTS: Mapping[str, float] = {
    "feedback": 0.5,
    "retry": 0.25,
    "escalation": 1.0,
    "mirror": 1.0,
    "import": 1.0,
}
"""What a label of each kind counts: less where only one side was seen."""
RETRY_QUALITY = 0.3
"""Of an answer that was asked for again."""
RETRY_WITHIN_S = 600.0
REMEMBERED = 20_000
RATED_WITHIN_S = 7 * 86_400.0
SAVED_EVERY_S = 5.0
USUAL_QUALITY, USUAL_WEIGHT = 0.8, 10.0
"""What a tier's answers are thought to be rated, and for how many ratings that stands."""
_log = logging.getLogger(__name__)


class NothingToRate(CallerError):
    """There is no such decision to rate, or it is somebody else's."""

    code, http_status = "decision_not_found", 404


@dataclass(slots=True)
class Quality:
    """How one tier's answers are rated on average."""

    total: float = USUAL_QUALITY * USUAL_WEIGHT
    weight: float = USUAL_WEIGHT

    @property
    def mean(self) -> float:
        """0 to 1."""
        return self.total / self.weight

    def saw(self, quality: float) -> None:
        """Take in one rating."""
        self.total += quality
        self.weight += 1


@dataclass(slots=True, eq=False)
class LearningRoute:
    """What one route learns with."""

    tiers: LearnedTiers
    tier_of: Mapping[str, int]
    """Tiers by the name of their targets."""
    qualities: dict[int, Quality] = field(default_factory=dict)
    last_label: int = 0
    """The last one that the model knows, as it was kept."""
    last_own: int = 0
    """The last one that came from here."""

    @property
    def top(self) -> int:
        """The strongest tier."""
        return max(self.tier_of.values())

    def quality(self, tier: int) -> Quality:
        """How a tier's answers are rated."""
        return self.qualities.setdefault(tier, Quality())

    def restore(self, data: bytes) -> None:
        """Go on from what `dumps` gave.

        Raises:
            ValueError: It is something else, or of another version.
        """
        kept = loads(data)
        kept.restore(self.tiers)
        self.qualities = {tier: Quality(*each) for tier, each in kept.rated.items()}

    def dumps(self) -> bytes:
        """For the ledger."""
        rated = {tier: (each.total, each.weight) for tier, each in self.qualities.items()}
        return dumps(self.tiers, rated)


@dataclass(slots=True, eq=False, kw_only=True)
class Learning:
    """Implements `asker.Lessons` for all routes that learn. `start()` it, `stop()` it."""

    routes: Mapping[str, LearningRoute]
    clock: Clock
    store: LearningStore | None = None
    _seen: OrderedDict[str, Seen] = field(default_factory=OrderedDict)
    _recent: OrderedDict[tuple[str, str | None, int], str] = field(default_factory=OrderedDict)
    """Decision by route, caller and whole request, to notice what is asked again."""
    _rated_once: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _new_seen: list[Seen] = field(default_factory=list)
    _new_labels: list[Label] = field(default_factory=list)
    _task: asyncio.Task[None] | None = None

    def load(self) -> None:
        """Go on from what the ledger has; blocks, before anything is served."""
        if self.store is None:
            return
        for name, route in self.routes.items():
            stored = self.store.model(name)
            if stored is not None:
                try:
                    route.restore(stored.model)
                    route.last_label = stored.last_label
                except ValueError as error:
                    _log.warning("route `%s` learns again from its labels: %s", name, error)
            route.last_label = _catch_up(route.tiers.model, self.store, name, route.last_label)

    def counts(self) -> Sequence[LearningCounts]:
        """How learning goes, for the metrics."""
        return [
            LearningCounts(
                route=name,
                labels=route.tiers.model.labels,
                requests=route.tiers.requests,
                explored=route.tiers.explored,
                drift_alarms=route.tiers.drift.alarms,
            )
            for name, route in self.routes.items()
        ]

    def start(self) -> None:
        """Write and read every few seconds."""
        if self.store is not None and self.routes and self._task is None:
            self._task = asyncio.ensure_future(self._keep_saving())

    async def stop(self) -> None:
        """Write what is left."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None
            await self._save()

    def finished(self, job: Job, served_by: str | None) -> None:
        """A request is over; it may be rated from now on."""
        route = self.routes.get(job.route.name)
        if route is None or served_by is None or served_by not in route.tier_of:
            return
        features = route.tiers.features_of(job.inbound.turn_text)
        seen = Seen(
            decision_id=job.id,
            at=job.started_at,
            route=job.route.name,
            key_name=job.key_name,
            tier=route.tier_of[served_by],
            features=features,
        )
        self._seen[job.id] = seen
        self._new_seen.append(seen)
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        self._notice_retry(seen, job)

    def learn(self, decision_id: str, kind: LessonKind, value: float, *, target: str) -> None:
        """See `asker.Lessons`."""
        seen = self._seen.get(decision_id)
        route = None if seen is None else self.routes.get(seen.route)
        if seen is None or route is None:
            return
        tier = route.tier_of.get(target)
        if kind == "escalation":
            # The dear answer is what the cheap one was compared with: it counts as right.
            self._take(seen, kind, 1.0 - value)
        elif tier is not None and tier != seen.tier:
            self._take(seen, kind, value if tier > seen.tier else -value)

    async def rate(self, decision_id: str, quality: float, key_name: str | None) -> None:
        """Take in how good an answer was, 0 to 1.

        Raises:
            NothingToRate: No route that learns made that decision, or not for this key.
        """
        if not 0 <= quality <= 1:
            raise InvalidRequest("`score` must be a number from 0 to 1", param="score")
        seen = self._seen.get(decision_id)
        if seen is None and self.store is not None:
            await self._save()
            seen = await run_sync(self.store.find_seen, decision_id)
        if seen is None or seen.key_name != key_name or seen.route not in self.routes:
            raise NothingToRate(
                f"there is no decision `{decision_id}` to rate",
                hint="routes with `learn` can be rated, for a week, with the key that asked",
            )
        if decision_id in self._rated_once or await self._is_rated(decision_id):
            raise InvalidRequest(
                f"the answer of decision `{decision_id}` was rated already",
                hint="one answer has one rating, so that nobody outvotes all others",
            )
        self._rated_once[decision_id] = None
        if len(self._rated_once) > REMEMBERED:
            self._rated_once.popitem(last=False)
        self._rated(seen, "feedback", quality)

    async def _is_rated(self, decision_id: str) -> bool:
        return self.store is not None and await run_sync(self.store.is_rated, decision_id)

    def _notice_retry(self, seen: Seen, job: Job) -> None:
        session = job.facts.session
        if seen.key_name is None and session is None:
            # Nobody in particular: two people may well ask the same.
            return
        # Not the features: they are the same for other numbers, and for every step of an agent.
        prompt = (seen.route, f"{seen.key_name}/{session}", hash(job.inbound.body))
        earlier = self._seen.get(self._recent.get(prompt, ""))
        if earlier is not None and seen.at - earlier.at <= RETRY_WITHIN_S:
            self._rated(earlier, "retry", RETRY_QUALITY)
        self._recent[prompt] = seen.decision_id
        if len(self._recent) > REMEMBERED:
            self._recent.popitem(last=False)

    def _rated(self, seen: Seen, kind: str, quality: float) -> None:
        """One side is known: the other is what its answers are rated on average."""
        route = self.routes[seen.route]
        route.quality(seen.tier).saw(quality)
        if seen.tier == route.top:
            gain = quality - route.quality(seen.tier - 1).mean
        else:
            gain = route.quality(seen.tier + 1).mean - quality
        self._take(seen, kind, gain)

    def _take(self, seen: Seen, kind: str, gain: float) -> None:
        route = self.routes[seen.route]
        label = Label(
            at=self.clock.now(),
            route=seen.route,
            kind=kind,
            decision_id=seen.decision_id,
            gain=gain,
            weight=WEIGHTS[kind],
            features=seen.features,
        )
        self._new_labels.append(label)
        if route.tiers.learn_gain(seen.features, gain, weight=label.weight):
            _log.warning("the traffic of route `%s` has changed: it learns anew", seen.route)

    async def _keep_saving(self) -> None:
        while True:
            await asyncio.sleep(SAVED_EVERY_S)
            try:
                await self._save()
                await self._learn_what_others_put_there()
            except Exception:
                # The edge of this task: what cannot be written now is written later.
                _log.exception("what was learned could not be written")

    async def _save(self) -> None:
        labels, self._new_labels = self._new_labels, []
        seen, self._new_seen = self._new_seen, []
        if self.store is None or not (labels or seen):
            return
        try:
            last = await run_sync(self.store.add, labels, seen)
        except BaseException:
            self._new_labels, self._new_seen = labels + self._new_labels, seen + self._new_seen
            raise
        for name in {label.route for label in labels}:
            self.routes[name].last_own = last
            await self._keep_model(name)
        await run_sync(self.store.forget_seen, self.clock.now() - RATED_WITHIN_S)

    async def _keep_model(self, name: str) -> None:
        assert self.store is not None
        route = self.routes[name]
        if await run_sync(self._of_others, name, route.last_label):
            # They are learned, and the model is kept, on the next look.
            return
        last = route.last_label = max(route.last_label, route.last_own)
        dump, now = route.dumps(), self.clock.now()

        def keep(store: LearningStore = self.store) -> None:
            store.keep_model(name, dump, last_label=last, at=now)

        await run_sync(keep)

    def _of_others(self, name: str, after: int) -> Sequence[Label]:
        assert self.store is not None
        return [each for each in self.store.labels(name, after=after) if each.kind == "import"]

    async def _learn_what_others_put_there(self) -> None:
        assert self.store is not None
        for name, route in self.routes.items():
            others = await run_sync(self._of_others, name, route.last_label)
            if others:
                before = route.tiers.model.labels
                dump = route.tiers.model.dumps()
                model = await run_sync(_fitted, dump, others)
                if route.tiers.model.labels == before:
                    route.tiers.model = model
                    route.last_label = others[-1].id
                    await self._keep_model(name)


def _fitted(dump: bytes, labels: Sequence[Label]) -> GainModel:
    model = GainModel.loads(dump)
    model.fit([(label.features, label.gain) for label in labels])
    return model


def _catch_up(model: GainModel, store: LearningStore, name: str, last: int) -> int:
    """Learn the labels that a kept model does not have; the last one's id."""
    while labels := store.labels(name, after=last):
        rows: list[tuple[Features, float]] = []
        for each in labels:
            if each.kind == "import":
                rows.append((each.features, each.gain))
            else:
                model.learn(each.features, each.gain, weight=each.weight)
        model.fit(rows)
        last = labels[-1].id
    return last
