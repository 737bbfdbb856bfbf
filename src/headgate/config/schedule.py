"""When a target may be used."""

from pydantic import Field

from headgate.config.values import Section


class HoursSettings(Section):
    """Times of the week in which a target may be used."""

    open: tuple[str, ...] = Field(
        min_length=1,
        description="Spans like `mon-fri 18:00-08:00`, `sat 00:00-24:00` or `22:00-06:00`; an end "
        "before its beginning is on the next day.",
    )
    timezone: str = Field(default="UTC", description="Time zone, like `Europe/Berlin`.")
