"""Secrets, from where the configuration says they are."""

import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from headgate.core.errors import ConfigError


def resolve(reference: str, environ: Mapping[str, str] | None = None) -> str:
    """The secret that `${NAME}`, `file:/path` or `keyring:service/user` points to.

    Raises:
        ConfigError: It is not there.
    """
    kind, _, rest = reference.partition(":")
    if reference.startswith("${"):
        secret = _from_environment(reference[2:-1], os.environ if environ is None else environ)
    elif kind == "file":
        secret = _from_file(Path(rest).expanduser())
    else:
        secret = _from_keyring(*rest.split("/", 1))
    # A key becomes a header: a line break would end it, and does so in every key file.
    if any(character in secret for character in "\r\n\0"):
        raise ConfigError(f"the secret in `{reference}` has more than one line")
    return secret


def _from_environment(name: str, environ: Mapping[str, str]) -> str:
    if secret := environ.get(name, "").strip():
        return secret
    raise ConfigError(f"the environment variable `{name}` is not set")


def _from_file(path: Path) -> str:
    try:
        secret = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ConfigError(f"cannot read the secret in `{path}`: {why}") from error
    if not secret:
        raise ConfigError(f"the secret in `{path}` is empty")
    return secret


def _from_keyring(service: str, user: str) -> str:
    try:
        keyring = import_module("keyring")
    except ImportError as error:
        raise ConfigError(
            "a `keyring:` reference needs the `keyring` package", hint="pip install keyring"
        ) from error
    try:
        secret = keyring.get_password(service, user)
    except keyring.errors.KeyringError as error:
        raise ConfigError(f"the keyring cannot be read: {error}") from error
    if not secret:
        raise ConfigError(
            f"the keyring has no secret for `{service}/{user}`",
            hint=f"keyring set {service} {user}",
        )
    return str(secret)
