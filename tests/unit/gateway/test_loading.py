"""Requests that ask nothing of a model: who is troubled with them, and what is recorded."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from headgate.config.load import settings_from
from headgate.core.errors import ModelNotFound, NoTarget, UpstreamRejected
from headgate.gateway.attempts import Whole
from headgate.gateway.handle import Call
from headgate.gateway.loading import DIALECTS, Loaded, ModelLoader
from headgate.runtime.build import build
from headgate.wire.dialects import ollama, ollama_prompt
from support.behaviours import NO_SUCH_MODEL
from support.gateways import Rig, box, cloud, config, gateway, rest_of
from support.upstream import Upstream

HELLO = [{"role": "user", "content": "Hi"}]


def call(*, prompts: bool = False, labels: frozenset[str] = frozenset(), **fields: Any) -> Call:
    dialect = (ollama_prompt if prompts else ollama).DIALECT
    body = json.dumps({"model": "chat", **fields}).encode()
    return Call(operation="chat", dialect=dialect, body=body, labels=labels)


def run(data: dict[str, Any], story: Callable[[Rig], Awaitable[None]]) -> None:
    async def test() -> None:
        async with gateway(data) as rig:
            await story(rig)

    asyncio.run(test())


def test_these_are_ollamas_dialects() -> None:
    assert {ollama.DIALECT.name, ollama_prompt.DIALECT.name} == DIALECTS


@pytest.mark.parametrize("prompts", [False, True])
@pytest.mark.parametrize(("keep_alive", "word"), [("5m", "load"), (0, "unload")])
def test_a_hosted_model_is_sent_nothing_and_nothing_is_recorded(
    prompts: bool, keep_alive: Any, word: str
) -> None:
    with Upstream() as upstream:

        async def story(rig: Rig) -> None:
            asked = call(prompts=prompts, keep_alive=keep_alive)
            reply = await ModelLoader(rig.gateway).handle(asked)
            assert isinstance(reply, Loaded)
            said = json.loads(reply.body)
            assert (said["model"], said["done"], said["done_reason"]) == ("m", True, word)
            assert upstream.exchanges == []
            assert rig.recording.attempts == []
            assert rig.recording.decisions == []

        run(config({"cloud": cloud(upstream)}), story)


@pytest.mark.parametrize("prompts", [False, True])
def test_an_ollama_is_told_itself(prompts: bool) -> None:
    with Upstream() as upstream:
        own = {"backend": "ollama_native", "base_url": upstream.root_url, "model": "m"}

        async def story(rig: Rig) -> None:
            loader = ModelLoader(rig.gateway)
            whole = await loader.handle(call(prompts=prompts, stream=False, keep_alive=0))
            assert isinstance(whole, Whole)
            assert json.loads(whole.body)["done_reason"] == "unload"
            relay: Any = await loader.handle(call(prompts=prompts))
            assert json.loads(await rest_of(relay))["done_reason"] == "load"
            path = "/api/generate" if prompts else "/api/chat"
            assert [each.path for each in upstream.requests] == [path, path]

        run(config({"own": own}), story)


def test_an_ollama_that_is_spoken_to_in_other_words_is_told_in_its_own() -> None:
    with Upstream() as upstream:
        own = {"backend": "ollama", "base_url": upstream.base_url, "model": "m"}

        async def story(rig: Rig) -> None:
            loader = ModelLoader(rig.gateway)
            reply = await loader.handle(call(keep_alive="5m"))
            assert isinstance(reply, Loaded)
            assert json.loads(reply.body)["done_reason"] == "load"
            await loader.handle(call(prompts=True))
            asked = [(each.path, each.json) for each in upstream.requests]
            common = {"model": "m", "stream": False}
            assert asked == [
                ("/api/generate", {**common, "keep_alive": "5m"}),
                ("/api/generate", common),
            ]

        run(config({"own": own}), story)


def test_an_ollama_without_the_model_says_so() -> None:
    with Upstream(NO_SUCH_MODEL) as upstream:
        own = {"backend": "ollama", "base_url": upstream.base_url, "model": "m"}

        async def story(rig: Rig) -> None:
            with pytest.raises(UpstreamRejected, match="No such model"):
                await ModelLoader(rig.gateway).handle(call())

        run(config({"own": own}), story)


def test_anything_else_goes_on_to_the_gateway() -> None:
    with Upstream() as upstream:

        async def story(rig: Rig) -> None:
            loader = ModelLoader(rig.gateway)
            reply = await loader.handle(call(messages=HELLO, stream=False))
            assert isinstance(reply, Whole)
            assert rig.recording.tries() == [("cloud", "answered")]
            assert loader.clock is rig.clock

        run(config({"cloud": cloud(upstream)}), story)


def test_the_name_that_was_asked_for_stands_in_the_reply_where_that_is_wanted() -> None:
    with Upstream() as upstream:

        async def story(rig: Rig) -> None:
            reply = await ModelLoader(rig.gateway).handle(call())
            assert isinstance(reply, Loaded)
            assert json.loads(reply.body)["model"] == "chat"

        run(config({"box": box(upstream)}, server={"answer_model": "asked"}), story)


def test_what_may_not_be_asked_may_not_be_loaded() -> None:
    with Upstream() as upstream:

        async def story(rig: Rig) -> None:
            loader = ModelLoader(rig.gateway)
            with pytest.raises(ModelNotFound):
                await loader.handle(call(model="nobody"))
            with pytest.raises(NoTarget):
                await loader.handle(call(labels=frozenset({"phi"})))

        run(config({"cloud": cloud(upstream)}, privacy={}), story)


def test_the_engine_loads_its_model_and_lets_go_of_it() -> None:
    async def test() -> None:
        runtime = await build(settings_from(config({"here": {"backend": "embedded"}}), {}))
        try:
            engine = runtime.gateway.routes.targets["here"].engine
            assert engine is not None
            loader = ModelLoader(runtime.gateway)
            await loader.handle(call())
            assert engine.state == "ready"
            engine.using()
            await loader.handle(call(keep_alive=0))
            assert engine.state == "ready"
            engine.used()
            await loader.handle(call(keep_alive=0))
            assert engine.state == "stopping"
        finally:
            await runtime.close()

    asyncio.run(test())
