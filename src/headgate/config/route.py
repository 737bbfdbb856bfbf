"""A route's settings: where requests for a name may go, and on what terms."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from headgate.config.capacity import Slo, Wait
from headgate.config.cascade import CascadeSettings, HedgeSettings, MirrorSettings
from headgate.config.conditions import RouteRuleSettings
from headgate.config.learning import Learn
from headgate.config.privacy import Privacy
from headgate.config.split import Sticky
from headgate.config.values import Name, NotASwitch, Number, Region, RoutePattern, Section
from headgate.core.errors import QualityProblem
from headgate.gateway.route import FallbackCause
from headgate.policy.decision import Preference

Weight = Annotated[float, Field(ge=0, le=1_000_000), NotASwitch]
SETTINGS, NEVER = "(settings)", "(never)"
"""Marks of a choice between forms; they stand in pydantic's error paths, never in the file."""


class Tier(Section):
    """Targets for requests up to a complexity."""

    up_to: Annotated[float, Field(gt=0, lt=1), NotASwitch] | None = Field(
        default=None,
        description="Highest complexity, between 0 (simple) and 1 (hard); the last tier has none.",
    )
    share: Annotated[float, Field(gt=0, lt=1), NotASwitch] | None = Field(
        default=None,
        description="Share of the traffic it answers, the easiest first, in place of `up_to`; the "
        "last tier takes the rest.",
    )
    targets: tuple[Name, ...] = Field(min_length=1, description="Targets to try, in order.")


class Fallback(Section):
    """When the next target is tried, always before the client has seen any output."""

    on: tuple[FallbackCause, ...] = Field(
        default=("timeout", "unavailable", "rate_limit", "server_error", "cut"),
        description="Failures that lead to the next target; `checks` add `quality`.",
    )
    checks: tuple[QualityProblem, ...] = Field(
        default=(), description="What makes an answer not good enough."
    )
    hold_stream: bool = Field(
        default=False, description="Check a streamed answer whole before the client sees any of it."
    )


def _fallback_kind(value: object) -> str:
    return NEVER if value is False else SETTINGS


FallbackOrNever = Annotated[
    Annotated[Fallback, Tag(SETTINGS)] | Annotated[Literal[False], Tag(NEVER)],
    Discriminator(_fallback_kind),
]


class RouteSettings(Section):
    """Where requests for a name may go, and on what terms."""

    targets: tuple[Name, ...] | None = Field(
        default=None, min_length=1, description="Targets to try, in order."
    )
    tiers: tuple[Tier, ...] | None = Field(
        default=None,
        min_length=2,
        description="Targets by complexity, weakest first; or `targets`.",
    )
    learn: Learn | None = Field(
        default=None, description="How tiers with a `share` learn from the route's traffic."
    )
    rules: tuple[RouteRuleSettings, ...] = Field(
        default=(), description="The route's own rules, with conditions."
    )
    split: Mapping[Name, Weight] | None = Field(
        default=None,
        min_length=1,
        description="Weights by target: how often each is tried first, as for a canary; a "
        "conversation stays with its draw.",
    )
    sticky: Sticky | None = Field(
        default=None, description="Keep conversations at the target that served them before."
    )
    models: tuple[RoutePattern, ...] = Field(
        default=(), description="Further names clients may send for it; may end in `*`."
    )
    prefer: Preference = Field(
        default="order",
        description="What ranks targets: their `order`, expected `cost` or `latency`.",
    )
    fallback: FallbackOrNever = Field(
        default=Fallback(), description="When the next target is tried; `false` for never."
    )
    privacy: Privacy | None = Field(
        default=None,
        description="What is looked for in requests, and what is done about it; nothing when "
        "absent.",
    )
    labels: tuple[Name, ...] = Field(
        default=(), description="Labels every request of this route carries."
    )
    compliance: tuple[Name, ...] = Field(
        default=(),
        description="Compliance policies its requests are subject to: `hipaa`, `gdpr-eu`, …, or "
        "ids of your own.",
    )
    regions: tuple[Region, ...] | None = Field(
        default=None, min_length=1, description="Regions its requests may go to; any when absent."
    )
    drop_unsupported: bool = Field(
        default=False,
        description="Leave out fields that a backend cannot be told, and say so in "
        "`x-headgate-dropped`, instead of refusing the request.",
    )
    clamp_ranges: bool = Field(
        default=False,
        description="Move numbers (`temperature`, …) into the range a backend takes, and say so "
        "in `x-headgate-dropped`, instead of refusing the request.",
    )
    max_usd: Number | None = Field(
        default=None, description="Most a request may be expected to cost, in US dollars."
    )
    max_ttft_ms: Number | None = Field(
        default=None,
        description="Most milliseconds a target may be expected to take to first output.",
    )
    wait: Wait | None = Field(
        default=None,
        description="How long requests wait for a slot; when absent, a full target is passed over.",
    )
    slo: Slo | None = Field(default=None, description="What the route promises its clients.")
    affinity: bool = Field(
        default=False,
        description="Prefer targets that have read the beginning of the prompt lately, so that "
        "a conversation stays where its cache is.",
    )

    cascade: CascadeSettings | None = Field(
        default=None,
        description="Ask cheap targets first, and serve what they say if it is good enough.",
    )
    hedge: HedgeSettings | None = Field(
        default=None, description="Ask a second target beside a slow first."
    )
    mirror: tuple[MirrorSettings, ...] = Field(
        default=(), description="Who gets copies of requests, whose answers nobody sees."
    )

    @property
    def target_names(self) -> tuple[str, ...]:
        """Every target it names, tier by tier, in order."""
        if self.targets is not None:
            return self.targets
        return tuple(name for tier in self.tiers or () for name in tier.targets)

    @property
    def restricts(self) -> bool:
        """Whether it says where data may not go, which naming a target would go round."""
        shuts = any(rule.only is not None or rule.refuse for rule in self.rules)
        return bool(self.privacy or self.labels or self.regions or self.compliance or shuts)

    @property
    def fall_back_on(self) -> frozenset[FallbackCause]:
        """Failures that lead to the next target."""
        if self.fallback is False:
            return frozenset()
        return frozenset(self.fallback.on) | ({"quality"} if self.fallback.checks else frozenset())
