"""A target: one model at one backend, with everything fixed about it and how it is doing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from headgate.backends.exchange import Timeouts
from headgate.backends.provider import Provider
from headgate.backends.upstream import Upstream
from headgate.catalog.capabilities import OPEN_WEIGHTS
from headgate.core.inbound import Need, Operation
from headgate.engine.engine import LocalModel
from headgate.gateway.affinity import Prefixes, Prompt
from headgate.gateway.cold_load import ColdLoad
from headgate.gateway.health import Health
from headgate.gateway.hours import Hours
from headgate.gateway.limiter import MOST as MOST_AT_ONCE
from headgate.gateway.limiter import Limiter
from headgate.gateway.queue import BEHIND, MOST_WAITING, Claim, Slots
from headgate.gateway.speeds import Speeds, bucket_of
from headgate.ledger.entry import Pricing
from headgate.policy.compliance.dossier import Dossier
from headgate.policy.decision import Actions, Bend, Candidate, RequestFacts
from headgate.policy.known import known_of
from headgate.policy.split import places
from headgate.wire.dialect import BackendDialect, ClientDialect


class Terms(Struct, frozen=True, gc=False):
    """On what terms a route uses a target."""

    position: int
    tier: int | None = None
    weight: float | None = None
    only_mirrors: bool = False
    split: Mapping[str, float] | None = None
    """Weights of all targets of the route, where it splits its traffic."""
    actions: Actions = ()
    """What is done about labels at this target, where it differs from the rest of the route."""


class Moment(Struct, frozen=True, gc=False):
    """One point in time, on both clocks, in seconds."""

    monotonic: float
    unix: float


def _own_actions(facts: RequestFacts, terms: Terms) -> Actions:
    return tuple(each for each in terms.actions if each[0] in facts.labels)


def claim_of(facts: RequestFacts, waited_s: float = 0.0) -> Claim:
    """What a request brings to a line that it joins after having waited elsewhere."""
    deadline_ms = facts.deadline_ms
    stays_s = (facts.max_wait_ms or 0.0) / 1000 if facts.local_labels else 0.0
    return Claim(
        key=facts.key,
        priority=BEHIND if facts.is_deferrable else facts.priority,
        deadline_s=None if deadline_ms is None else deadline_ms / 1000 - waited_s,
        stays_s=stays_s,
    )


class Work(Struct, frozen=True, gc=False, kw_only=True):
    """How one answered request went; times are monotonic seconds."""

    model: str
    began: float
    ended: float
    ttft_ms: float | None
    """`None` where the answer came in one piece."""
    tokens_per_s: float | None
    filled_it: bool
    """With it, the target's slots were all taken."""
    input_tokens: int
    cached_tokens: int
    output_tokens: int


@dataclass(slots=True, eq=False, kw_only=True)
class Target:
    """Built by `runtime`; only what it is measured by, and what waits for it, changes."""

    name: str
    model: str | None
    """`None` passes on whatever model the client names."""
    provider: Provider
    dialect: BackendDialect
    also: Mapping[str, BackendDialect] = field(default_factory=dict)
    """Further dialects it speaks to the letter, by name."""
    upstream: Upstream
    is_local: bool
    region: str | None = None
    operations: frozenset[Operation]
    lacks: frozenset[Need] = frozenset()
    has: frozenset[Need] = frozenset()
    """What its model can do, whatever the catalogue says."""
    context_tokens: int | None = None
    max_output_tokens: int | None = None
    max_concurrency: int | None = None
    known_slots: int | None = None
    """Of an engine that lets further requests wait by itself; bounds those that wait here."""
    is_adaptive: bool = False
    """How many it takes at once is found by trying, up to `max_concurrency`."""
    max_waiting: int = MOST_WAITING
    timeouts: Timeouts = field(default_factory=Timeouts)
    retries: int = 1
    options: Mapping[str, Any] = field(default_factory=dict)
    pricing: Pricing = field(default_factory=Pricing)
    usd_per_input_mtok: float | None = None
    usd_per_output_mtok: float | None = None
    batch_usd_per_mtok: tuple[float | None, float | None] | None = None
    """In and out, by its provider's batch API; `None` where that is not used."""
    hours: Hours | None = None
    """When it may be used; `None`: always."""
    engine: LocalModel | None = None
    health: Health = field(default_factory=Health)
    cold_load: ColdLoad = field(default_factory=ColdLoad)
    bend: Callable[[], Bend | None] | None = None
    """What a budget for it asks now; `None` where it has none."""
    dossier: Dossier | None = None
    """What is signed and published of it, for compliance policies."""
    is_unbilled: bool = field(init=False)
    """Nothing is paid for using it: an own machine without a `price`."""
    speeds: Speeds = field(default_factory=Speeds, init=False)
    prefixes: Prefixes = field(default_factory=Prefixes, init=False)
    limiter: Limiter | None = field(default=None, init=False)
    slots: Slots = field(init=False)
    _is_bounded: bool = field(init=False)
    """Requests that do not wait are bounded by its slots, too: they were configured."""
    catalog: str | None = field(init=False)
    """The catalogue's name for whose models these are; `None` looks none of them up."""
    _offers: dict[str, frozenset[Operation]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        kind = self.provider
        self.catalog = kind.catalog_provider or (OPEN_WEIGHTS if kind.is_local else None)
        terms = self.pricing
        is_priced = (terms.usd_per_input_mtok, terms.usd_per_output_mtok) != (None, None)
        is_own = self.is_local or terms.usd_per_busy_hour is not None
        self.is_unbilled = is_own and not is_priced
        limit = self.max_concurrency or self.known_slots
        self._is_bounded = self.is_adaptive or self.max_concurrency is not None
        if self.is_adaptive:
            self.limiter = Limiter(most=limit or MOST_AT_ONCE)
            limit = self.limiter.limit
        self.slots = Slots(limit, self.speeds, most_waiting=self.max_waiting)

    @property
    def is_loading(self) -> bool:
        """Its model does not run here yet, or no longer; the next request starts it."""
        return self.engine is not None and self.engine.state != "ready"

    def speaks(self, client: str, operation: Operation) -> BackendDialect:
        """The dialect for a request that came in the dialect `client`."""
        if self.also and operation in self.provider.also.get(client, ()):
            return self.also[client]
        return self.dialect

    def offered_to(self, client: ClientDialect) -> frozenset[Operation]:
        """Operations that such a client can have from it, relayed or translated."""
        relayed = self.provider.also.get(client.name, {}).keys()
        if client.name == self.dialect.name:
            return self.operations | relayed
        shared = {"chat"} | (client.surfaces.keys() & self.dialect.forms.keys())
        return (self.operations & shared) | relayed

    def lacks_of(self, model: str) -> frozenset[Need]:
        """What it cannot do, and what the catalogue says that `model` cannot."""
        known = known_of(self.catalog, model, self.has)
        return self.lacks if known is None else self.lacks | known.lacks

    def candidate(
        self,
        facts: RequestFacts,
        terms: Terms,
        *,
        model: str,
        client: ClientDialect,
        moment: Moment,
    ) -> Candidate:
        """This target as it stands at `moment`; `model` is what it would be asked for."""
        health, now = self.health, moment.monotonic
        tokens_per_s = health.output_tokens_per_s if health.has_fresh_speed(now) else None
        ttft_ms, p95_ttft_ms = self._ttft_ms(facts, model, now)
        by_batch = facts.is_deferrable and self._batches(facts.operation, client)
        usd = self._usd_per_mtok(tokens_per_s, by_batch=by_batch)
        return Candidate(
            name=self.name,
            model=model,
            provider=self.provider.name,
            is_local=self.is_local,
            region=self.region,
            position=terms.position,
            tier=terms.tier,
            by_batch=by_batch,
            operations=self._offered(client),
            lacks=self.lacks,
            context_tokens=self.context_tokens,
            max_output_tokens=self.max_output_tokens,
            known=known_of(self.catalog, model, self.has),
            usd_per_input_mtok=usd[0],
            usd_per_output_mtok=usd[1],
            breaker=health.breaker(now),
            ttft_ms=ttft_ms,
            p95_ttft_ms=p95_ttft_ms,
            output_tokens_per_s=tokens_per_s,
            **self._room(facts, now),
            **self._turn(facts, terms, moment.unix),
            **self._trust(facts, terms, model, moment.unix),
        )

    def _trust(self, facts: RequestFacts, terms: Terms, model: str, unix: float) -> dict[str, Any]:
        """What is done about labels there, and what the request's policies ask of it."""
        trust: dict[str, Any] = {}
        if terms.actions:
            trust["actions"] = _own_actions(facts, terms)
        if self.dossier is not None and facts.policies:
            trust["standing"] = self.dossier.asked(facts.policies, model, unix)
        return trust

    def _turn(self, facts: RequestFacts, terms: Terms, unix: float) -> dict[str, Any]:
        """Whether money, its hours and the draw between weighted targets let it be used."""
        turn: dict[str, Any] = {
            "is_unbilled": self.is_unbilled,
            "only_mirrors": terms.only_mirrors,
        }
        if self.bend is not None:
            turn["bend"] = self.bend()
        if self.hours is not None:
            turn["hours"], turn["is_open"] = self.hours.text, self.hours.is_open(unix)
        if terms.split is not None:
            turn["weight"] = terms.weight
            if facts.draw is not None:
                turn["drawn"] = places(facts.draw, terms.split).get(self.name)
        return turn

    def _ttft_ms(
        self, facts: RequestFacts, model: str, now: float
    ) -> tuple[float | None, float | None]:
        """Average and 95th percentile for such prompts; else the average over all."""
        recent = self.speeds.ttft(now, model=model, input_tokens=facts.input_tokens)
        if recent is not None:
            return recent.average, recent.percentile(0.95)
        return (self.health.ttft_ms if self.health.has_fresh_speed(now) else None), None

    def _room(self, facts: RequestFacts, now: float) -> dict[str, Any]:
        """Slots, and how long the line for them is, for requests that wait."""
        slots, waits = self.slots, facts.max_wait_ms is not None
        room: dict[str, Any] = {
            "in_flight": self.health.in_flight + slots.promised,
            "max_concurrency": slots.limit if waits or self._is_bounded else None,
        }
        if self.engine is not None and self.is_loading:
            room["load_ms"] = self.cold_load.expected_ms
        if waits and slots.limit is not None:
            wait_s = self.wait_s(facts, now)
            room["wait_ms"] = None if wait_s is None else wait_s * 1000
            room["waiting"], room["max_waiting"] = len(slots.waiters), self.max_waiting
        return room

    def wait_s(self, facts: RequestFacts, now: float) -> float | None:
        """Predicted until such a request has a slot; `None` before anything was measured."""
        return self.slots.wait_s(now, claim_of(facts))

    def room(self, now: float) -> dict[str, object]:
        """Slots, waiters and speed, to show them."""
        slots, wait_s = self.slots, self.slots.wait_s(now)
        return {
            "slots": slots.limit,
            "waiting": len(slots.waiters),
            "wait_ms": None if wait_s is None else wait_s * 1000,
            "service_ms": self.speeds.service_ms(now),
            "load_ms": self.cold_load.expected_ms if self.is_loading else None,
            "ttft_ms_by_prompt": self.speeds.by_prompt(now),
        }

    def free_in_s(self, facts: RequestFacts, now: float) -> float:
        """Until it is worth asking again, as far as anybody can tell."""
        return max(self.health.resting_s(now) or 0.0, self.wait_s(facts, now) or 0.0) or 1.0

    def with_cache(
        self, candidate: Candidate, facts: RequestFacts, prompt: Prompt, now: float
    ) -> Candidate:
        """The candidate with what it need not read again of a prompt."""
        share = self.prefixes.bytes_read(prompt.blocks, now) / max(1, prompt.size_bytes)
        cached_tokens = int(facts.input_tokens * min(1.0, share))
        if not cached_tokens:
            return candidate
        return replace(
            candidate,
            cached_tokens=cached_tokens,
            saved_ms=self.speeds.saved_ms(cached_tokens),
        )

    def learn(self, work: Work) -> None:
        """Take in how an answered request went."""
        now, speeds, ttft_ms = work.ended, self.speeds, work.ttft_ms
        per_s = work.tokens_per_s
        if ttft_ms is None and work.output_tokens:
            fitted = speeds.whole((now - work.began) * 1000, work.output_tokens)
            if fitted is not None:
                self.health.measured(now, ttft_ms=fitted[0], output_tokens_per_s=fitted[1])
        if ttft_ms is not None:
            self.health.measured(now, ttft_ms=ttft_ms, output_tokens_per_s=per_s)
            speeds.started(
                now,
                ttft_ms,
                model=work.model,
                input_tokens=work.input_tokens,
                cached_tokens=work.cached_tokens,
            )
            if self.limiter is not None:
                bucket = bucket_of(work.input_tokens)
                is_full = work.filled_it
                self.limiter.add(work.began, now, ttft_ms, bucket=bucket, is_full=is_full)
        speeds.ended(now, now - work.began)

    def overloaded(self, now: float, began: float) -> None:
        """It refused a request for having too many, or did not answer in time."""
        if self.limiter is not None:
            self.slots.resize(self.limiter.refused(now, began))

    def _batches(self, operation: Operation, client: ClientDialect) -> bool:
        """Whether its provider's batch API takes such a request: relayed, or a chat."""
        if self.batch_usd_per_mtok is None or self.speaks(client.name, operation) != self.dialect:
            return False
        return operation == "chat" or client.name == self.dialect.name

    def _offered(self, client: ClientDialect) -> frozenset[Operation]:
        known = self._offers.get(client.name)
        if known is None:
            known = self._offers[client.name] = self.offered_to(client)
        return known

    def _usd_per_mtok(
        self, tokens_per_s: float | None, *, by_batch: bool
    ) -> tuple[float | None, float | None]:
        """Prices for ranking; an own machine's is its busy time, at the speed it has here."""
        if by_batch and self.batch_usd_per_mtok is not None:
            return self.batch_usd_per_mtok
        per_hour = self.pricing.usd_per_busy_hour
        if per_hour is None:
            return self.usd_per_input_mtok, self.usd_per_output_mtok
        if not tokens_per_s:
            return None, None
        return 0.0, float(per_hour) / 3600 / tokens_per_s * 1e6

    def begin(self, now: float) -> bool:
        """A request is about to be sent; whether it is the breaker's probe."""
        if self.engine is not None:
            self.engine.using()
        self.slots.begin(now)
        return self.health.begin(now)

    def end(self, *, was_probe: bool, began: float) -> None:
        """That request is over; whoever waits is next."""
        self.health.end(was_probe=was_probe)
        if self.limiter is not None:
            self.slots.resize(self.limiter.limit)
        self.slots.end(began)
        if self.engine is not None:
            self.engine.used()
