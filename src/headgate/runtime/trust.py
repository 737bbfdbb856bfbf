"""Which targets count as local: the trust boundary of the privacy split."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from headgate.backends.provider import Provider
from headgate.config.schema import TargetSettings

CLOUD_MODEL_MARKS = ("-cloud", ":cloud")
"""Ollama runs models so named on its vendor's machines, whatever host it is itself on."""


def is_own(kind: Provider, settings: TargetSettings) -> bool:
    """`is_local_target` of a target as configured."""
    return is_local_target(
        declared=settings.local,
        provider_is_local=kind.is_local,
        # The engine's address is a socket of ours, whatever name stands for it.
        base_url=None if kind.is_embedded else settings.base_url or kind.base_url,
        model=settings.model,
    )


def is_local_target(
    *, declared: bool | None, provider_is_local: bool, base_url: str | None, model: str | None
) -> bool:
    """Whether what is sent to a target stays on hardware the operator controls.

    The operator's word counts first. Otherwise only a local kind of backend, reached by
    a loopback or private address (or `localhost`), counts; a host name might resolve
    anywhere, so it does not.
    """
    if declared is not None:
        return declared
    if not provider_is_local or (model or "").endswith(CLOUD_MODEL_MARKS):
        return False
    if base_url is None:
        return True
    host = urlsplit(base_url).hostname or ""
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_private
