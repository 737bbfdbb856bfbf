"""Targets from their settings."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from time import monotonic
from typing import Any

from msgspec.structs import replace

from headgate.backends.aws import AwsSigner, region_of
from headgate.backends.exchange import Client, Endpoint
from headgate.backends.provider import Provider
from headgate.backends.registry import provider
from headgate.backends.upstream import Upstream
from headgate.catalog.prices import find_price
from headgate.config.in_force import dossier_of
from headgate.config.schema import TargetSettings
from headgate.config.secrets import resolve
from headgate.core.errors import ConfigError
from headgate.core.plugins import load
from headgate.engine.engine import LocalModel
from headgate.estimate.energy import usd_per_busy_hour
from headgate.gateway.cold_load import ColdLoad
from headgate.gateway.hours import Hours
from headgate.gateway.target import Target
from headgate.ledger.entry import Pricing
from headgate.runtime.trust import is_own

DEMO = "demo"
Locate = Callable[[], Awaitable[Endpoint]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetBuilder:
    """What every target is built with."""

    client: Client
    open_model: Callable[[str], LocalModel]
    """The supervised local model for an embedded target's `model`."""
    environ: Mapping[str, str]
    now: datetime
    """Prices for routing are those of this day."""
    engine_slots: int | None = None
    """Requests that an embedded model generates at once."""
    uses_batch_apis: bool = True
    """Whether deferrable work may wait in a provider's queue, where it costs less."""
    audit_log: bool = False
    """Whether what leaves is written down."""

    def build(self, name: str, settings: TargetSettings, *, is_used: bool = True) -> Target:
        """One target, ready to be sent to; one that is not used may lack its key.

        Raises:
            ConfigError: A key is missing, or a reference cannot be resolved.
        """
        kind = provider(settings.backend)
        engine = self.open_model(settings.model or DEMO) if kind.is_embedded else None
        key = self._key(name, kind, settings, is_used)
        cold_load = _cold_load(engine)
        locate = _locator(engine, cold_load)
        region = self._aws_region(name, settings, key) if kind.auth == "aws" and is_used else None
        is_local = is_own(kind, settings)
        pricing = _pricing(kind, settings, is_local=is_local)
        usd_in, usd_out = _routing_prices(pricing, settings.model, self.now)
        return Target(
            name=name,
            model=settings.model or (DEMO if engine else None),
            provider=kind,
            dialect=load("headgate.wire.dialects", kind.dialect, "DIALECT"),
            also={each: load("headgate.wire.dialects", each, "DIALECT") for each in kind.also},
            upstream=self._upstream(kind, settings, locate, key=key, region=region),
            is_local=is_local,
            region=settings.region or (None if is_local else next(iter(kind.regions), None)),
            operations=frozenset(kind.paths),
            lacks=kind.lacks.difference(settings.has).union(settings.lacks),
            has=frozenset(settings.has),
            **self._bounds(settings, engine),
            options=settings.options,
            pricing=pricing,
            usd_per_input_mtok=usd_in,
            usd_per_output_mtok=usd_out,
            batch_usd_per_mtok=self._batch_prices(kind, pricing, settings.model),
            engine=engine,
            cold_load=cold_load,
            dossier=dossier_of(settings, region, audit_log=self.audit_log),
        )

    def _bounds(self, settings: TargetSettings, engine: LocalModel | None) -> dict[str, Any]:
        """How much it takes, how long, how often, and when."""
        capacity = settings.capacity
        return {
            "context_tokens": settings.context_tokens,
            "max_output_tokens": settings.max_output_tokens,
            "timeouts": settings.timeouts.settings(),
            "retries": settings.retries,
            "hours": _hours(settings),
            "max_concurrency": capacity.max_concurrency,
            "known_slots": self.engine_slots if engine is not None else None,
            "is_adaptive": capacity.adaptive,
            "max_waiting": capacity.queue,
        }

    def _batch_prices(
        self, kind: Provider, pricing: Pricing, model: str | None
    ) -> tuple[float | None, float | None] | None:
        if kind.batch_form is None or not self.uses_batch_apis:
            return None
        return _routing_prices(replace(pricing, is_batch=True), model, self.now)

    def _upstream(
        self,
        kind: Provider,
        settings: TargetSettings,
        locate: Locate | None,
        *,
        key: str | None,
        region: str | None,
    ) -> Upstream:
        signer = None
        if region and key is None and settings.auth in {None, "aws"}:
            signer = AwsSigner(region=region, profile=settings.aws_profile)
        return Upstream(
            kind,
            self.client,
            base_url=settings.base_url or _in_region(kind, region),
            deployment=settings.deployment,
            api_version=settings.api_version,
            auth=settings.auth,
            key=key,
            locate=locate,
            signer=signer,
        )

    def _aws_region(self, name: str, settings: TargetSettings, key: str | None) -> str | None:
        region = settings.aws_region or region_of(settings.aws_profile, self.environ)
        is_signed = key is None and settings.auth in {None, "aws"}
        if region is None and (is_signed or settings.base_url is None):
            raise ConfigError(
                f"targets.{name}: `{settings.backend}` needs a region",
                hint="set `aws_region` on the target, or AWS_REGION",
            )
        return region

    def _key(
        self, name: str, kind: Provider, settings: TargetSettings, is_used: bool
    ) -> str | None:
        usual = (f"${{{v}}}" for v in kind.key_env if self.environ.get(v, "").strip())
        reference = settings.api_key if is_used and settings.api_key else next(usual, None)
        if reference is not None:
            try:
                return resolve(reference, self.environ)
            except ConfigError as error:
                raise ConfigError(f"targets.{name}: {error.message}", hint=error.hint) from error
        if kind.needs_key and settings.auth != "none" and is_used:
            raise ConfigError(
                f"targets.{name}: `{kind.name}` needs a key",
                hint=f"set {' or '.join(kind.key_env)}, or `api_key: ${{NAME}}` on the target",
            )
        return None


def _hours(settings: TargetSettings) -> Hours | None:
    hours = settings.hours
    return None if hours is None else Hours(hours.open, hours.timezone)


def _in_region(kind: Provider, region: str | None) -> str | None:
    """The provider's address there, where it has one for each region."""
    return kind.base_url.format(region=region) if kind.base_url and region else kind.base_url


def _cold_load(engine: LocalModel | None) -> ColdLoad:
    try:
        return ColdLoad(None if engine is None else engine.path.stat().st_size)
    except OSError:
        # The demonstration model is written when it is first loaded.
        return ColdLoad()


def _locator(engine: LocalModel | None, cold_load: ColdLoad) -> Locate | None:
    if engine is None:
        return None

    async def locate() -> Endpoint:
        was_cold, started = engine.state in {"stopped", "failed"}, monotonic()
        running = await engine.ensure_ready()
        if was_cold:
            cold_load.took((monotonic() - started) * 1000)
        return Endpoint(
            base_url="http://engine/v1",
            headers={"authorization": f"Bearer {running.api_key}"},
            uds=running.uds,
        )

    return locate


def _pricing(kind: Provider, settings: TargetSettings, *, is_local: bool) -> Pricing:
    price, cost = settings.price, settings.cost
    if price is not None:
        return Pricing(
            usd_per_input_mtok=price.input_usd_per_mtok,
            usd_per_output_mtok=price.output_usd_per_mtok,
            usd_per_cache_read_mtok=price.cache_read_usd_per_mtok,
            usd_per_cache_write_mtok=price.cache_write_usd_per_mtok,
            usd_per_cache_write_1h_mtok=price.cache_write_1h_usd_per_mtok,
            usd_per_audio_input_mtok=price.audio_input_usd_per_mtok,
            usd_per_audio_output_mtok=price.audio_output_usd_per_mtok,
            usd_per_thousand_searches=price.usd_per_thousand_searches,
        )
    if cost is not None:
        return Pricing(usd_per_busy_hour=usd_per_busy_hour(**cost.model_dump()))
    return Pricing(
        catalog_provider=None if is_local else kind.catalog_provider,
        reports_cost=kind.reports_cost and not is_local,
    )


def _routing_prices(
    pricing: Pricing, model: str | None, now: datetime
) -> tuple[float | None, float | None]:
    """Dollars per million tokens in and out, for ranking; `None` where unknown."""
    if pricing.usd_per_input_mtok is not None:
        return float(pricing.usd_per_input_mtok), _float(pricing.usd_per_output_mtok)
    if pricing.catalog_provider is None or model is None:
        return None, None
    price = find_price(pricing.catalog_provider, model, now, is_batch=pricing.is_batch)
    return (None, None) if price is None else (price.usd_per_input_mtok, price.usd_per_output_mtok)


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
