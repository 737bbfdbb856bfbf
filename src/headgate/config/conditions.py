"""A route's own rules."""

from pydantic import Field

from headgate.config.values import Name, Section


class RouteRuleSettings(Section):
    """One rule: where requests may, may not, or had better go when a condition holds."""

    name: Name = Field(description="What it is called in explanations.")
    when: str = Field(
        min_length=1,
        max_length=2000,
        description="A condition in CEL over facts of the request, like `request.input_tokens > "
        "8000 && caller.team == 'search'`; the facts are listed in the guide to rules.",
    )
    only: tuple[Name, ...] | None = Field(
        default=None, min_length=1, description="The only targets that may be used then."
    )
    refuse: tuple[Name, ...] = Field(default=(), description="Targets that must not be used then.")
    prefer: tuple[Name, ...] = Field(
        default=(), description="Targets to try before others; earlier rules have the last word."
    )
