"""A stream that waits for a local model hears comments meanwhile, and is otherwise the same."""

import json
from pathlib import Path

import openai
import pytest
from anthropic import Anthropic

from support.headgate_server import HeadgateServer
from support.raw_http import RawClient, chat_body, request_bytes
from support.tiny_model import demo_gguf
from support.upstream import Upstream

OFTEN_S = 0.02
COMMENT = b": the answer is being prepared\n\n"


def config(model: str, **route: object) -> dict[str, object]:
    return {
        "targets": {"laptop": {"backend": "embedded", "model": model}},
        "routes": {"chat": {"targets": ["laptop"], **route}},
        "server": {"keep_alive_s": OFTEN_S},
    }


@pytest.fixture
def broken_model(tmp_path: Path) -> str:
    path = tmp_path / "broken.gguf"
    # Whole and readable, and of an architecture that only the engine itself can refuse.
    path.write_bytes(demo_gguf(tmp_path).read_bytes().replace(b"llama", b"xlama"))
    return str(path)


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/chat/completions?long=way"])
def test_a_stream_hears_comments_first_and_then_the_answer(tmp_path: Path, path: str) -> None:
    with HeadgateServer(tmp_path, config("demo")) as server, RawClient(server.root_url) as client:
        body = chat_body(model="chat", stream=True)
        cold = client.ask(request_bytes(body, path=path))
        warm = client.ask(request_bytes(body, path=path))
    assert cold.status == 200
    assert cold.body.startswith(COMMENT)
    assert cold.body.endswith(b"data: [DONE]\n\n")
    assert cold.headers["content-type"].startswith("text/event-stream")
    assert cold.headers["x-headgate-decision"]
    assert COMMENT not in warm.body
    assert warm.headers["x-headgate-target"] == "laptop"


def test_the_sdks_never_notice(tmp_path: Path) -> None:
    with HeadgateServer(tmp_path, config("demo")) as server:
        with server.client() as client:
            chunks = client.chat.completions.create(
                model="chat",
                messages=[{"role": "user", "content": "Hi"}],
                temperature=0,
                stream=True,
            )
            text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
        assert text.startswith("This demonstration")
    with (
        HeadgateServer(tmp_path / "again", config("demo")) as server,
        Anthropic(base_url=server.root_url, api_key="any", max_retries=0) as anthropic,
        anthropic.messages.stream(
            model="chat",
            max_tokens=200,
            extra_body={"temperature": 0},
            messages=[{"role": "user", "content": "Hi"}],
        ) as stream,
    ):
        assert stream.get_final_text() == text


def test_a_whole_answer_waits_in_silence(tmp_path: Path) -> None:
    with HeadgateServer(tmp_path, config("demo")) as server, RawClient(server.root_url) as client:
        answer = client.ask(request_bytes(chat_body(model="chat")))
    assert answer.json["object"] == "chat.completion"


def test_a_model_that_cannot_be_loaded_is_told_inside_the_stream(
    tmp_path: Path, broken_model: str
) -> None:
    with HeadgateServer(tmp_path, config(broken_model)) as server:
        with RawClient(server.root_url) as client:
            answer = client.ask(request_bytes(chat_body(model="chat", stream=True)))
        assert answer.status == 200
        assert answer.body.startswith(COMMENT)
        last = answer.body.split(b"\n\n")[-2]
        error = json.loads(last.removeprefix(b"data: "))["error"]
        assert error["code"] == "engine_error"
        assert b"[DONE]" not in answer.body
        with server.client() as sdk, pytest.raises(openai.APIError):
            list(
                sdk.chat.completions.create(
                    model="chat", messages=[{"role": "user", "content": "Hi"}], stream=True
                )
            )
        (decision, _) = server.ledger_rows("decisions", at_least=2)
    assert decision["status"] == "failed"


def test_another_target_may_still_answer(tmp_path: Path, broken_model: str) -> None:
    with Upstream() as cloud:
        data = config(broken_model)
        data["targets"] = {
            "laptop": {"backend": "embedded", "model": broken_model},
            "cloud": {"backend": "openai_compatible", "base_url": cloud.base_url, "model": "m"},
        }
        data["routes"] = {"chat": {"targets": ["laptop", "cloud"]}}
        with (
            HeadgateServer(tmp_path, data) as server,
            RawClient(server.root_url) as client,
        ):
            answer = client.ask(request_bytes(chat_body(model="chat", stream=True)))
            (decision,) = server.ledger_rows("decisions")
    assert answer.body.startswith(COMMENT)
    assert answer.body.endswith(b"data: [DONE]\n\n")
    assert (decision["status"], decision["served_by"]) == ("answered", "cloud")


def test_a_client_that_leaves_while_it_waits_is_recorded_as_gone(tmp_path: Path) -> None:
    with HeadgateServer(tmp_path, config("demo")) as server:
        with RawClient(server.root_url) as client:
            client.send(request_bytes(chat_body(model="chat", stream=True)))
            received = b""
            while COMMENT not in received:
                received += client.socket.recv(65536)
        (decision,) = server.ledger_rows("decisions")
        assert decision["status"] == "cancelled"
        with RawClient(server.root_url) as client:
            assert client.ask(request_bytes(chat_body(model="chat"))).status == 200
