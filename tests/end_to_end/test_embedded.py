"""`headgate serve` on a machine with nothing: the official SDK against the embedded engine."""

from collections.abc import Callable, Iterator

import openai
import pytest
from openai import OpenAI

from support.headgate_server import HeadgateServer
from support.request_shapes import user
from support.sdk_checks import CHECKS, Served

SERVED = Served(model="auto", embedding_model="auto", context_tokens=4096)


@pytest.fixture(scope="module")
def headgate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeadgateServer]:
    with HeadgateServer(tmp_path_factory.mktemp("headgate"), None) as server:
        yield server


@pytest.fixture
def client(headgate: HeadgateServer) -> Iterator[OpenAI]:
    with headgate.client() as client:
        yield client


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
def test_the_sdk_works_with_nothing_configured(
    check: Callable[[OpenAI, Served], None], client: OpenAI
) -> None:
    check(client, SERVED)


def test_it_says_what_it_found_and_how_to_call_it(headgate: HeadgateServer) -> None:
    assert "a demonstration model that knows nothing" in headgate.said
    assert f"base URL: {headgate.base_url}" in headgate.said
    assert f"{headgate.root_url} for clients of Anthropic, Cohere and Ollama" in headgate.said
    assert f"curl {headgate.base_url}/chat/completions" in headgate.said


def test_the_demonstration_model_says_that_it_is_one(client: OpenAI) -> None:
    answer = client.chat.completions.create(model="auto", messages=user("What are you?"))  # type: ignore[arg-type]
    assert "demonstration" in (answer.choices[0].message.content or "")


def test_a_text_too_long_to_embed_is_the_callers_mistake(client: OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="too large to process"):
        client.embeddings.create(model="auto", input="word " * 20_000)


def test_without_a_configured_cost_the_ledger_says_unknown_and_not_zero(
    client: OpenAI, headgate: HeadgateServer
) -> None:
    reply = client.chat.completions.with_raw_response.create(model="auto", messages=user())  # type: ignore[arg-type]
    decision = reply.headers["x-headgate-decision"]
    [row] = headgate.ledger_rows(where={"decision_id": decision})
    assert row["cost_pico_usd"] is None
    assert row["cost_basis"] == "unknown"
