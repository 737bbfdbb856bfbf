"""A request and its route, summed up for the rules. From here on nobody sees the text."""

from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from headgate.core.inbound import Inbound
from headgate.estimate.complexity import score
from headgate.estimate.tokens import expected_output_tokens, input_tokens
from headgate.policy.compliance.policy import Applying, Asked, Book
from headgate.policy.decision import Action, Actions, Gain, Preference, RequestFacts
from headgate.policy.treatment import NO_DETECTOR

_NONE: frozenset[str] = frozenset()


class RouteDemands(Struct, frozen=True, kw_only=True):
    """What a route asks of the targets that may serve it; fixed when the runtime is built."""

    route: str
    prefer: Preference = "order"
    tiers: tuple[float, ...] = ()
    """Highest complexity of each tier, weakest first; the last takes everything above, too."""
    detect: frozenset[str] = frozenset()
    """Personal data to look for. What is found stays on local targets, unless `actions` differ."""
    actions: dict[str, Action] = {}
    """What is done about labels, where it is something else than to keep them local."""
    local_labels: frozenset[str] | None = None
    """Declared labels that keep a request on local targets; `None`: every one of them."""
    declared: frozenset[str] = frozenset()
    """Labels every request of the route carries."""
    allowed_regions: frozenset[str] | None = None
    max_usd: float | None = None
    max_ttft_ms: float | None = None
    environment: str | None = None
    environment_targets: frozenset[str] | None = None
    max_wait_ms: float | None = None
    priority: int = 0
    """Of requests that name none."""
    slo_ttft_ms: float | None = None
    keeps_cache: bool = False
    policies: Book | None = None
    """Compliance policies in force."""


class Asking(Struct, frozen=True, kw_only=True):
    """Who asks, and how, beside the request itself."""

    declared: frozenset[str] = _NONE
    """Labels of the header and the key."""
    key: str | None = None
    team: str | None = None
    tags: frozenset[str] = _NONE
    session: str | None = None
    held_by: str | None = None
    draw: int | None = None
    priority: int | None = None
    deadline_ms: float | None = None
    is_deferrable: bool = False


class TierChoice(Struct, frozen=True, gc=False):
    """The tier a request asks for, and why."""

    tier: int | None
    complexity: float | None = None
    gain: Gain | None = None


class Tiering(Protocol):
    """What chooses tiers. It may learn, and explore: the facts say what it chose, and why."""

    def choose(self, text: str, tiers: tuple[float, ...]) -> TierChoice:
        """The tier for a request that ends in `text`."""
        ...


class ByComplexity:
    """Tiers bounded by how hard a prompt looks."""

    def choose(self, text: str, tiers: tuple[float, ...]) -> TierChoice:
        """The first tier whose bound reaches the complexity."""
        complexity = score(text)
        return TierChoice(tier_of(complexity, tiers), complexity)


NOTHING_SAID = Asking()
_BY_COMPLEXITY = ByComplexity()
_NO_CHOICE = TierChoice(None)


def request_facts(
    inbound: Inbound,
    demands: RouteDemands,
    *,
    found: frozenset[str] = _NONE,
    asking: Asking = NOTHING_SAID,
    tiering: Tiering = _BY_COMPLEXITY,
) -> RequestFacts:
    """What routing may know about `inbound`, in which a scan `found` labels.

    A label means the same wherever it came from: declaring `email` is as good as writing one.
    """
    declared = asking.declared | demands.declared
    labels = found | declared
    local, actions = _treated(labels, found, demands) if labels else (_NONE, ())
    chosen = tiering.choose(inbound.turn_text, demands.tiers) if demands.tiers else _NO_CHOICE
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
        local_labels=local,
        actions=actions,
        maskable=found.difference(declared, NO_DETECTOR) if found else _NONE,
        allowed_regions=demands.allowed_regions,
        complexity=chosen.complexity,
        tier=chosen.tier,
        gain=chosen.gain,
        prefer="cost" if asking.is_deferrable else demands.prefer,
        max_usd=demands.max_usd,
        max_ttft_ms=demands.max_ttft_ms,
        policies=_applying(labels, asking, demands),
        **_asked(asking, demands),
    )


def _applying(
    labels: frozenset[str], asking: Asking | RequestFacts, demands: RouteDemands
) -> tuple[Applying, ...]:
    """The compliance policies that are about the request; both know who asks."""
    if demands.policies is None:
        return ()
    return demands.policies.applying(
        Asked(labels, demands.route, asking.key, asking.team, asking.tags)
    )


def with_more(facts: RequestFacts, found: frozenset[str], demands: RouteDemands) -> RequestFacts:
    """The facts of a request that also holds what was `found` in an answer to it."""
    declared = facts.labels - facts.maskable
    labels = facts.labels | found
    local, actions = _treated(labels, found | facts.maskable, demands)
    return replace(
        facts,
        labels=labels,
        local_labels=local | facts.local_labels,
        actions=actions,
        maskable=facts.maskable | found.difference(declared, NO_DETECTOR),
        policies=_applying(labels, facts, demands),
    )


def _asked(asking: Asking, demands: RouteDemands) -> dict[str, Any]:
    return {
        "key": asking.key,
        "team": asking.team,
        "tags": asking.tags,
        "session": asking.session,
        "held_by": asking.held_by,
        "draw": asking.draw,
        "priority": demands.priority if asking.priority is None else asking.priority,
        "deadline_ms": asking.deadline_ms,
        "max_wait_ms": demands.max_wait_ms,
        "slo_ttft_ms": demands.slo_ttft_ms,
        "keeps_cache": demands.keeps_cache,
        "is_deferrable": asking.is_deferrable,
    }


def _treated(
    labels: frozenset[str], found: frozenset[str], demands: RouteDemands
) -> tuple[frozenset[str], Actions]:
    """Labels that stay local, and what is done about those that the route says more of.

    Local is everything found, and of what was declared the labels the route keeps or looks for.
    """
    kept = labels
    if demands.local_labels is not None:
        kept = found | (labels & (demands.local_labels | demands.detect))
    if not demands.actions:
        return kept, ()
    said = {label: demands.actions[label] for label in sorted(labels) if label in demands.actions}
    actions = tuple((label, action) for label, action in said.items() if action != "local")
    return (kept | said.keys()) - {label for label, _ in actions}, actions


def tier_of(complexity: float, tiers: tuple[float, ...]) -> int:
    """The first tier whose bound reaches `complexity`; the last when none does."""
    for index, up_to in enumerate(tiers):
        if complexity <= up_to:
            return index
    return len(tiers) - 1
