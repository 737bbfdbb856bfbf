"""The embedded engine for real: a supervised llama.cpp worker and the demonstration model."""

import asyncio
import json
import math
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from jsonschema import validate

from headgate.core.errors import EngineError
from headgate.core.plugins import load
from headgate.engine.demo_text import INTRODUCTION
from headgate.engine.engine import Engine, EngineSettings, Running
from headgate.engine.supervisor import Supervisor
from support.tiny_model import demo_gguf

LLAMA_CPP: Engine = load("headgate.engine.engines", "llama_cpp", "ENGINE")
SETTINGS = EngineSettings(context_tokens=1024, threads=1)
HELLO = [{"role": "user", "content": "Hello"}]
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "unit": {"type": "string", "enum": ["c", "f"]},
                "days": {"type": "array", "items": {"type": "integer"}},
            },
            "required": ["city", "unit", "days"],
            "additionalProperties": False,
        },
    },
}


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.body)
        return document

    @property
    def chunks(self) -> list[dict[str, Any]]:
        payloads = [line[6:] for line in self.body.splitlines() if line.startswith(b"data: ")]
        assert payloads[-1] == b"[DONE]"
        return [json.loads(payload) for payload in payloads[:-1]]


def send(running: Running, path: str, body: Any = None, *, key: str | None = None) -> Reply:
    """One request over the worker's socket."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(running.uds)
        http = HTTPConnection("engine")
        http.sock = connection
        headers = {"authorization": f"Bearer {running.api_key if key is None else key}"}
        data = None if body is None else json.dumps(body)
        http.request("GET" if data is None else "POST", path, data, headers)
        response = http.getresponse()
        return Reply(response.status, response.read())


def chat(running: Running, **fields: Any) -> dict[str, Any]:
    """The first choice of an answer at temperature 0."""
    body = {"messages": HELLO, "temperature": 0, "max_tokens": 300, **fields}
    reply = send(running, "/v1/chat/completions", body)
    assert reply.status == 200, reply.body
    choice: dict[str, Any] = reply.document["choices"][0]
    return choice


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_gguf(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def running(model: Path) -> Iterator[Running]:
    with asyncio.Runner() as runner:
        supervisor = Supervisor(model, SETTINGS, LLAMA_CPP, alias="demo")
        yield runner.run(supervisor.ensure_ready())
        runner.run(supervisor.stop())


def supervise(model: Path, scenario: Callable[[Supervisor], Awaitable[None]]) -> None:
    async def limited() -> None:
        supervisor = Supervisor(model, SETTINGS, LLAMA_CPP)
        async with asyncio.timeout(60):
            await scenario(supervisor)
            await supervisor.stop()

    asyncio.run(limited())


def test_it_says_that_it_is_a_demonstration_and_stops_by_itself(running: Running) -> None:
    choice = chat(running)
    assert choice["message"]["content"] == INTRODUCTION
    assert choice["finish_reason"] == "stop"


def test_it_stops_by_itself_at_any_temperature(running: Running) -> None:
    for seed in range(10):
        choice = chat(running, temperature=1.0, min_p=0, top_p=1, top_k=0, seed=seed)
        assert choice["finish_reason"] == "stop"
        assert choice["message"]["content"]


def test_it_streams_word_by_word(running: Running) -> None:
    body = {"messages": HELLO, "temperature": 0, "stream": True}
    chunks = send(running, "/v1/chat/completions", body).chunks
    words = [chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks]
    assert "".join(words) == INTRODUCTION
    assert len([word for word in words if word]) > 10
    assert {chunk["model"] for chunk in chunks} == {"demo"}


@pytest.mark.parametrize(
    "choice", ["auto", "required", {"type": "function", "function": {"name": "get_weather"}}]
)
@pytest.mark.parametrize("temperature", [0, 1])
def test_it_calls_a_tool_that_is_offered(running: Running, choice: Any, temperature: int) -> None:
    answer = chat(running, tools=[WEATHER], tool_choice=choice, temperature=temperature, seed=1)
    assert answer["finish_reason"] == "tool_calls"
    (call,) = answer["message"]["tool_calls"]
    assert call["function"]["name"] == "get_weather"
    validate(json.loads(call["function"]["arguments"]), WEATHER["function"]["parameters"])


def test_it_calls_a_tool_in_a_stream(running: Running) -> None:
    body = {"messages": HELLO, "temperature": 0, "stream": True, "tools": [WEATHER]}
    chunks = send(running, "/v1/chat/completions", body).chunks
    deltas = [chunk["choices"][0]["delta"].get("tool_calls") for chunk in chunks]
    functions = [delta[0]["function"] for delta in deltas if delta]
    assert [function["name"] for function in functions if "name" in function] == ["get_weather"]
    arguments = "".join(function.get("arguments", "") for function in functions)
    validate(json.loads(arguments), WEATHER["function"]["parameters"])
    assert chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"


def test_it_answers_in_words_once_a_tool_has(running: Running) -> None:
    call = {"id": "1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
    messages = [
        *HELLO,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "1", "content": "15 degrees"},
    ]
    choice = chat(running, messages=messages, tools=[WEATHER])
    assert choice["finish_reason"] == "stop"
    assert choice["message"]["content"] == INTRODUCTION


SCHEMAS: dict[str, Any] = {
    "kinds": {
        "type": "object",
        "properties": {
            "text": {"type": "string"},
            "short": {"type": "string", "maxLength": 10},
            "long": {"type": "string", "minLength": 150},
            "date": {"type": "string", "format": "date"},
            "code": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]+$"},
            "count": {"type": "integer"},
            "share": {"type": "number"},
            "sure": {"type": "boolean"},
            "nothing": {"type": "null"},
            "either": {"anyOf": [{"type": "integer"}, {"type": "string"}]},
        },
        "required": ["text", "short", "long", "date", "code", "count", "share", "sure", "nothing"],
        "additionalProperties": False,
    },
    "lists": {
        "type": "object",
        "properties": {
            "words": {"type": "array", "items": {"type": "string"}},
            "numbers": {"type": "array", "minItems": 3, "items": {"type": "number"}},
            "things": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"x": {"type": "integer"}, "y": {"enum": ["a", "b"]}},
                    "required": ["x", "y"],
                    "additionalProperties": False,
                },
            },
        },
        "required": ["words", "numbers", "things"],
        "additionalProperties": False,
    },
    "bare list": {"type": "array", "items": {"type": "string"}},
}


@pytest.mark.parametrize("temperature", [0, 0.8, 1])
@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS.keys())
def test_it_keeps_to_a_schema(running: Running, schema: Any, temperature: float) -> None:
    shape = {"type": "json_schema", "json_schema": {"name": "shape", "schema": schema}}
    choice = chat(running, response_format=shape, temperature=temperature, seed=3, max_tokens=900)
    assert choice["finish_reason"] == "stop"
    validate(json.loads(choice["message"]["content"]), schema)


@pytest.mark.parametrize("temperature", [0, 1])
def test_it_writes_an_object_without_a_schema(running: Running, temperature: int) -> None:
    choice = chat(running, response_format={"type": "json_object"}, temperature=temperature)
    assert choice["finish_reason"] == "stop"
    assert json.loads(choice["message"]["content"])


def likeness(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_it_embeds_beside_chat_and_like_texts_are_near(running: Running) -> None:
    texts = ["a real model", "a real answer", "the machine runs"]
    reply = send(running, "/v1/embeddings", {"input": texts, "model": "demo"})
    assert reply.status == 200, reply.body
    one, near, far = (item["embedding"] for item in reply.document["data"])
    assert math.isclose(math.hypot(*one), 1.0, rel_tol=1e-3)
    assert likeness(one, near) > likeness(one, far)
    assert chat(running)["message"]["content"] == INTRODUCTION


def test_it_embeds_a_text_as_long_as_its_context(running: Running) -> None:
    reply = send(running, "/v1/embeddings", {"input": "word " * 900})
    assert reply.status == 200, reply.body
    assert reply.document["usage"]["prompt_tokens"] > 900


def test_each_slot_has_the_context_that_was_stated(running: Running) -> None:
    assert running.context_tokens == 1024
    body = {"messages": [{"role": "user", "content": "word " * 3000}]}
    reply = send(running, "/v1/chat/completions", body)
    assert reply.status == 400
    assert reply.document["error"]["n_ctx"] == 1024


@pytest.mark.parametrize("key", ["", "wrong"])
def test_nobody_gets_in_without_the_key(running: Running, key: str) -> None:
    body = {"messages": HELLO}
    assert send(running, "/v1/chat/completions", body, key=key).status == 401
    assert send(running, "/v1/embeddings", {"input": "a"}, key=key).status == 401
    assert send(running, "/metrics", key=key).status == 401


def test_prompts_of_others_cannot_be_looked_at(running: Running) -> None:
    assert send(running, "/slots").status == 501


def test_its_load_can_be_measured(running: Running) -> None:
    reply = send(running, "/metrics")
    assert reply.status == 200
    assert b"llamacpp:requests_processing" in reply.body


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_listens_on_its_socket_and_nowhere_else(running: Running) -> None:
    here = Path(f"/proc/{running.pid}")
    owned = {os.readlink(link) for link in (here / "fd").iterdir()}
    inodes = {name[8:-1] for name in owned if name.startswith("socket:[")}
    internet = ("tcp", "tcp6", "udp", "udp6", "raw", "raw6")
    tables = [(here / "net" / name).read_text().splitlines()[1:] for name in internet]
    assert not inodes & {line.split()[9] for table in tables for line in table}
    local = (here / "net" / "unix").read_text()
    listening = [line for line in local.splitlines() if line.endswith(running.uds)]
    assert {line.split()[6] for line in listening} & inodes


def test_many_idle_connections_do_not_keep_a_request_out(running: Running) -> None:
    idle = [socket.socket(socket.AF_UNIX) for _ in range(100)]
    try:
        for connection in idle:
            connection.connect(running.uds)
        assert chat(running)["finish_reason"] == "stop"
    finally:
        for connection in idle:
            connection.close()


def test_a_killed_worker_is_replaced(model: Path) -> None:
    async def scenario(supervisor: Supervisor) -> None:
        first = await supervisor.ensure_ready()
        os.kill(first.pid, signal.SIGKILL)
        while supervisor.state != "failed":
            await asyncio.sleep(0.001)
        second = await supervisor.ensure_ready()
        assert second.pid != first.pid
        choice = await asyncio.to_thread(chat, second)
        assert choice["finish_reason"] == "stop"

    supervise(model, scenario)


def test_an_abort_inside_the_engine_is_the_workers_affair(model: Path) -> None:
    async def scenario(supervisor: Supervisor) -> None:
        os.kill((await supervisor.ensure_ready()).pid, signal.SIGABRT)
        while supervisor.state != "failed":
            await asyncio.sleep(0.001)

    supervise(model, scenario)


def test_a_stopped_model_leaves_nothing_behind(model: Path) -> None:
    async def scenario(supervisor: Supervisor) -> None:
        running = await supervisor.ensure_ready()
        await supervisor.stop()
        assert not Path(running.uds).parent.exists()
        assert not Path(f"/proc/{running.pid}").exists()

    supervise(model, scenario)


def damaged(model: Path, tmp_path: Path, how: Callable[[bytes], bytes]) -> Path:
    path = tmp_path / "damaged.gguf"
    path.write_bytes(how(model.read_bytes()))
    return path


@pytest.mark.parametrize(
    ("how", "message"),
    [
        (lambda whole: whole[:500_000], "`damaged.gguf` is incomplete or damaged"),
        (lambda whole: whole[:5_000], "`damaged.gguf` is incomplete"),
        (lambda whole: b"<html>404</html>", "`damaged.gguf` is not a GGUF file"),
        (lambda whole: b"", "`damaged.gguf` is not a GGUF file"),
        (
            lambda whole: whole.replace(b"llama", b"novel"),
            "`damaged.gguf` has the architecture `novel`, "
            "which this version of the engine does not know",
        ),
        (
            lambda whole: whole.replace(b"output.weight", b"outgoes.weigh"),
            "`damaged.gguf` was refused by the engine",
        ),
    ],
    ids=["cut in its data", "cut in its head", "a page", "empty", "unknown", "no output"],
)
def test_a_file_that_cannot_be_loaded_is_explained(
    model: Path, tmp_path: Path, how: Callable[[bytes], bytes], message: str
) -> None:
    async def scenario(supervisor: Supervisor) -> None:
        with pytest.raises(EngineError) as caught:
            await supervisor.ensure_ready()
        assert caught.value.message.startswith(message)

    supervise(damaged(model, tmp_path, how), scenario)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    async def scenario(supervisor: Supervisor) -> None:
        with pytest.raises(EngineError, match=r"there is no model file `.*nowhere\.gguf`"):
            await supervisor.ensure_ready()

    supervise(tmp_path / "nowhere.gguf", scenario)


GATEWAY = """
import asyncio, sys
from pathlib import Path
from headgate.core.plugins import load
from headgate.engine.engine import EngineSettings
from headgate.engine.supervisor import Supervisor

async def main():
    engine = load("headgate.engine.engines", "llama_cpp", "ENGINE")
    supervisor = Supervisor(Path(sys.argv[1]), EngineSettings(threads=1), engine)
    running = await supervisor.ensure_ready()
    print(running.pid, running.uds, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="waits for a process that is not its child")
def test_a_gateway_that_is_killed_takes_its_worker_along(model: Path) -> None:
    command = [sys.executable, "-c", GATEWAY, str(model)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as gateway:
        assert gateway.stdout is not None
        pid, uds = gateway.stdout.readline().decode().split()
        gone = os.pidfd_open(int(pid))
        gateway.send_signal(signal.SIGKILL)
        assert select.select([gone], [], [], 30)[0], "the worker is still there"
        os.close(gone)
    assert not Path(uds).parent.exists()
