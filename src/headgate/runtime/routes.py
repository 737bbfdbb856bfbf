"""Routes from their settings."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from headgate.config.crosscheck_rules import route_rules
from headgate.config.in_force import book_of
from headgate.config.schema import Privacy, RouteSettings, Settings
from headgate.gateway.conditions import RouteConditions
from headgate.gateway.reading import ReadingTerms, warm
from headgate.gateway.route import Place, Route, Routes
from headgate.gateway.target import Target
from headgate.policy.facts import RouteDemands
from headgate.runtime.auditing import policy_of
from headgate.runtime.care import cascading, hedging, mirroring
from headgate.runtime.learning import comparisons, tiering


def build_routes(
    settings: Settings, targets: Mapping[str, Target], random: Random | None = None
) -> Routes:
    """Every route of the configuration, over targets already built; `random` is to explore."""
    random = random or Random()
    routes = [
        replace(_route(name, route, settings, targets), tiering=tiering(route, random))
        for name, route in settings.routes.items()
    ]
    return Routes(
        routes,
        settings.auto_route,
        targets=list(targets.values()),
        open_names=not settings.restricts,
    )


def _route(
    name: str, settings: RouteSettings, whole: Settings, targets: Mapping[str, Target]
) -> Route:
    fallback, privacy = settings.fallback, settings.privacy
    return Route(
        demands=_demands(name, settings, whole),
        places=(*_places(settings, targets), *_mirrors(settings, targets)),
        models=settings.models,
        fall_back_on=settings.fall_back_on,
        checks=frozenset() if fallback is False else frozenset(fallback.checks),
        drop_unsupported=settings.drop_unsupported,
        clamp_ranges=settings.clamp_ranges,
        hold_stream=fallback is not False and fallback.hold_stream,
        cascade=cascading(settings.cascade, targets) if settings.cascade else None,
        hedge=hedging(settings.hedge) if settings.hedge else None,
        mirrors=tuple(mirroring(each, targets) for each in settings.mirror),
        comparisons=comparisons(settings, targets),
        conditions=RouteConditions(route_rules(settings)) if settings.rules else None,
        sticky_s=settings.sticky.ttl_s if settings.sticky else None,
        is_split=settings.split is not None,
        reading=_reading(privacy) if privacy else None,
        policy=policy_of(whole, settings).hash if is_audited(whole) else None,
        audits_all=whole.restricts,
        stay_local_s=privacy.stay_local_s if privacy else None,
    )


def _demands(name: str, settings: RouteSettings, whole: Settings) -> RouteDemands:
    privacy = settings.privacy
    return RouteDemands(
        route=name,
        prefer=settings.prefer,
        tiers=_bounds(settings),
        detect=frozenset(privacy.detect) if privacy else frozenset(),
        actions=dict(privacy.actions) if privacy else {},
        local_labels=frozenset(privacy.labels) if privacy and privacy.labels else None,
        declared=frozenset(settings.labels),
        allowed_regions=frozenset(settings.regions) if settings.regions else None,
        max_usd=settings.max_usd,
        max_ttft_ms=settings.max_ttft_ms,
        max_wait_ms=settings.wait.max_ms if settings.wait else None,
        priority=settings.wait.priority if settings.wait else 0,
        slo_ttft_ms=settings.slo.ttft_ms if settings.slo else None,
        keeps_cache=settings.affinity,
        policies=book_of(whole, settings),
        environment=whole.environment,
        environment_targets=whole.environment_targets,
    )


def is_audited(settings: Settings) -> bool:
    """Whether an audit log is written."""
    return settings.ledger.enabled and settings.ledger.audit


def _reading(privacy: Privacy) -> ReadingTerms:
    terms = ReadingTerms(
        detect=frozenset(privacy.detect),
        most_chars=int(privacy.scan_mib * 1024 * 1024),
        most_s=privacy.scan_ms / 1000,
    )
    warm(terms)
    return terms


def _bounds(settings: RouteSettings) -> tuple[float, ...]:
    """Highest complexity of each tier; what is parted by share has no bounds that are used."""
    return tuple(1.0 if tier.up_to is None else tier.up_to for tier in settings.tiers or ())


def _places(settings: RouteSettings, targets: Mapping[str, Target]) -> tuple[Place, ...]:
    tier_of = {name: i for i, tier in enumerate(settings.tiers or ()) for name in tier.targets}
    split, privacy = settings.split, settings.privacy
    return tuple(
        Place(
            targets[name],
            index,
            tier_of.get(name),
            weight=None if split is None else split.get(name),
            split=split,
            actions=tuple(sorted(privacy.targets.get(name, {}).items())) if privacy else (),
        )
        for index, name in enumerate(settings.target_names)
    )


def _mirrors(settings: RouteSettings, targets: Mapping[str, Target]) -> tuple[Place, ...]:
    """Places of targets that only get copies, after those that answer."""
    names = dict.fromkeys(each.target for each in settings.mirror)
    only = [name for name in names if name not in settings.target_names]
    first = len(settings.target_names)
    return tuple(Place(targets[n], first + i, only_mirrors=True) for i, n in enumerate(only))
