"""A request and its route, summed up for the rules. From here on nobody sees the text."""

from msgspec import Struct

from headgate.core.inbound import Inbound
from headgate.estimate.complexity import Scorer, score
from headgate.estimate.tokens import expected_output_tokens, input_tokens
from headgate.policy.decision import Preference, RequestFacts

_NONE: frozenset[str] = frozenset()


class RouteDemands(Struct, frozen=True, kw_only=True):
    """What a route asks of the targets that may serve it; fixed when the runtime is built."""

    route: str
    prefer: Preference = "order"
    tiers: tuple[float, ...] = ()
    """Highest complexity of each tier, weakest first; the last takes everything above, too."""
    detect: frozenset[str] = frozenset()
    """Personal data to look for. Whatever is found stays on local targets."""
    local_labels: frozenset[str] | None = None
    """Declared labels that keep a request on local targets; `None`: every one of them."""
    declared: frozenset[str] = frozenset()
    """Labels every request of the route carries."""
    allowed_regions: frozenset[str] | None = None
    max_usd: float | None = None
    max_ttft_ms: float | None = None
    environment: str | None = None
    environment_targets: frozenset[str] | None = None


def request_facts(
    inbound: Inbound,
    demands: RouteDemands,
    *,
    found: frozenset[str] = _NONE,
    declared: frozenset[str] = _NONE,
    scorer: Scorer = score,
) -> RequestFacts:
    """What routing may know about `inbound`.

    `found` are the labels a scan saw, `declared` those of the header and the key. A label
    means the same wherever it came from: declaring `email` is as good as writing one.
    """
    labels = found | declared | demands.declared
    tier, complexity = None, None
    if demands.tiers:
        complexity = scorer(inbound.turn_text)
        tier = tier_of(complexity, demands.tiers)
    return RequestFacts(
        operation=inbound.operation,
        route=demands.route,
        environment=demands.environment,
        environment_targets=demands.environment_targets,
        input_tokens=input_tokens(inbound),
        expected_output_tokens=expected_output_tokens(inbound.operation, inbound.max_output_tokens),
        max_output_tokens=inbound.max_output_tokens,
        choices=inbound.choices,
        needs=inbound.needs,
        labels=labels,
        local_labels=_staying_local(labels, found, demands) if labels else _NONE,
        allowed_regions=demands.allowed_regions,
        complexity=complexity,
        tier=tier,
        prefer=demands.prefer,
        max_usd=demands.max_usd,
        max_ttft_ms=demands.max_ttft_ms,
    )


def _staying_local(
    labels: frozenset[str], found: frozenset[str], demands: RouteDemands
) -> frozenset[str]:
    """Everything found, and of what was declared the labels the route keeps or looks for."""
    if demands.local_labels is None:
        return labels
    return found | (labels & (demands.local_labels | demands.detect))


def tier_of(complexity: float, tiers: tuple[float, ...]) -> int:
    """The first tier whose bound reaches `complexity`; the last when none does."""
    for index, up_to in enumerate(tiers):
        if complexity <= up_to:
            return index
    return len(tiers) - 1
