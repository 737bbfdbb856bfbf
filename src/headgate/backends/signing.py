"""Requests that are signed one by one instead of carrying a key."""

from collections.abc import Mapping
from typing import Protocol


class Signer(Protocol):
    """Proves that a request is ours."""

    async def sign(self, url: str, body: bytes) -> Mapping[str, str]:
        """Headers to add to a POST of `body` to `url`.

        Raises:
            ConfigError: There are no credentials to sign with.
        """
        ...
