"""A target: one model at one backend, with everything fixed about it and how it is doing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct

from headgate.backends.exchange import Timeouts
from headgate.backends.provider import Provider
from headgate.backends.upstream import Upstream
from headgate.catalog.capabilities import OPEN_WEIGHTS
from headgate.core.inbound import Need, Operation
from headgate.engine.engine import LocalModel
from headgate.gateway.health import Health
from headgate.ledger.entry import Pricing
from headgate.policy.decision import Candidate, RequestFacts
from headgate.policy.known import known_of
from headgate.wire.dialect import BackendDialect, ClientDialect


class Terms(Struct, frozen=True, gc=False):
    """On what terms a route uses a target."""

    position: int
    tier: int | None = None
    weight: float | None = None
    only_mirrors: bool = False


class Moment(Struct, frozen=True, gc=False):
    """One point in time, on both clocks, in seconds."""

    monotonic: float
    unix: float


@dataclass(slots=True, eq=False, kw_only=True)
class Target:
    """Built by `runtime`; only `health` changes."""

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
    timeouts: Timeouts = field(default_factory=Timeouts)
    retries: int = 1
    options: Mapping[str, Any] = field(default_factory=dict)
    pricing: Pricing = field(default_factory=Pricing)
    usd_per_input_mtok: float | None = None
    usd_per_output_mtok: float | None = None
    batch_usd_per_mtok: tuple[float | None, float | None] | None = None
    """In and out, by its provider's batch API; `None` where that is not used."""
    engine: LocalModel | None = None
    health: Health = field(default_factory=Health)
    catalog: str | None = field(init=False)
    """The catalogue's name for whose models these are; `None` looks none of them up."""
    _offers: dict[str, frozenset[Operation]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        kind = self.provider
        self.catalog = kind.catalog_provider or (OPEN_WEIGHTS if kind.is_local else None)

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
        is_measured = health.has_fresh_speed(now)
        tokens_per_s = health.output_tokens_per_s if is_measured else None
        usd_in, usd_out = self._usd_per_mtok(tokens_per_s)
        by_batch = facts.is_deferrable and self._batches(facts.operation, client)
        if by_batch and self.batch_usd_per_mtok is not None:
            usd_in, usd_out = self.batch_usd_per_mtok
        return Candidate(
            name=self.name,
            model=model,
            provider=self.provider.name,
            is_local=self.is_local,
            region=self.region,
            position=terms.position,
            tier=terms.tier,
            weight=terms.weight,
            only_mirrors=terms.only_mirrors,
            by_batch=by_batch,
            operations=self._offered(client),
            lacks=self.lacks,
            context_tokens=self.context_tokens,
            max_output_tokens=self.max_output_tokens,
            known=known_of(self.catalog, model, self.has),
            usd_per_input_mtok=usd_in,
            usd_per_output_mtok=usd_out,
            breaker=health.breaker(now),
            in_flight=health.in_flight,
            max_concurrency=self.max_concurrency,
            ttft_ms=health.ttft_ms if is_measured else None,
            output_tokens_per_s=tokens_per_s,
        )

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

    def _usd_per_mtok(self, tokens_per_s: float | None) -> tuple[float | None, float | None]:
        """Prices for ranking; an own machine's is its busy time, at the speed it has here."""
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
        return self.health.begin(now)

    def end(self, *, was_probe: bool) -> None:
        """That request is over."""
        self.health.end(was_probe=was_probe)
        if self.engine is not None:
            self.engine.used()
