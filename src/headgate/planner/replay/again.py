"""Facts of a past request, on the terms of another route."""

from msgspec.structs import replace

from headgate.planner.replay.policy import ReplayRoute
from headgate.policy.decision import RequestFacts
from headgate.policy.facts import RouteDemands, tier_of


def asked_again(facts: RequestFacts, route: ReplayRoute, unix: float) -> RequestFacts:
    """What is known of the request that came at `unix`, with what the route now demands.

    The text is gone: labels are those that were found then, complexity and gain as they
    were estimated then.
    """
    demands = route.demands
    labels = facts.labels | demands.declared
    again = replace(
        facts,
        route=demands.route,
        environment=demands.environment,
        environment_targets=demands.environment_targets,
        labels=labels,
        local_labels=_staying_local(labels, demands) if labels else labels,
        allowed_regions=demands.allowed_regions,
        tier=_tier(facts, demands),
        prefer="cost" if facts.is_deferrable else demands.prefer,
        max_usd=demands.max_usd,
        max_ttft_ms=demands.max_ttft_ms,
        max_wait_ms=demands.max_wait_ms,
        slo_ttft_ms=demands.slo_ttft_ms,
        keeps_cache=demands.keeps_cache,
        applied=(),
    )
    if route.conditions is not None and (applied := route.conditions.holding(again, unix)):
        return replace(again, applied=applied)
    return again


def lacks_tier(facts: RequestFacts, demands: RouteDemands) -> bool:
    """Whether the route asks for a tier that nobody can tell any more."""
    return bool(demands.tiers) and facts.complexity is None and facts.tier is None


def _staying_local(labels: frozenset[str], demands: RouteDemands) -> frozenset[str]:
    if demands.local_labels is None:
        return labels
    return labels & (demands.local_labels | demands.detect)


def _tier(facts: RequestFacts, demands: RouteDemands) -> int | None:
    if not demands.tiers:
        return None
    if facts.gain is None and facts.complexity is not None:
        return tier_of(facts.complexity, demands.tiers)
    return None if facts.tier is None else min(facts.tier, len(demands.tiers) - 1)
