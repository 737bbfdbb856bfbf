"""Providers by name; only those asked for are imported."""

from difflib import get_close_matches
from functools import cache

from headgate.backends.provider import Provider
from headgate.core.errors import ConfigError
from headgate.core.plugins import load, names

PROVIDERS = "headgate.backends.providers"
"""The package whose files are providers."""


def provider_names() -> tuple[str, ...]:
    """Every provider there is, sorted."""
    return names(PROVIDERS)


@cache
def provider(name: str) -> Provider:
    """The provider called `name`.

    Raises:
        ConfigError: There is none.
    """
    try:
        found: Provider = load(PROVIDERS, name, "PROVIDER")
    except KeyError:
        known = provider_names()
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(known)}"
        raise ConfigError(f"no backend is called `{name}`", hint=hint) from None
    return found
