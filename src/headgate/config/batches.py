"""Batches: requests in a file, answered when it costs least."""

from typing import Annotated

from pydantic import Field

from headgate.config.values import (
    NotASwitch,
    Number,
    OperatorPath,
    Positive,
    Section,
    data_folder,
)


class Batches(Section):
    """Deferrable work, sent to the cheapest lane."""

    enabled: bool = Field(
        default=True,
        description="Answer `/v1/batches` here, line by line as the rules say; without it, and "
        "for requests that name a target in `x-headgate-target`, they go to a backend's own.",
    )
    path: OperatorPath = Field(
        default_factory=lambda: data_folder() / "batches",
        description="Folder that keeps batches, text included, for its owner's eyes only; by "
        "default `$XDG_DATA_HOME/headgate/batches`.",
    )
    provider_apis: bool = Field(
        default=True,
        description="Hand lines to a provider's own batch API where that is what costs least.",
    )
    lines_at_once: Positive = Field(
        default=8, description="Lines asked at the same time, over all batches."
    )
    poll_s: Number = Field(
        default=30, description="How often a provider is asked how its batch stands."
    )
    keep_days: Annotated[float, Field(gt=0), NotASwitch] = Field(
        default=30, description="How long files and finished batches are kept."
    )
