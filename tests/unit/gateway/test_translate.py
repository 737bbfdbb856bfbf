"""What a target is sent: the client's own bytes, or a translation that loses nothing unsaid."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from headgate.backends.images import FetchedImage
from headgate.core.errors import InvalidRequest
from headgate.gateway.handle import Call
from headgate.gateway.translate import MOST_IMAGES
from headgate.wire.dialects.anthropic import DIALECT as ANTHROPIC
from headgate.wire.dialects.ollama import DIALECT as OLLAMA
from support.conversations import PIXEL
from support.gateways import Rig, box, config, gateway
from support.upstream import Upstream

ADDRESS = "https://images.example/a.png"
SHOWN = [
    {
        "role": "user",
        "content": [
            {"type": "text", "text": "What is it?"},
            {"type": "image_url", "image_url": {"url": ADDRESS}},
        ],
    }
]


class Album:
    """Fetches from no network, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def fetch(self, url: str) -> FetchedImage:
        self.asked.append(url)
        return FetchedImage(PIXEL, "image/png")


def run(data: Mapping[str, Any], story: Callable[[Rig], Awaitable[None]]) -> None:
    async def told() -> None:
        async with gateway(data) as rig:
            await story(rig)

    asyncio.run(told())


def native(upstream: Upstream, **more: Any) -> dict[str, Any]:
    """A target that speaks another dialect than the client."""
    return {"backend": "ollama_native", "base_url": upstream.root_url, "model": "m", **more}


def test_within_a_dialect_only_what_must_change_does() -> None:
    async def story(rig: Rig) -> None:
        await rig.ask(x_vendor={"deep": [1, 2.50]}, temperature=0.30)

    with Upstream() as a:
        run(config({"a": box(a)}), story)
        assert b'"x_vendor":{"deep": [1, 2.5]},"temperature":0.3' in a.requests[0].body
        assert a.requests[0].json["model"] == "m"


def test_a_picture_is_fetched_for_a_backend_that_takes_none_by_address() -> None:
    album = Album()

    async def story(rig: Rig) -> None:
        rig.gateway.sender.images = album
        await rig.ask(messages=SHOWN)

    with Upstream() as a:
        run(config({"a": native(a)}), story)
        assert a.requests[0].json["messages"][0]["images"] == [PIXEL]
    assert album.asked == [ADDRESS]


def test_it_is_put_into_a_relayed_request_whose_other_fields_stay_as_they_are() -> None:
    album = Album()

    async def story(rig: Rig) -> None:
        rig.gateway.sender.images = album
        await rig.ask(messages=SHOWN, x_vendor=1)

    with Upstream() as a:
        run(config({"a": box(a) | {"backend": "ollama"}}), story)
        sent = a.requests[0].json
    assert sent["x_vendor"] == 1
    assert sent["messages"][0]["content"][1]["image_url"]["url"] == f"data:image/png;base64,{PIXEL}"
    assert album.asked == [ADDRESS]


def test_without_a_fetcher_it_is_refused_by_its_place() -> None:
    async def story(rig: Rig) -> None:
        rig.gateway.sender.images = None
        error = await rig.refusal(messages=SHOWN)
        assert isinstance(error, InvalidRequest)
        assert error.param == "messages[0].content[1]"
        assert "server.image_hosts" in (error.hint or "")

    with Upstream() as a:
        run(config({"a": native(a)}), story)
        assert a.requests == []


def test_a_backend_that_fetches_itself_is_sent_the_address() -> None:
    album = Album()

    async def story(rig: Rig) -> None:
        rig.gateway.sender.images = album
        await rig.ask(messages=SHOWN)

    with Upstream() as a:
        run(config({"a": box(a)}), story)
        assert a.requests[0].json["messages"] == SHOWN
    assert album.asked == []


def test_what_a_translation_loses_is_refused_or_named_as_the_route_says() -> None:
    async def story(rig: Rig) -> None:
        refusal = await rig.refusal(logit_bias={"1": 2})
        assert isinstance(refusal, InvalidRequest)
        assert refusal.param == "logit_bias"
        whole = await rig.ask("lenient", logit_bias={"1": 2}, user="me")
        assert set(whole.attempt.dropped) == {"logit_bias", "user"}

    with Upstream() as a:
        data = config({"a": native(a)})
        data["routes"]["lenient"] = {"targets": ["a"], "drop_unsupported": True}
        run(data, story)
        assert len(a.requests) == 1
        assert "logit_bias" not in a.requests[0].json


@pytest.mark.parametrize(("clamps", "sent"), [(True, 1.0), (False, None)])
def test_a_number_out_of_range_is_moved_only_where_the_route_says_so(
    clamps: bool, sent: float | None
) -> None:
    async def story(rig: Rig) -> None:
        if sent is None:
            error = await rig.refusal(temperature=1.5)
            assert isinstance(error, InvalidRequest)
            assert error.param == "temperature"
        else:
            whole = await rig.ask(temperature=1.5)
            assert whole.attempt.dropped == ("temperature=1",)

    with Upstream() as a:
        place = {"backend": "anthropic", "base_url": a.root_url, "model": "claude-haiku-4-5"}
        run(config({"a": {**place, "auth": "none"}}, clamp_ranges=clamps), story)
        assert [request.json["temperature"] for request in a.requests] == [sent] * (
            sent is not None
        )


def test_a_later_target_that_can_be_told_everything_gets_the_request() -> None:
    async def story(rig: Rig) -> None:
        whole = await rig.ask(logit_bias={"1": 2})
        assert whole.attempt.target.name == "z"
        assert whole.attempt.dropped == ()

    with Upstream() as a, Upstream() as z:
        run(config({"a": native(a), "z": box(z)}), story)
        assert a.requests == []
        assert z.requests[0].json["logit_bias"] == {"1": 2}


@pytest.mark.parametrize(("backend", "thinking"), [("vllm", "A greeting."), ("openai", None)])
def test_thoughts_go_back_to_a_backend_that_takes_them(backend: str, thinking: str | None) -> None:
    asked = {
        "model": "chat",
        "max_tokens": 9,
        "messages": [
            {"role": "user", "content": "Hi"},
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "A greeting.", "signature": "c2ln"},
                    {"type": "text", "text": "Hello"},
                ],
            },
            {"role": "user", "content": "And?"},
        ],
    }

    async def story(rig: Rig) -> None:
        body = json.dumps(asked).encode()
        await rig.gateway.handle(Call(operation="chat", dialect=ANTHROPIC, body=body))

    with Upstream() as a:
        run(config({"a": box(a) | {"backend": backend, "auth": "none"}}), story)
        said = a.requests[0].json["messages"][1]
    assert said["content"] == "Hello"
    assert said.get("reasoning_content") == thinking


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("frequency_penalty", 0.5),
        ("frequency_penalty", "x"),
        ("parallel_tool_calls", False),
        ("logit_bias", {"1": 2}),
    ],
)
def test_a_field_that_changes_the_answer_is_refused_where_it_has_no_use(
    name: str, value: Any
) -> None:
    async def story(rig: Rig) -> None:
        error = await rig.refusal(**{name: value})
        assert isinstance(error, InvalidRequest)
        assert error.message == f"{name}: this backend has no use for it"

    backend = "deepseek" if name == "parallel_tool_calls" else "groq"
    with Upstream() as a:
        run(config({"a": box(a, backend=backend, local=False, api_key="${HOME}")}), story)
        assert a.requests == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("frequency_penalty", 0), ("presence_penalty", 0.0), ("logit_bias", {})),
        *(("parallel_tool_calls", True), ("logprobs", False), ("logit_bias", None)),
    ],
)
def test_a_value_that_is_as_good_as_none_is_left_out(name: str, value: Any) -> None:
    async def story(rig: Rig) -> None:
        await rig.ask(**{name: value})

    backend = "deepseek" if name == "parallel_tool_calls" else "groq"
    with Upstream() as a:
        run(config({"a": box(a, backend=backend, local=False, api_key="${HOME}")}), story)
        assert name not in a.requests[0].json


@pytest.mark.parametrize(("model", "told"), [("gpt-4o-mini", None), ("gpt-5.1", "none")])
def test_a_model_that_cannot_think_is_not_told_to_stop(model: str, told: str | None) -> None:
    async def story(rig: Rig) -> None:
        body = {"model": "chat", "messages": [{"role": "user", "content": "Hi"}]}
        asked = json.dumps({**body, "think": False, "stream": False}).encode()
        await rig.gateway.handle(Call(operation="chat", dialect=OLLAMA, body=asked))

    with Upstream() as a:
        target = {"backend": "openai", "base_url": a.base_url, "auth": "none", "model": model}
        run(config({"a": target}), story)
        assert a.requests[0].json.get("reasoning_effort") == told


def test_a_targets_options_fill_in_what_a_relayed_request_leaves_open() -> None:
    async def story(rig: Rig) -> None:
        await rig.ask(top_p=0.5)

    with Upstream() as a:
        run(config({"a": box(a, options={"top_p": 0.9, "min_p": 0.1})}), story)
        assert (a.requests[0].json["top_p"], a.requests[0].json["min_p"]) == (0.5, 0.1)


@pytest.mark.parametrize("given", [{}, {"options": {"num_ctx": 512, "seed": 1}}])
def test_ollama_s_are_put_among_the_options_of_its_clients(given: dict[str, Any]) -> None:
    asked = {"model": "chat", "messages": [{"role": "user", "content": "Hi"}], "stream": False}

    async def story(rig: Rig) -> None:
        body = json.dumps({**asked, **given}).encode()
        await rig.gateway.handle(Call(operation="chat", dialect=OLLAMA, body=body))

    with Upstream() as a:
        run(config({"a": native(a, options={"num_ctx": 8192, "keep_alive": "5m"})}), story)
        sent = a.requests[0].json
    assert sent["keep_alive"] == "5m"
    assert sent["options"] == {"num_ctx": 8192, **given.get("options", {})}


def shown(count: int) -> list[dict[str, Any]]:
    """A message that names so many pictures by address, after one that is there whole."""
    inline = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}
    named = {"type": "image_url", "image_url": {"url": ADDRESS}}
    return [{"role": "user", "content": [inline, *[named] * count]}]


@pytest.mark.parametrize("backend", ["ollama", "ollama_native", "lm_studio"])
def test_more_pictures_than_are_fetched_for_one_request_are_none_of_them_fetched(
    backend: str,
) -> None:
    album = Album()

    async def story(rig: Rig) -> None:
        rig.gateway.sender.images = album
        await rig.ask(messages=shown(MOST_IMAGES))
        assert len(album.asked) == MOST_IMAGES
        error = await rig.refusal(messages=shown(MOST_IMAGES + 1))
        assert isinstance(error, InvalidRequest)
        assert f"more than the {MOST_IMAGES}" in error.message
        assert len(album.asked) == MOST_IMAGES

    with Upstream() as a:
        base_url = a.root_url if backend == "ollama_native" else a.base_url
        run(config({"a": {"backend": backend, "base_url": base_url, "model": "m"}}), story)
        assert len(a.requests) == 1


def test_a_picture_that_cannot_be_had_is_refused_by_its_place() -> None:
    class Empty:
        async def fetch(self, url: str) -> FetchedImage:
            raise InvalidRequest("it is not there", hint="look elsewhere")

    async def story(rig: Rig) -> None:
        rig.gateway.sender.images = Empty()
        error = await rig.refusal(messages=shown(1))
        assert isinstance(error, InvalidRequest)
        assert error.message == "messages[0].content[1]: it is not there"
        assert (error.param, error.hint) == ("messages[0].content[1]", "look elsewhere")

    with Upstream() as a:
        run(config({"a": native(a)}), story)
        assert a.requests == []
