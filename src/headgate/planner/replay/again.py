"""Facts of a past request, on the terms of another route."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from msgspec.structs import replace

from headgate.planner.replay.policy import ReplayRoute
from headgate.policy.compliance.policy import Applying, Asked
from headgate.policy.decision import RequestFacts
from headgate.policy.facts import RouteDemands, tier_of

_terms: Callable[[RequestFacts | RouteDemands], Any] = attrgetter(
    *("route", "environment", "environment_targets", "allowed_regions", "prefer", "max_usd"),
    *("max_ttft_ms", "max_wait_ms", "slo_ttft_ms", "keeps_cache"),
)
"""What a route demands, by the same names as facts."""


def asked_again(facts: RequestFacts, route: ReplayRoute, unix: float) -> RequestFacts:
    """What is known of the request that came at `unix`, with what the route now demands.

    The text is gone: labels are those that were found then, complexity and gain as they
    were estimated then.
    """
    again = _on_terms(facts, route.demands)
    if route.conditions is not None and (applied := route.conditions.holding(again, unix)):
        return replace(again, applied=applied)
    return again


def _on_terms(facts: RequestFacts, demands: RouteDemands) -> RequestFacts:
    labels = facts.labels | demands.declared if demands.declared else facts.labels
    local = _staying_local(labels, demands) if labels else labels
    tier = _tier(facts, demands)
    policies = _policies(facts, labels, demands)
    is_same = (
        tier == facts.tier
        and _terms(facts) == _terms(demands)
        and (labels, local) == (facts.labels, facts.local_labels)
        and policies == facts.policies
        and not facts.applied
        and not facts.is_deferrable
    )
    if is_same:
        # Most are, and making them anew takes time.
        return facts
    return replace(
        facts,
        route=demands.route,
        environment=demands.environment,
        environment_targets=demands.environment_targets,
        labels=labels,
        local_labels=local,
        policies=policies,
        allowed_regions=demands.allowed_regions,
        tier=tier,
        prefer="cost" if facts.is_deferrable else demands.prefer,
        max_usd=demands.max_usd,
        max_ttft_ms=demands.max_ttft_ms,
        max_wait_ms=demands.max_wait_ms,
        slo_ttft_ms=demands.slo_ttft_ms,
        keeps_cache=demands.keeps_cache,
        applied=(),
    )


def _policies(
    facts: RequestFacts, labels: frozenset[str], demands: RouteDemands
) -> tuple[Applying, ...]:
    """The compliance policies that are about it now."""
    if demands.policies is None:
        return ()
    asked = Asked(labels, demands.route, facts.key, facts.team, facts.tags)
    return demands.policies.applying(asked)


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
