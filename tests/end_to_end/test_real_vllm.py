"""The official SDK through Headgate to real vLLM (CPU build): `make test-vllm`."""

from collections.abc import Callable, Iterator
from time import monotonic

import httpx2
import pytest
from openai import OpenAI

from support import vllm_server
from support.headgate_server import HeadgateServer
from support.process import ServerProcess
from support.request_shapes import user
from support.sdk_checks import CHECKS, Served, ask
from support.tiny_model import write_hf_fixture

pytestmark = pytest.mark.vllm

SERVED = Served(
    model="chat",
    context_tokens=vllm_server.CONTEXT_TOKENS,
    # A named choice ends with `stop` there: vLLM's own way, passed on as it is.
    forced_finish=("tool_calls", "stop"),
    forces_arguments=False,
)
ENDLESS_TOKENS = 900
IDLE_WITHIN_S = 30.0


@pytest.fixture(scope="module")
def vllm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("model")
    write_hf_fixture(folder)
    with vllm_server.start(folder) as server:
        yield server


@pytest.fixture(scope="module")
def headgate(
    vllm: ServerProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    target = {"backend": "vllm", "base_url": f"{vllm.root_url}/v1", "model": "tiny"}
    config = {"targets": {"box": target}, "routes": {"chat": {"targets": ["box"]}}}
    with HeadgateServer(tmp_path_factory.mktemp("headgate"), config) as server:
        yield server


@pytest.fixture
def client(headgate: HeadgateServer) -> Iterator[OpenAI]:
    # The first request for log probabilities makes vLLM compile for half a minute.
    with headgate.client(timeout_s=120) as client:
        yield client


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
def test_the_sdk_works_through_headgate(
    check: Callable[[OpenAI, Served], None], client: OpenAI
) -> None:
    check(client, SERVED)


def test_a_client_that_leaves_ends_the_generation(
    vllm: ServerProcess, headgate: HeadgateServer, client: OpenAI
) -> None:
    before = _metric(vllm, "vllm:generation_tokens_total")
    body = {"model": "chat", "messages": user(), "max_tokens": ENDLESS_TOKENS, "ignore_eos": True}
    with httpx2.Client(base_url=headgate.base_url, timeout=60) as left:
        call = left.stream("POST", "/chat/completions", json={**body, "stream": True})
        with call as reply:
            assert next(reply.iter_raw())
    until = monotonic() + IDLE_WITHIN_S
    # vLLM brings its figures up to date when it works, so each look needs a request.
    ask(client, SERVED, max_tokens=1)
    while _metric(vllm, "vllm:num_requests_running"):
        assert monotonic() < until, "vLLM still works for a client that has left"
        ask(client, SERVED, max_tokens=1)
    assert 0 < _metric(vllm, "vllm:generation_tokens_total") - before < ENDLESS_TOKENS


def _metric(vllm: ServerProcess, name: str) -> float:
    lines = httpx2.get(f"{vllm.root_url}/metrics").text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name}{{"))
