"""One target's way out: its provider, address and key, ready to be called."""

import math
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from headgate.backends.exchange import Client, Endpoint, Exchange, Timeouts, Upload
from headgate.backends.provider import Auth, Provider
from headgate.backends.rejection import rejection
from headgate.backends.signing import Signer
from headgate.core.errors import ConfigError, InvalidRequest, UpstreamGarbled
from headgate.core.inbound import Operation

LIST_TIMEOUTS = Timeouts(connect_s=5.0, total_s=15.0)
MAX_LIST_BYTES = 8 * 1024 * 1024

_DEPLOYMENT = "{deployment}"
_MODEL = "{model}"
_NO_SEGMENTS = frozenset({"", ".", ".."})
"""What in a path means another path."""
_DEPLOYMENT_NAME = re.compile(r"(?!\.+$)[A-Za-z0-9_.-]+")
_LIMIT_HEADERS = ("x-ratelimit-", "anthropic-ratelimit-")
_RENAMES_FOR_REASONING = {"max_tokens": "max_completion_tokens"}


@dataclass(frozen=True, slots=True)
class Relayed:
    """What goes on to a backend of the client's own dialect."""

    dialect: str
    headers: Mapping[str, str] | None = None


@dataclass(slots=True, eq=False)
class Upstream:
    """Calls one backend; only the headers of its own endpoint ever leave with a request."""

    provider: Provider
    client: Client
    _: KW_ONLY
    base_url: str | None = None
    deployment: str | None = None
    api_version: str | None = None
    auth: Auth | None = None
    key: str | None = field(default=None, repr=False)
    locate: Callable[[], Awaitable[Endpoint]] | None = field(default=None, repr=False)
    """For an engine whose address is only known when it runs."""
    signer: Signer | None = field(default=None, repr=False)
    """Signs each request, where a key in a header is not enough."""
    _endpoint: Endpoint = field(init=False, repr=False)
    _bare: Endpoint = field(init=False, repr=False)
    """Without the provider's further headers, for requests that bring their own of them."""
    _paths: Mapping[tuple[str, Operation, bool], str] = field(init=False, repr=False)
    """By dialect, operation, and whether a stream is asked for."""
    _query: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Build what all requests share.

        Raises:
            ConfigError: The provider needs something that was not given.
        """
        base_url = self.base_url or self.provider.base_url
        if base_url is None:
            raise ConfigError(f"a target of `{self.provider.name}` needs a `base_url`")
        headers = self._key_header()
        self._bare = Endpoint(base_url=base_url.rstrip("/"), headers=headers)
        more = {**self.provider.extra_headers, **headers}
        self._endpoint = replace(self._bare, headers=more)
        version = self.api_version or self.provider.api_version or ""
        values = {n: v.format(api_version=version) for n, v in self.provider.query.items()}
        self._query = f"?{urlencode(values)}" if values else ""
        self._paths = dict(self._every_path())

    async def post(
        self,
        operation: Operation,
        body: bytes,
        *,
        stream: bool,
        timeouts: Timeouts,
        model: str | None = None,
        relayed: Relayed | None = None,
    ) -> Exchange:
        """Send a body in one of the provider's dialects; the answer has a good status.

        Args:
            operation: One of the provider's.
            body: JSON.
            stream: Whether the body asks for a stream.
            timeouts: For this exchange; starting an engine is not counted.
            model: For APIs that name it in the path; stands for the deployment, too, where
                none is configured.
            relayed: The client's dialect and headers, where they go on as they are.

        Raises:
            UpstreamRejected: The backend answered with an error, or elsewhere.
            UpstreamError: No connection, too slow, or no HTTP.
        """
        dialect = relayed.dialect if relayed else self.provider.dialect
        path = self._path((dialect, operation, stream), model)
        endpoint = self._endpoint if self.locate is None else await self._located()
        endpoint, headers = self._with_headers(endpoint, relayed.headers if relayed else None)
        if self.signer is not None:
            signed = await self.signer.sign(endpoint.base_url + path, body)
            headers = {**(headers or {}), **signed}
        exchange = await self.client.post(
            endpoint, path, body, timeouts=timeouts, stream=stream, headers=headers
        )
        if exchange.status >= 300:
            raise await rejection(
                exchange, f"`{self.provider.name}`", self.key, self.provider.caller_faults
            )
        return exchange

    async def send(
        self, method: str, path: str, *, timeouts: Timeouts, upload: Upload | None = None
    ) -> Exchange:
        """Any request to a path of the API; the answer has a good status.

        Raises:
            UpstreamRejected: The backend answered with an error, or elsewhere.
            UpstreamError: No connection, too slow, or no HTTP.
        """
        query = self._query.replace("?", "&") if "?" in path else self._query
        exchange = await self.client.send(
            method, self._endpoint, path + query, timeouts=timeouts, upload=upload
        )
        if exchange.status >= 300:
            raise await rejection(exchange, f"`{self.provider.name}`", self.key)
        return exchange

    async def list_models(self) -> list[str]:
        """Names the backend lists; none where it has no list.

        Raises:
            UpstreamError: It did not answer with one.
        """
        if self.provider.models_path is None:
            return []
        endpoint = self._endpoint if self.locate is None else await self._located()
        path = self.provider.models_path + self._query
        exchange = await self.client.get(endpoint, path, timeouts=LIST_TIMEOUTS)
        if exchange.status >= 300:
            raise await rejection(exchange, f"`{self.provider.name}`", self.key)
        try:
            names = _model_names(await exchange.read(MAX_LIST_BYTES))
            return [name.removeprefix(self.provider.listed_under) for name in names]
        finally:
            exchange.close()

    def _with_headers(
        self, endpoint: Endpoint, headers: Mapping[str, str] | None
    ) -> tuple[Endpoint, Mapping[str, str] | None]:
        """The client's own headers beside the endpoint's, or instead of them."""
        more = self.provider.extra_headers
        if not headers or more.keys().isdisjoint(headers):
            return endpoint, headers
        return self._bare, {**more, **headers}

    def _key_header(self) -> Mapping[str, str]:
        auth = self.auth or self.provider.auth
        if self.key is None or auth == "none":
            return {}
        if auth in {"bearer", "aws"}:
            return {"authorization": f"Bearer {self.key}"}
        return {auth: self.key}

    def _every_path(self) -> Iterator[tuple[tuple[str, Operation, bool], str]]:
        kind = self.provider
        fixed = self.deployment or _DEPLOYMENT
        for dialect, paths in {**kind.also, kind.dialect: kind.paths}.items():
            streamed = {**paths, **(kind.stream_paths if dialect == kind.dialect else {})}
            for is_stream, by_operation in ((False, paths), (True, streamed)):
                for operation, path in by_operation.items():
                    whole = path.replace(_DEPLOYMENT, fixed)
                    joined = self._query.replace("?", "&") if "?" in whole else self._query
                    yield (dialect, operation, is_stream), whole + joined

    def _path(self, key: tuple[str, Operation, bool], model: str | None) -> str:
        path = self._paths.get(key)
        if path is None:
            raise InvalidRequest(f"`{self.provider.name}` does not offer {key[1]}s")
        if _MODEL in path:
            name = (model or "").removeprefix(self.provider.listed_under)
            if name in _NO_SEGMENTS:
                raise InvalidRequest(
                    f"`{self.provider.name}` has no model of that name", param="model"
                )
            return path.replace(_MODEL, quote(name, safe=""))
        if _DEPLOYMENT not in path:
            return path
        if model is None or not _DEPLOYMENT_NAME.fullmatch(model):
            raise InvalidRequest(
                f"`{self.provider.name}` has no deployment of that name", param="model"
            )
        return path.replace(_DEPLOYMENT, model)

    async def _located(self) -> Endpoint:
        """The engine's address; the same object while it stays the same."""
        assert self.locate is not None
        endpoint = await self.locate()
        if endpoint != self._endpoint:
            self._endpoint = endpoint
        return self._endpoint


def request_changes(
    fields: Mapping[str, Any], provider: Provider, operation: Operation, model: str
) -> tuple[dict[str, Any], frozenset[str]]:
    """What must change in the members of a body in the provider's main dialect.

    Returns:
        Top-level members by new value (`None` removes one), and members to drop because
        the backend has no use for them.
    """
    changes: dict[str, Any] = {}
    renames = provider.rename_params
    if operation == "chat" and model.startswith(provider.reasoning_prefixes or ("\0",)):
        renames = {**renames, **_RENAMES_FOR_REASONING}
    for old, new in renames.items():
        if old in fields:
            changes[old] = None
            if new not in fields:
                changes[new] = fields[old]
    unwanted = provider.drop_params
    return changes, unwanted.intersection(fields) if unwanted else unwanted


def retry_after_s(headers: Mapping[str, str], now: float) -> float | None:
    """How long the backend asks us to wait, from `now` in Unix seconds; `None` if it does not."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return max(0.0, milliseconds / 1000)
    wanted = headers.get("retry-after")
    if wanted is None:
        return None
    seconds = _number(wanted)
    if seconds is None and (moment := _unix_time(wanted)) is not None:
        seconds = moment - now
    return None if seconds is None else max(0.0, seconds)


def limit_headers(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """The backend's rate limits, renamed so that nobody takes them for ours."""
    return [
        (b"x-upstream-" + name.removeprefix("x-").encode("latin-1"), value.encode("latin-1"))
        for name, value in headers.items()
        if name.startswith(_LIMIT_HEADERS)
    ]


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _unix_time(http_date: str) -> float | None:
    from email.utils import mktime_tz, parsedate_tz

    parsed = parsedate_tz(http_date)
    try:
        return None if parsed is None else float(mktime_tz(parsed))
    except (ValueError, OverflowError):
        return None


def _model_names(body: bytes) -> list[str]:
    """Names in a list of OpenAI's or Ollama's shape, or a bare one."""
    try:
        decoded: Any = msgspec.json.decode(body)
        if isinstance(decoded, dict):
            decoded = decoded["data"] if "data" in decoded else decoded["models"]
        return [str(item.get("id") or item["name"]) for item in decoded]
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        raise UpstreamGarbled("the backend's list of models is not one we know") from error
