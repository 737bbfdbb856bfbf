"""What must hold alike over every backend that does not speak OpenAI's API."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import openai
import pytest
from openai import OpenAI

from support import behaviours as b
from support.bedrock_shapes import BEARER
from support.behaviours import OK
from support.gate import Gate
from support.headgate_server import HeadgateServer
from support.request_shapes import TOOL, user
from support.upstream import Upstream

KEY = "a-secret-of-the-test"
CALLS_ALONE = {"tools": [TOOL], "parallel_tool_calls": False}
PDF = {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERg=="}}


@dataclass(frozen=True)
class Native:
    """A backend, and requests that it cannot be told, by the field at fault."""

    name: str
    model: str
    base_path: str = ""
    key: str = KEY
    settings: dict[str, Any] = field(default_factory=dict)
    unsayable: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def variable(self) -> str:
        """Where its key is."""
        return f"KEY_{self.name.upper()}"

    def target(self, upstream: Upstream) -> dict[str, Any]:
        return {
            "backend": self.name,
            "model": self.model,
            "base_url": upstream.root_url + self.base_path,
            "api_key": f"${{{self.variable}}}",
            "retries": 0,
            **self.settings,
        }


NATIVE = (
    Native(
        "anthropic",
        "claude-haiku-4-5",
        unsayable={
            "seed": {"seed": 7},
            "logit_bias": {"logit_bias": {"1": 5}},
            "frequency_penalty": {"frequency_penalty": 0.5},
            "temperature": {"temperature": 1.5},
        },
    ),
    Native(
        "bedrock",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        key=BEARER,
        settings={"aws_region": "eu-central-1"},
        unsayable={
            "parallel_tool_calls": CALLS_ALONE,
            "logit_bias": {"logit_bias": {"1": 5}},
            "temperature": {"temperature": 1.5},
            "seed": {"seed": 7},
            "frequency_penalty": {"frequency_penalty": 0.5},
        },
    ),
    Native(
        "cohere",
        "command-test",
        unsayable={
            "parallel_tool_calls": CALLS_ALONE,
            "logprobs": {"logprobs": True},
            "logit_bias": {"logit_bias": {"1": 5}},
            "stop": {"stop": list("abcdef")},
            "temperature": {"temperature": 1.5},
            "top_p": {"top_p": 1},
            "frequency_penalty": {"frequency_penalty": -1},
            "messages[0].content[0]": {
                "messages": user([PDF, {"type": "text", "text": "?"}]),
            },
        },
    ),
    Native(
        "gemini",
        "gemini-3.8-flash",
        base_path="/v1beta",
        unsayable={
            "parallel_tool_calls": CALLS_ALONE,
            "logit_bias": {"logit_bias": {"1": 5}},
            "stop": {"stop": list("abcdef")},
            "temperature": {"temperature": 2.5},
            "seed": {"seed": 2**40},
            "reasoning_effort": {"reasoning_effort": "none"},
        },
    ),
    Native(
        "ollama_native",
        "llama-test",
        unsayable={
            "parallel_tool_calls": CALLS_ALONE,
            "logprobs": {"logprobs": True},
            "logit_bias": {"logit_bias": {"1": 5}},
            "tool_choice": {"tools": [TOOL], "tool_choice": "required"},
        },
    ),
)
native = pytest.mark.parametrize("native", NATIVE, ids=lambda each: each.name)


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream(OK) as upstream:
        yield upstream


@pytest.fixture(autouse=True)
def well_behaved(upstream: Upstream) -> None:
    upstream.use(OK)


@pytest.fixture(scope="module")
def client(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenAI]:
    lenient = {"drop_unsupported": True, "clamp_ranges": True}
    config = {
        "targets": {f"at-{each.name}": each.target(upstream) for each in NATIVE},
        "routes": {
            **{each.name: {"targets": [f"at-{each.name}"]} for each in NATIVE},
            **{
                f"{each.name}-lenient": {"targets": [f"at-{each.name}"], **lenient}
                for each in NATIVE
            },
        },
        "default_route": NATIVE[0].name,
    }
    keys = {each.variable: each.key for each in NATIVE}
    folder = tmp_path_factory.mktemp("headgate")
    with HeadgateServer(folder, config, env=keys) as server, server.client() as client:
        yield client
        assert KEY not in server.said


def ask(client: OpenAI, native: Native, **more: Any) -> Any:
    return client.chat.completions.create(model=native.name, **{"messages": user("Hello"), **more})


@pytest.mark.parametrize(
    ("native", "param"),
    [(each, param) for each in NATIVE for param in each.unsayable],
    ids=lambda each: each.name if isinstance(each, Native) else each,
)
def test_what_a_backend_cannot_be_told_is_refused_by_name_or_left_out_where_allowed(
    client: OpenAI, native: Native, param: str
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, native, **native.unsayable[param])
    assert caught.value.param == param
    raw = client.chat.completions.with_raw_response.create(
        model=f"{native.name}-lenient", **{"messages": user("Hello"), **native.unsayable[param]}
    )
    assert param in raw.headers["x-headgate-dropped"]


@native
@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (b.BAD_REQUEST, openai.BadRequestError),
        (b.SERVER_ERROR, openai.InternalServerError),
        (b.OVERLOADED, openai.InternalServerError),
    ],
    ids=str,
)
def test_an_error_keeps_its_status_and_its_sentence(
    client: OpenAI,
    upstream: Upstream,
    native: Native,
    behaviour: Any,
    kind: type[openai.APIStatusError],
) -> None:
    upstream.use(behaviour)
    with pytest.raises(kind) as caught:
        ask(client, native)
    body: Any = caught.value.body
    assert body["message"]
    upstream.use(OK)
    assert ask(client, native).choices


@native
@pytest.mark.parametrize(
    "behaviour", [b.CUT_BEFORE_DONE, b.ERROR_AFTER_CONTENT, b.MALFORMED_AFTER_CONTENT], ids=str
)
def test_a_stream_that_breaks_is_an_error(
    client: OpenAI, upstream: Upstream, native: Native, behaviour: Any
) -> None:
    upstream.use(behaviour)
    said: list[str] = []
    with pytest.raises(openai.APIError):
        said.extend(
            chunk.choices[0].delta.content or "" for chunk in ask(client, native, stream=True)
        )
    assert "".join(said)
    upstream.use(OK)
    assert ask(client, native).choices


@pytest.mark.parametrize("name", ["bedrock", "gemini", "ollama_native"])
def test_a_picture_by_address_is_refused_unless_its_host_is_allowed(
    client: OpenAI, upstream: Upstream, name: str
) -> None:
    before = len(upstream.requests)
    picture = {"type": "image_url", "image_url": {"url": "https://images.example/a.png"}}
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model=name, messages=user([picture]))
    assert caught.value.param == "messages[0].content[0]"
    assert "server.image_hosts" in caught.value.message
    assert len(upstream.requests) == before


@native
def test_a_client_that_leaves_takes_the_backend_with_it(
    client: OpenAI, upstream: Upstream, native: Native
) -> None:
    gate = Gate()
    gate.release(4)
    upstream.use(b.gated(gate))
    before = len(upstream.aborted)
    stream = ask(client, native, stream=True)
    next(iter(stream))
    stream.close()
    upstream.wait_for(lambda: len(upstream.aborted) > before, "abort")
