"""The composition root: objects from settings, and their end."""

import os
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from headgate.backends.client import HttpClient
from headgate.backends.image_fetcher import HostedImages
from headgate.backends.image_hosts import image_hosts
from headgate.config.schema import Settings
from headgate.core.errors import OperatorError
from headgate.core.plugins import load, load_all
from headgate.engine.engine import LocalModel
from headgate.engine.supervisor import Supervisor
from headgate.engine.weights import resolve_weights
from headgate.gateway.attempts import Sender
from headgate.gateway.batches.runner import BatchRunner
from headgate.gateway.conversations import Conversations
from headgate.gateway.explain import Explanation, explain
from headgate.gateway.handle import Caller, Gateway, Limits
from headgate.gateway.learning import Learning
from headgate.gateway.mirror import Mirrors
from headgate.gateway.response_store import ResponseStore
from headgate.gateway.route import Routes
from headgate.gateway.sessions import Sessions
from headgate.gateway.target import Target
from headgate.ledger.metrics import Metrics
from headgate.ledger.store import LedgerStore
from headgate.ledger.writer import LedgerWriter
from headgate.policy.answer_schema import breach
from headgate.policy.registry import all_rules, rules_version
from headgate.runtime.auditing import announce
from headgate.runtime.batching import batch_runner
from headgate.runtime.budgets import start_budgets
from headgate.runtime.clock import SystemClock
from headgate.runtime.learning import learning
from headgate.runtime.price_file import use_fetched_prices
from headgate.runtime.routes import build_routes, is_audited
from headgate.runtime.session_key import session_secret
from headgate.runtime.targets import TargetBuilder
from headgate.runtime.vault import use_vault
from headgate.wire.dialect import ClientDialect


@dataclass(slots=True)
class LocalModels:
    """The models that run here, one supervisor a file, whatever number of targets use it."""

    settings: Settings
    by_path: dict[Path, Supervisor] = field(default_factory=dict)

    def open(self, model: str) -> LocalModel:
        """The supervised model; nothing is started yet.

        Raises:
            EngineError: There is no such file; says what there is.
        """
        path = resolve_weights(model, self.settings.engine.models_dir)
        if path not in self.by_path:
            self.by_path[path] = Supervisor(
                path,
                self.settings.engine.settings(),
                load("headgate.engine.engines", "llama_cpp", "ENGINE"),
                alias=model,
            )
        return self.by_path[path]

    async def stop(self) -> None:
        """Stop every worker."""
        for supervisor in self.by_path.values():
            await supervisor.stop()


@dataclass(slots=True, eq=False, kw_only=True)
class Runtime:
    """A gateway with everything it stands on. `close()` it."""

    settings: Settings
    gateway: Gateway
    conversations: Conversations
    """The same gateway for clients of the Responses API, who may go on from a response."""
    client: HttpClient
    models: LocalModels
    writer: LedgerWriter
    metrics: Metrics
    callers: Mapping[str, Caller]
    """By SHA-256 of the key, in hexadecimal."""
    client_dialects: Mapping[str, ClientDialect]
    batches: BatchRunner
    learning: Learning
    clock: SystemClock
    started_at: float
    is_draining: bool = False

    def explain(self, decision_id: str) -> Explanation:
        """Why a recorded request went where it went; reads the ledger, so it blocks."""
        if self.writer.store is None:
            raise OperatorError("there is no ledger to explain from: `ledger.enabled` is false")
        self.writer.flush()
        return explain(self.writer.store, decision_id, self.gateway.sender.rules)

    async def close(self) -> None:
        """Stop engines, drop connections, write what the ledger still holds."""
        self.is_draining = True
        async with AsyncExitStack() as last_first:
            last_first.callback(self.writer.close)
            if self.gateway.keeper.store is not None:
                last_first.callback(self.gateway.keeper.store.close)
            if self.gateway.budgets is not None:
                last_first.push_async_callback(self.gateway.budgets.stop)
            last_first.push_async_callback(self.learning.stop)
            last_first.push_async_callback(self.client.close)
            last_first.push_async_callback(self.models.stop)
            last_first.push_async_callback(self.batches.stop)
            if self.gateway.sender.mirrors is not None:
                last_first.push_async_callback(self.gateway.sender.mirrors.stop)


async def build(settings: Settings) -> Runtime:
    """Everything the settings describe; engines start with their first request.

    Raises:
        OperatorError: A key is missing, a model file is not there, the ledger cannot be opened.
    """
    # Before any price is asked for: prices are remembered.
    use_fetched_prices()
    clock = SystemClock()
    client = HttpClient(only_own=settings.air_gapped)
    models = LocalModels(settings)
    _warm_up(settings)
    targets = _targets(settings, client, models)
    metrics = Metrics()
    metrics.watch_targets(lambda: {name: t.health.in_flight for name, t in targets.items()})
    store = LedgerStore.open(settings.ledger.path) if settings.ledger.enabled else None
    writer = LedgerWriter(store, metrics)
    gateway = _gateway(settings, build_routes(settings, targets), writer, clock)
    use_vault(settings, gateway.keeper)
    announce(settings, gateway.routes.by_name.values(), writer, clock.now())
    gateway.budgets = await start_budgets(settings, store, targets, clock)
    if gateway.budgets is not None:
        metrics.watch_budgets(gateway.budgets.counts)
    callers, dialects = _callers(settings), _client_dialects()
    return Runtime(
        settings=settings,
        gateway=gateway,
        conversations=Conversations(gateway, _response_store(settings, clock)),
        client=client,
        models=models,
        writer=writer,
        metrics=metrics,
        callers=callers,
        client_dialects=dialects,
        batches=batch_runner(settings.batches, gateway, dialects, callers),
        learning=_learning(settings, gateway, store, clock, metrics),
        clock=clock,
        started_at=clock.now(),
    )


def _warm_up(settings: Settings) -> None:
    """Import what the first use of it would: not while a request waits."""
    if any(r.cascade or (r.fallback and r.fallback.checks) for r in settings.routes.values()):
        breach(None, b"{}")


def _targets(settings: Settings, client: HttpClient, models: LocalModels) -> Mapping[str, Target]:
    builder = TargetBuilder(
        client=client,
        open_model=models.open,
        environ=os.environ,
        now=datetime.now(UTC),
        engine_slots=settings.engine.settings().slots,
        uses_batch_apis=settings.batches.enabled and settings.batches.provider_apis,
        audit_log=is_audited(settings),
    )
    used = settings.environment_targets
    return {
        name: builder.build(name, each, is_used=used is None or name in used)
        for name, each in settings.targets.items()
    }


def _gateway(
    settings: Settings, routes: Routes, writer: LedgerWriter, clock: SystemClock
) -> Gateway:
    limits = settings.server.limits
    return Gateway(
        routes=routes,
        sender=Sender(rules=all_rules(), images=_images(settings), mirrors=Mirrors()),
        recorder=writer,
        clock=clock,
        rules_version=rules_version(),
        limits=Limits(messages=limits.messages, choices=limits.choices),
        answer_with_asked_model=settings.server.answer_model == "asked",
        sessions=Sessions(secret=_session_secret(settings)),
    )


def _session_secret(settings: Settings) -> bytes | None:
    """Without a ledger nothing is kept, and so no hash has to be the same after a restart."""
    return session_secret(settings.ledger.path.parent) if settings.ledger.enabled else None


def _learning(
    settings: Settings,
    gateway: Gateway,
    store: LedgerStore | None,
    clock: SystemClock,
    metrics: Metrics,
) -> Learning:
    """What learns from the gateway's answers, tied to it."""
    tierings = {name: route.tiering for name, route in gateway.routes.by_name.items()}
    found = learning(settings, tierings, store, clock)
    if found.routes:
        gateway.on_answered = found.finished
        gateway.sender.lessons = found
        metrics.watch_learning(found.counts)
        if gateway.sender.mirrors is not None:
            gateway.sender.mirrors.lessons = found
        found.start()
    return found


def _images(settings: Settings) -> HostedImages | None:
    hosts = image_hosts(settings.server.image_hosts)
    if not hosts:
        return None
    limits = settings.server.limits
    return HostedImages(hosts=hosts, limit_bytes=limits.image_bytes, within_s=limits.image_s)


def _response_store(settings: Settings, clock: SystemClock) -> ResponseStore | None:
    wanted = settings.server.responses
    if wanted.store == "none":
        return None
    return ResponseStore(
        clock=clock,
        ttl_s=wanted.ttl_minutes * 60,
        max_responses=wanted.max_responses,
        max_bytes=wanted.max_mib * 1024 * 1024,
    )


def _client_dialects() -> Mapping[str, ClientDialect]:
    """Every dialect that has something to serve."""
    dialects = load_all("headgate.wire.dialects", "DIALECT")
    return {name: each for name, each in dialects.items() if hasattr(each, "endpoints")}


def _callers(settings: Settings) -> Mapping[str, Caller]:
    return {
        key.hash.removeprefix("sha256:"): Caller(
            name=key.name,
            labels=frozenset(key.labels),
            routes=None if key.routes is None else frozenset(key.routes),
            team=key.team,
            tags=frozenset(key.tags),
        )
        for key in settings.server.keys
    }
