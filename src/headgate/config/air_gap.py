"""What an air-gapped Headgate must not have."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from headgate.backends.registry import provider, provider_names
from headgate.config.locate import Problem
from headgate.config.schema import Settings, TargetSettings
from headgate.core.addresses import is_own_address

CLOUD_MODEL_MARKS = ("-cloud", ":cloud")
"""Ollama runs models so named on its vendor's machines, whatever host it is itself on."""


def air_gap_problems(settings: Settings) -> Iterator[Problem]:
    """Targets in use that are not local, and whatever else would go out."""
    if not settings.air_gapped:
        return
    used, known = settings.environment_targets, provider_names()
    for name, target in settings.targets.items():
        if (used is None or name in used) and target.backend in known:
            reason = _reason(target)
            if reason is not None:
                yield Problem(
                    ("targets", name),
                    f"is not loaded in an air-gapped Headgate: {reason}",
                    "leave it out, or keep it in an environment that is not in force",
                    about_name=True,
                )
    if settings.server.image_hosts:
        message = "an air-gapped Headgate fetches no pictures"
        yield Problem(("server", "image_hosts"), message, "leave them out", about_name=True)


def _reason(target: TargetSettings) -> str | None:
    """Why a target is not local; `None` where it is."""
    kind = provider(target.backend)
    if target.local is False:
        return "it says `local: false`"
    if (target.model or "").endswith(CLOUD_MODEL_MARKS):
        return f"`{target.model}` runs at its vendor"
    if kind.is_embedded:
        return None
    base_url = target.base_url or kind.base_url
    if base_url is None:
        return f"`{target.backend}` is reached over the internet"
    host = urlsplit(base_url).hostname
    if host is None or is_own_address(host):
        return None
    return f"`{host}` is neither `localhost` nor a private address"
