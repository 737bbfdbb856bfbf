"""Models at an Ollama: pulled, deleted, described; more in `server/test_ollama_routes`."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest

from headgate.backends.client import HttpClient
from headgate.backends.model_management import ModelKeeper
from headgate.backends.registry import provider
from headgate.backends.upstream import Upstream as WayOut
from headgate.core.errors import UpstreamError, UpstreamRejected, UpstreamUnavailable
from support.behaviours import UNAUTHORIZED
from support.upstream import Upstream

KEY = "a-key-of-ours"


def run(url: str, story: Callable[[ModelKeeper], Awaitable[None]], backend: str) -> None:
    async def test() -> None:
        client = HttpClient()
        try:
            way = WayOut(provider(backend), client, base_url=url, key=KEY)
            await story(ModelKeeper(way))
        finally:
            await client.close()

    asyncio.run(test())


@pytest.mark.parametrize(("backend", "path"), [("ollama", "/v1"), ("ollama_native", "/")])
def test_it_is_reached_at_its_root_with_our_key(backend: str, path: str) -> None:
    with Upstream(models=("m",)) as upstream:

        async def story(keeper: ModelKeeper) -> None:
            exchange = await keeper.pull("new", insecure=False, stream=True)
            lines = (await exchange.read(1 << 20)).splitlines()
            exchange.close()
            assert json.loads(lines[-1]) == {"status": "success"}
            assert json.loads(await keeper.show("m"))["capabilities"]
            await keeper.delete("m")

        run(upstream.root_url + path, story, backend)
        asked = [(each.method, each.path) for each in upstream.exchanges]
        assert asked == [("POST", "/api/pull"), ("POST", "/api/show"), ("DELETE", "/api/delete")]
        keys = {each.headers["authorization"] for each in upstream.exchanges}
        assert keys == {f"Bearer {KEY}"}


def test_what_it_refuses_is_its_own_sentence() -> None:
    with Upstream(models=()) as upstream:

        async def story(keeper: ModelKeeper) -> None:
            for ask in (keeper.delete, keeper.show):
                with pytest.raises(UpstreamRejected, match="model 'm' not found") as refused:
                    await ask("m")
                assert refused.value.status == 404
            with pytest.raises(UpstreamRejected, match="file does not exist"):
                await keeper.pull("no-such", insecure=False, stream=False)

        run(upstream.root_url, story, "ollama_native")


def test_a_refusal_of_our_key_is_not_one_of_the_clients() -> None:
    with Upstream(UNAUTHORIZED) as upstream:

        async def story(keeper: ModelKeeper) -> None:
            with pytest.raises(UpstreamError, match="the key it is configured with") as refused:
                await keeper.load("m", None)
            assert refused.value.http_status == 502

        run(upstream.root_url, story, "ollama_native")


def test_one_that_is_not_there_is_unavailable() -> None:
    async def story(keeper: ModelKeeper) -> None:
        with pytest.raises(UpstreamUnavailable):
            await keeper.show("m")

    run("http://127.0.0.1:1", story, "ollama_native")
