"""How a route's tiers learn from its traffic."""

from typing import Annotated

from pydantic import Field

from headgate.config.values import Name, NotASwitch, Section


class Learn(Section):
    """Learn from ratings, retries, escalations and comparisons which requests need which tier."""

    explore: Annotated[float, Field(ge=0, le=0.5), NotASwitch] = Field(
        default=0.05,
        description="Largest share of requests that are used to learn: compared by the `judge`, "
        "or answered by the next stronger tier.",
    )
    judge: Name | None = Field(
        default=None,
        description="A target that scores the answers of two tiers to the same request, in the "
        "background; without one, explored requests are answered by the stronger tier.",
    )
    quality: Annotated[float, Field(gt=0, le=1), NotASwitch] | None = Field(
        default=None,
        description="Share of the quality between two tiers to recover, as far as it is known, "
        "in place of a fixed `share` of the traffic.",
    )
