"""Kinds of value the configuration is made of, each with its own sentence when it is wrong."""

import os
import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from headgate.backends.image_hosts import IMAGE_HOST

REFERENCE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}|file:.+|keyring:[^/]+/.+")
"""How a secret is named without being written down."""


def data_folder() -> Path:
    """Where Headgate keeps what it writes: `$XDG_DATA_HOME/headgate`."""
    return _xdg("XDG_DATA_HOME", ".local/share") / "headgate"


def config_folder() -> Path:
    """Where a user's own configuration lives: `$XDG_CONFIG_HOME/headgate`."""
    return _xdg("XDG_CONFIG_HOME", ".config") / "headgate"


def _xdg(variable: str, fallback: str) -> Path:
    configured = os.environ.get(variable, "")
    return Path(configured) if Path(configured).is_absolute() else Path.home() / fallback


def _wrong(message: str, *, hint: str | None = None) -> PydanticCustomError:
    # Our sentences may hold braces of their own, so they travel as a value, not a template.
    return PydanticCustomError("headgate", "{sentence}", {"sentence": message, "hint": hint})


def _no_switch(value: Any) -> Any:
    if isinstance(value, bool):
        raise _wrong("a number is needed, not true or false")
    return value


def _http_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise _wrong(f"not a URL: {error}") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise _wrong("must be a URL that begins with `http://` or `https://`")
    if parts.username is not None or parts.password is not None:
        # Never repeat the value: it holds a password.
        raise _wrong("must not hold a user name or password", hint="use `api_key`")
    if parts.query or parts.fragment:
        raise _wrong("must not hold a query or fragment", hint="end it with the path, like `/v1`")
    return value.rstrip("/")


def _secret_reference(value: str) -> str:
    if REFERENCE.fullmatch(value):
        return value
    raise _wrong(
        "a key must not stand in the configuration itself",
        hint="name where it is: `${OPENAI_API_KEY}`, `file:/run/secrets/key` or "
        "`keyring:service/user`",
    )


def _operator_path(value: Path, info: ValidationInfo) -> Path:
    folder = (info.context or {}).get("folder", Path())
    try:
        return Path(folder, value.expanduser())
    except RuntimeError as error:
        raise _wrong(f"no such home folder: {value}") from error


NAME = r"^[a-z0-9_.-]+$"
"""What a person calls a target, a route, an environment or a key."""
NAME_OR_EACH = r"^(\*|[a-z0-9_.-]+)$"
_ROUTE_PATTERN = r"^[^\s*]+\*?$"
_REGION = r"^[a-z][a-z0-9-]*$"
_KEY_HASH = r"^sha256:[0-9a-f]{64}$"
_AZURE = r"^[A-Za-z0-9_.-]+$"
_ORIGIN = r"^(\*|https?://[^/\s*?#@]+)$"
PATTERNS = {
    NAME: "a name may only hold `a`-`z`, `0`-`9`, `_`, `.` and `-`",
    NAME_OR_EACH: 'must be a name, or `"*"` for each of them',
    _ROUTE_PATTERN: "must be a model's name without spaces; a `*` may only end it",
    _REGION: "must be a region in small letters, like `eu` or `us-east-1`",
    _KEY_HASH: "must be `sha256:` and 64 hexadecimal digits, as `headgate key NAME` prints it",
    _AZURE: "may only hold letters, digits, `_`, `.` and `-`",
    IMAGE_HOST: "must be a host like `images.example.com`, `*.example.com` or `*`, with `http://` "
    "in front where it is not encrypted, and a port where it is not the usual one",
    _ORIGIN: "must be an origin like `https://app.example`, without a path",
}
"""What to say when a value does not match."""

Name = Annotated[str, Field(pattern=NAME, max_length=64)]
NameOrEach = Annotated[str, Field(pattern=NAME_OR_EACH, max_length=64)]
RoutePattern = Annotated[str, Field(pattern=_ROUTE_PATTERN, max_length=256)]
Region = Annotated[str, Field(pattern=_REGION, max_length=32)]
KeyHash = Annotated[str, Field(pattern=_KEY_HASH)]
AzureName = Annotated[str, Field(pattern=_AZURE)]
ImageHost = Annotated[str, Field(pattern=IMAGE_HOST, max_length=256)]
Origin = Annotated[str, Field(pattern=_ORIGIN)]
BaseUrl = Annotated[str, AfterValidator(_http_url)]
SecretReference = Annotated[str, AfterValidator(_secret_reference)]
OperatorPath = Annotated[Path, AfterValidator(_operator_path)]
"""`~` is the home folder; a relative path starts at the configuration's own folder."""
NotASwitch = BeforeValidator(_no_switch)

Count = Annotated[int, Field(ge=0), NotASwitch]
Positive = Annotated[int, Field(ge=1), NotASwitch]
Number = Annotated[float, Field(gt=0), NotASwitch]
Usd = Annotated[Decimal, Field(ge=0), NotASwitch]
Amount = Annotated[Decimal, Field(gt=0), NotASwitch]


class Section(BaseModel):
    """A part of the configuration: nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=False)
