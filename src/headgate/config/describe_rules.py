"""Tiers, rules, splits, sessions and waits in words."""

from collections.abc import Iterator, Sequence

from headgate.config.conditions import RouteRuleSettings
from headgate.config.route import RouteSettings, Tier


def tiers_in_words(tiers: Sequence[Tier]) -> str:
    """Who gets which part of the traffic."""
    by_share = any(tier.share is not None for tier in tiers)
    return ", ".join(_tier(tier, by_share=by_share) for tier in tiers)


def chain(targets: Sequence[str]) -> str:
    """Targets in the order they are tried."""
    return ", then ".join(f"`{name}`" for name in targets)


def rules_in_words(route: RouteSettings) -> Iterator[str]:
    """What a route's own rules say, and how it shares, keeps and queues."""
    if route.learn is not None:
        yield _learn(route)
    for rule in route.rules:
        yield f"rule `{rule.name}`: if {rule.when}, {_consequence(rule)}"
    if route.split is not None:
        total = sum(route.split.values())
        shares = (f"`{name}` {weight / total:.0%}" for name, weight in route.split.items())
        yield f"first tried by share: {', '.join(shares)}"
    if route.sticky is not None:
        yield f"conversations stay where they were for {_minutes(route.sticky.ttl_s)}"
    if route.affinity:
        yield "prefers who has read the beginning of a prompt already"
    if route.wait is not None:
        wait = f"waits up to {route.wait.max_ms:g} ms for a free slot, then spills over"
        yield wait + (f", priority {route.wait.priority}" if route.wait.priority else "")
    if route.slo is not None:
        yield f"passes over who would start later than {route.slo.ttft_ms:g} ms"


def _tier(tier: Tier, *, by_share: bool) -> str:
    if tier.up_to is not None:
        part = f"up to {tier.up_to:g}"
    elif tier.share is not None:
        part = f"the next {tier.share:.0%}"
    else:
        part = "the rest" if by_share else "above"
    return f"{part} {chain(tier.targets)}"


def _learn(route: RouteSettings) -> str:
    learn = route.learn
    assert learn is not None, "asked before"
    goal = "" if learn.quality is None else f" to recover {learn.quality:.0%} of the quality"
    by = f", compared by `{learn.judge}`" if learn.judge else ", by asking the stronger tier"
    return f"learns{goal} from {learn.explore:.0%} of the requests{by}"


def _consequence(rule: RouteRuleSettings) -> str:
    said = []
    if rule.only is not None:
        said.append(f"only {_listed(rule.only)}")
    if rule.refuse:
        said.append(f"never {_listed(rule.refuse)}")
    if rule.prefer:
        said.append(f"{_listed(rule.prefer)} first")
    return ", ".join(said)


def _listed(names: Sequence[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:g} minutes" if seconds >= 120 else f"{seconds:g} seconds"
