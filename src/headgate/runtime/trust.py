"""Which targets count as local: the trust boundary of the privacy split."""

from urllib.parse import urlsplit

from headgate.backends.provider import Provider
from headgate.config.air_gap import CLOUD_MODEL_MARKS
from headgate.config.schema import TargetSettings
from headgate.core.addresses import is_own_address


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
    return is_own_address(urlsplit(base_url).hostname or "")
