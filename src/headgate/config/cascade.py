"""What a route does beyond asking one target: cascades, hedging, copies."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from headgate.config.values import Name, NotASwitch, Number, Section
from headgate.core.errors import QualityProblem
from headgate.gateway.care import JudgeWhen

Share = Annotated[float, Field(gt=0, le=1), NotASwitch]


class JudgeSettings(Section):
    """Who says how good a cheap answer is."""

    target: Name = Field(description="The target that is asked for a score; any, with a model.")
    when: JudgeWhen = Field(
        default="unsure",
        description="`unsure`: only where its score could change the verdict of the cheaper "
        "checks. `always`: it has the last word.",
    )


class CascadeSettings(Section):
    """Ask cheap targets first, and serve what they say if it is good enough."""

    members: tuple[Name, ...] = Field(
        min_length=1,
        description="Targets of the route that are asked side by side, most trusted first.",
    )
    samples: Annotated[int, Field(ge=2, le=10), NotASwitch] | None = Field(
        default=None, description="How often a single member is asked, to compare its answers."
    )
    agree: Annotated[int, Field(ge=2, le=10), NotASwitch] | None = Field(
        default=None, description="How many answers must say the same."
    )
    accept: Share | None = Field(
        default=None,
        description="Least trust in an answer that is served, from 0 to 1; 0.7 where neither "
        "this nor `agree` is given. With both, both must hold.",
    )
    checks: tuple[QualityProblem, ...] = Field(
        default=get_args(QualityProblem),
        description="What makes a cheap answer no candidate at all.",
    )
    judge: JudgeSettings | None = Field(
        default=None, description="A target that says how good an answer is."
    )
    hold: Literal["whole"] | Annotated[int, Field(ge=1, le=100_000), NotASwitch] = Field(
        default="whole",
        description="How much of a streamed answer is held back and checked: `whole`, or so many "
        "characters of a single member's.",
    )
    max_added_ms: Number | None = Field(
        default=None,
        description="Most milliseconds for members and judge; then the request goes on at once.",
    )
    max_added_usd: Number | None = Field(
        default=None,
        description="Most that members and judge may be expected to cost, in US dollars.",
    )

    @property
    def asked(self) -> tuple[str, ...]:
        """Members, as often as they are asked."""
        return self.members if self.samples is None else self.members * self.samples


class HedgeSettings(Section):
    """Ask a second target beside a slow first."""

    after: Literal["p95"] | None = Field(
        default=None,
        description="`p95`: once a stream's first output is later than 19 of 20 lately were.",
    )
    after_ms: Number | None = Field(
        default=None, description="A fixed time instead, for answers that come whole, too."
    )
    max_share: Share = Field(
        default=0.05, description="Largest share of the route's requests that are hedged."
    )
    max_usd: Number | None = Field(
        default=None,
        description="Most the second request may be expected to cost, in US dollars.",
    )


class MirrorSettings(Section):
    """Send copies of requests to a target that is tried out; nobody sees its answers."""

    target: Name = Field(description="Who gets the copies.")
    share: Share = Field(description="Share of the route's chats that are copied.")
    judge: Name | None = Field(
        default=None,
        description="A target that is asked for a score of both answers, to learn from.",
    )
