"""Models at an Ollama backend: pulled, deleted, described, loaded, in its own words."""

import msgspec
from msgspec import Raw

from headgate.backends.exchange import Endpoint, Exchange, Timeouts
from headgate.backends.rejection import rejection
from headgate.backends.upstream import Upstream
from headgate.core.errors import UpstreamError

_PATIENT = Timeouts(first_token_s=None, stall_s=None, total_s=None)
"""A model of many gigabytes takes its time."""
_BRIEF = Timeouts(connect_s=2.0, total_s=15.0)
_ABOUT_OUR_KEY = frozenset({401, 403})
_MAX_DESCRIPTION_BYTES = 16 * 1024 * 1024
_encoder = msgspec.json.Encoder()


class ModelKeeper:
    """One backend whose provider `manages_models`."""

    def __init__(self, upstream: Upstream) -> None:
        """Reach it the way its requests go."""
        base_url = upstream.base_url or upstream.provider.base_url or ""
        root = base_url.rstrip("/").removesuffix("/v1")
        key = upstream.key
        headers = {"authorization": f"Bearer {key}"} if key else {}
        self._endpoint = Endpoint(base_url=root, headers=headers)
        self._upstream = upstream

    async def pull(self, model: str, *, insecure: bool, stream: bool) -> Exchange:
        """Fetch a model; the answer has a good status, its lines tell how far it is.

        Raises:
            UpstreamError: It refused, or could not be reached.
        """
        asked = {"model": model, "stream": stream, "insecure": insecure}
        body = _encoder.encode(asked)
        return await self._good(
            await self._upstream.client.post(
                self._endpoint, "/api/pull", body, timeouts=_PATIENT, stream=stream
            )
        )

    async def delete(self, model: str) -> None:
        """Remove a model from its disk.

        Raises:
            UpstreamError: It has no such model, refused, or could not be reached.
        """
        body = _encoder.encode({"model": model})
        exchange = await self._good(
            await self._upstream.client.delete(self._endpoint, "/api/delete", body, timeouts=_BRIEF)
        )
        exchange.close()

    async def load(self, model: str, keep_alive: Raw | None) -> None:
        """Have a model in memory for so long; for no time at all unloads it.

        Raises:
            UpstreamError: It has no such model, refused, or could not be reached.
        """
        wanted = {} if keep_alive is None else {"keep_alive": keep_alive}
        body = _encoder.encode({"model": model, "stream": False, **wanted})
        exchange = await self._good(
            await self._upstream.client.post(
                self._endpoint, "/api/generate", body, timeouts=_PATIENT, stream=False
            )
        )
        exchange.close()

    async def show(self, model: str) -> bytes:
        """What it says of a model.

        Raises:
            UpstreamError: It has no such model, refused, or could not be reached.
        """
        body = _encoder.encode({"model": model})
        exchange = await self._good(
            await self._upstream.client.post(
                self._endpoint, "/api/show", body, timeouts=_BRIEF, stream=False
            )
        )
        try:
            return await exchange.read(_MAX_DESCRIPTION_BYTES)
        finally:
            exchange.close()

    async def _good(self, exchange: Exchange) -> Exchange:
        if exchange.status < 300:
            return exchange
        name = f"`{self._upstream.provider.name}`"
        if exchange.status in _ABOUT_OUR_KEY:
            # To a client it would look like a refusal of its own key.
            exchange.close()
            raise UpstreamError(
                f"{name} refuses the key it is configured with ({exchange.status})",
                hint="check `api_key` of that target",
            )
        raise await rejection(exchange, name, self._upstream.key)
