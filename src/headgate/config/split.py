"""Sessions that stay together."""

from pydantic import Field

from headgate.config.values import Number, Section


class Sticky(Section):
    """Keep conversations at the target that served them before."""

    ttl_s: Number = Field(
        default=1800, description="How long after its last answer a target keeps a conversation."
    )
