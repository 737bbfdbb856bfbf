"""What a route does about personal data, secrets and whatever else must not just leave."""

from collections.abc import Mapping

from pydantic import Field

from headgate.config.values import Name, Number, Section
from headgate.policy.decision import Action
from headgate.privacy.scan import usual_labels


class Privacy(Section):
    """What is looked for in requests, and what is done about it."""

    detect: tuple[str, ...] = Field(
        default_factory=lambda: tuple(sorted(usual_labels())),
        description="What to look for; by default every kind of identifier and secrets, not names, "
        "places, dates and the like.",
    )
    labels: tuple[Name, ...] = Field(
        default=(),
        description="Declared labels (by header, key or route) that keep a request local; with "
        "none listed, every label does.",
    )
    actions: Mapping[str, Action] = Field(
        default_factory=dict,
        description="What is done about a label, where it is not to keep the request `local`: "
        "`mask` (pseudonyms, undone in the answer), `redact` (blacked out for good), `deny` "
        "(nobody gets it) or `allow`. A label is what is detected or declared, `attachment` "
        "(pictures, sound, files) or `unscanned` (too large, or the scan failed).",
    )
    targets: Mapping[Name, Mapping[str, Action]] = Field(
        default_factory=dict, description="The same by target, where one differs from the others."
    )
    stay_local_s: Number | None = Field(
        default=86_400,
        description="How long a conversation stays local, in seconds, once one of its requests had "
        "to; null for no longer than that request.",
    )
    scan_mib: Number = Field(
        default=8, gt=0, description="Longest text that is scanned, in MiB; more is `unscanned`."
    )
    scan_ms: Number = Field(
        default=2_000, gt=0, description="Longest that a scan may take; then it is `unscanned`."
    )
