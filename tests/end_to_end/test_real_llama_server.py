"""The official SDK through Headgate to a real llama.cpp server.

Which server that is stands in the test's output: Debian's package where it can be had,
else the same code out of the `xllamacpp` wheel.
"""

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from openai import OpenAI

from headgate.engine.demo_model import ensure_demo_model
from support import llama_server
from support.headgate_server import HeadgateServer
from support.llama_server import LlamaServer
from support.request_shapes import user
from support.sdk_checks import CHECKS, Served

SERVED = Served(model="chat", embedding_model="chat", context_tokens=llama_server.CONTEXT_TOKENS)
ENDLESS = {"ignore_eos": True, "temperature": 1}
REQUEST_HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nhost: h\r\ncontent-length: %d\r\n\r\n"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaServer]:
    server = llama_server.start(ensure_demo_model(tmp_path_factory.mktemp("model")))
    with server.process:
        yield server


@pytest.fixture(scope="module")
def headgate(
    box: LlamaServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    target = {"backend": "llama_cpp", "base_url": box.base_url, "model": "tiny"}
    config = {"targets": {"box": target}, "routes": {"chat": {"targets": ["box"]}}}
    with HeadgateServer(tmp_path_factory.mktemp("headgate"), config) as server:
        yield server


@pytest.fixture
def client(headgate: HeadgateServer) -> Iterator[OpenAI]:
    with headgate.client() as client:
        yield client


@pytest.fixture(autouse=True)
def _which_server(box: LlamaServer, record_property: Callable[[str, object], None]) -> None:
    record_property("llama_server", box.origin)
    print(f"against {box.origin}")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
def test_the_sdk_works_through_headgate(
    check: Callable[[OpenAI, Served], None], client: OpenAI
) -> None:
    check(client, SERVED)


def test_an_answer_names_its_decision_target_and_attempts(
    client: OpenAI, headgate: HeadgateServer
) -> None:
    reply = client.chat.completions.with_raw_response.create(
        model="chat",
        messages=user(),  # type: ignore[arg-type]
        max_tokens=4,
    )
    assert reply.headers["x-headgate-target"] == "box"
    assert reply.headers["x-headgate-attempts"] == "1"
    assert reply.parse().model == "tiny"
    decision = reply.headers["x-headgate-decision"]
    # Every earlier request of this module is in there too, so wait for this one by its id.
    [row] = headgate.ledger_rows("attempts", where={"decision_id": decision})
    assert (row["target"], row["outcome"]) == ("box", "answered")


@pytest.mark.parametrize("is_stream", [True, False], ids=["stream", "whole"])
def test_a_client_that_leaves_frees_the_slot(
    is_stream: bool, box: LlamaServer, headgate: HeadgateServer
) -> None:
    wanted = {"model": "chat", "messages": user(), "stream": is_stream, **ENDLESS}
    body = json.dumps(wanted).encode()
    port = headgate.root_url.rpartition(":")[2]
    start = box.process.mark()
    with socket.create_connection(("127.0.0.1", int(port))) as leaving:
        leaving.sendall(REQUEST_HEAD % len(body) + body)
        box.process.wait_for_line("processing task", after=start)
    # Its log is read, not its `/slots`: as long as any other request is answered more often
    # than once a second, llama.cpp does not look whether a client that does not stream is there.
    box.process.wait_for_line("cancel task", after=start)
    slots = httpx2.get(f"{box.process.root_url}/slots").json()
    assert not any(slot["is_processing"] for slot in slots)


def test_the_wheels_server_is_a_stand_in_for_debians(tmp_path: Path) -> None:
    """The fallback is exercised on every machine, not only where it is needed."""
    model = ensure_demo_model(tmp_path)
    with (
        llama_server.start_wheel(model) as process,
        OpenAI(base_url=f"{process.root_url}/v1", api_key="any", max_retries=0) as client,
    ):
        names = [found.id for found in client.models.list()]
        answer = client.chat.completions.create(
            model="tiny",
            messages=user(),  # type: ignore[arg-type]
            max_tokens=4,
        )
    assert names == ["tiny"]
    assert json.loads(answer.model_dump_json())["choices"][0]["message"]["content"]
