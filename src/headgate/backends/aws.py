"""Requests signed for AWS, with the credentials that its own tools would find.

`botocore` is an extra: it is imported when the first request is signed, and nothing else
of it is used than its search for credentials and its signature. Credentials that run out
are renewed by it, away from the event loop.
"""

import asyncio
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from headgate.core.errors import ConfigError

SERVICE = "bedrock"
"""The name it is signed for, which is not that of the host."""
REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")

_SIGNED = ("authorization", "x-amz-date", "x-amz-security-token")


class AwsSigner:
    """Implements `signing.Signer` by Signature Version 4."""

    def __init__(self, *, region: str, profile: str | None = None) -> None:
        """`profile` names the credentials among those of AWS's configuration files."""
        self._region = region
        self._profile = profile
        self._credentials: Any = None
        self._lock = asyncio.Lock()

    async def sign(self, url: str, body: bytes) -> Mapping[str, str]:
        """Headers to add to a POST of `body` to `url`.

        Raises:
            ConfigError: There are no credentials to sign with, or no `botocore`.
        """
        credentials = await self._frozen()
        request = import_module("botocore.awsrequest").AWSRequest(
            method="POST", url=url, data=body, headers={"content-type": "application/json"}
        )
        signer = import_module("botocore.auth").SigV4Auth(credentials, SERVICE, self._region)
        signer.add_auth(request)
        headers = {name.lower(): str(value) for name, value in request.headers.items()}
        return {name: headers[name] for name in _SIGNED if name in headers}

    async def _frozen(self) -> Any:
        """Credentials that will not change any more."""
        failed = _botocore("exceptions").BotoCoreError
        try:
            async with self._lock:
                if self._credentials is None:
                    self._credentials = await asyncio.to_thread(_found, self._profile)
            is_stale = getattr(self._credentials, "refresh_needed", None)
            if is_stale is not None and is_stale():
                return await asyncio.to_thread(self._credentials.get_frozen_credentials)
            return self._credentials.get_frozen_credentials()
        except failed as error:
            # Only its kind: a tool that hands out credentials may have said too much.
            raise ConfigError(
                f"there are no AWS credentials to sign with: {type(error).__name__}",
                hint="check `aws_profile`, or sign in again",
            ) from error


def region_of(profile: str | None, environ: Mapping[str, str]) -> str | None:
    """The region that AWS's own tools would use; `None` where nobody says."""
    for variable in REGION_VARIABLES:
        if region := environ.get(variable, "").strip():
            return region
    try:
        session = import_module("botocore.session").Session(profile=profile)
        failed = import_module("botocore.exceptions").BotoCoreError
    except ImportError:
        return None
    try:
        region = session.get_config_variable("region")
    except failed:
        # A profile that is not there is said when its credentials are looked for.
        return None
    return str(region) if region else None


def _found(profile: str | None) -> Any:
    credentials = _botocore("session").Session(profile=profile).get_credentials()
    if credentials is None:
        raise ConfigError(
            "there are no AWS credentials to sign with",
            hint="set `AWS_BEARER_TOKEN_BEDROCK`, or sign in with AWS's own tools",
        )
    return credentials


def _botocore(module: str) -> Any:
    try:
        return import_module(f"botocore.{module}")
    except ImportError as error:
        raise ConfigError(
            "requests to AWS are signed by `botocore`, which is not installed",
            hint="install `headgate[bedrock]`, or set an API key in `AWS_BEARER_TOKEN_BEDROCK`",
        ) from error
