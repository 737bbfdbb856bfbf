"""Conversations that go on from an earlier response, by OpenAI's SDK."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import httpx2 as httpx
import openai
import pytest
from openai import OpenAI
from openai.types.responses import Response
from openai.types.responses.response_item_list import ResponseItemList

from support.answers import Answer, Call, called, said
from support.behaviours import OK, says
from support.headgate_server import HeadgateServer
from support.responses_ways import ENVIRONMENT, two_ways
from support.upstream import Upstream

ADA, BOB = "hg-ada-0123456789", "hg-bob-0123456789"
HASHES = {
    name: f"sha256:{sha256(key.encode()).hexdigest()}" for name, key in (("ada", ADA), ("bob", BOB))
}
TOOL = {"type": "function", "name": "f", "parameters": {"type": "object"}, "strict": False}


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream(OK) as upstream:
        yield upstream


@pytest.fixture(scope="module")
def forgetful(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    """Keeps nothing, as by default."""
    folder = tmp_path_factory.mktemp("forgetful")
    with HeadgateServer(folder, two_ways(upstream), env=ENVIRONMENT) as server:
        yield server


@pytest.fixture(scope="module")
def keeping(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    """Keeps responses, of two keys."""
    keys = [{"name": name, "hash": digest} for name, digest in HASHES.items()]
    config = {**two_ways(upstream), "server": {"keys": keys, "responses": {"store": "memory"}}}
    folder = tmp_path_factory.mktemp("keeping")
    with HeadgateServer(folder, config, env=ENVIRONMENT) as server:
        yield server
        assert "Traceback" not in server.said


@pytest.fixture
def ada(keeping: HeadgateServer, upstream: Upstream) -> Iterator[OpenAI]:
    upstream.use(OK)
    with keeping.client(key=ADA) as client:
        yield client


@pytest.fixture
def bob(keeping: HeadgateServer) -> Iterator[OpenAI]:
    with keeping.client(key=BOB) as client:
        yield client


def sent(upstream: Upstream) -> dict[str, Any]:
    return upstream.requests[-1].json


def test_without_a_store_a_turn_before_is_refused_and_the_way_out_named(forgetful, upstream):
    asked = len(upstream.requests)
    with forgetful.client() as client:
        for route in ("translated", "either"):
            with pytest.raises(openai.BadRequestError) as caught:
                client.responses.create(model=route, input="Hi", previous_response_id="resp_1")
            assert caught.value.param == "previous_response_id"
            assert "server.responses.store" in caught.value.message
        with pytest.raises(openai.NotFoundError, match=r"server\.responses\.store"):
            client.responses.retrieve("resp_1")
        with pytest.raises(openai.NotFoundError):
            client.responses.delete("resp_1")
        with pytest.raises(openai.NotFoundError):
            client.responses.input_items.list("resp_1")
        with pytest.raises(openai.BadRequestError, match="background"):
            client.responses.cancel("resp_1")
    assert len(upstream.requests) == asked


def test_without_a_store_storing_is_no_error_and_the_response_says_no(forgetful, upstream):
    upstream.use(OK)
    with forgetful.client() as client:
        answer = client.responses.create(model="translated", input="Hi", store=True)
        assert answer.to_dict()["store"] is False
        events = list(client.responses.create(model="translated", input="Hi", stream=True))
    assert events[-1].response.to_dict()["store"] is False


def test_a_backend_that_keeps_responses_itself_is_asked_where_it_is_the_only_one(
    forgetful, upstream
):
    upstream.use(OK)
    with forgetful.client() as client:
        client.responses.create(model="relayed", input="Hi", previous_response_id="resp_9")
        assert sent(upstream)["previous_response_id"] == "resp_9"
        client.responses.create(model="relayed", input="Hi", conversation="conv_9")
        assert sent(upstream)["conversation"] == "conv_9"
        with pytest.raises(openai.BadRequestError, match="conversation"):
            client.responses.create(model="either", input="Hi", conversation="conv_9")


def test_a_conversation_goes_on(ada, upstream):
    upstream.use(says(said("I am fine.")))
    first = ada.responses.create(model="translated", input="How are you?", instructions="Be kind.")
    assert first.to_dict()["store"] is True
    second = ada.responses.create(
        model="translated", input="Really?", previous_response_id=first.id
    )
    assert second.previous_response_id == first.id
    assert sent(upstream)["messages"] == [
        {"role": "user", "content": "How are you?"},
        {"role": "assistant", "content": "I am fine."},
        {"role": "user", "content": "Really?"},
    ]
    ada.responses.create(
        model="translated",
        input="And?",
        previous_response_id=second.id,
        instructions="Be brief.",
    )
    assert [message["role"] for message in sent(upstream)["messages"]] == [
        "system",
        *["user", "assistant"] * 2,
        "user",
    ]


def test_a_streamed_conversation_goes_on_with_the_result_of_a_tool(ada, upstream):
    upstream.use(says(called(Call("f", '{"a":1}'))))
    stream = ada.responses.stream(model="translated", input="Call f", tools=[TOOL])
    with stream as events:
        first = events.get_final_response()
    (call,) = first.output
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "7"}
    upstream.use(says(said("Seven.")))
    second = list(
        ada.responses.create(
            model="translated",
            input=[result],
            previous_response_id=first.id,
            tools=[TOOL],
            stream=True,
        )
    )
    assert [event.sequence_number for event in second] == list(range(len(second)))
    whole = {event.response.previous_response_id for event in second if hasattr(event, "response")}
    assert whole == {first.id}
    assert [message["role"] for message in sent(upstream)["messages"]] == [
        "user",
        "assistant",
        "tool",
    ]
    assert ada.responses.retrieve(second[-1].response.id).output_text == "Seven."


def test_a_response_can_be_read_listed_and_dropped(ada, keeping):
    given = [
        {"role": "user", "content": "One"},
        {"role": "assistant", "content": "Two"},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "x"},
    ]
    answer = ada.responses.create(model="translated", input=given)
    again = ada.responses.retrieve(answer.id)
    assert again.to_dict() == answer.to_dict()
    Response.model_validate_json(again.to_json(), strict=True)
    items = list(ada.responses.input_items.list(answer.id, order="asc", limit=2))
    assert [item.type for item in items] == [
        "message",
        "message",
        "function_call",
        "function_call_output",
    ]
    newest = ada.responses.input_items.list(answer.id, limit=1)
    assert (newest.data[0].type, newest.has_more) == ("function_call_output", True)
    page = httpx.get(
        f"{keeping.base_url}/responses/{answer.id}/input_items",
        headers={"authorization": f"Bearer {ADA}"},
    )
    ResponseItemList.model_validate_json(page.content, strict=True)
    ada.responses.delete(answer.id)
    for act in (ada.responses.retrieve, ada.responses.delete, ada.responses.input_items.list):
        with pytest.raises(openai.NotFoundError):
            act(answer.id)
    with pytest.raises(openai.BadRequestError) as caught:
        ada.responses.create(model="translated", input="Hi", previous_response_id=answer.id)
    assert caught.value.code == "previous_response_not_found"


def test_another_key_s_response_is_not_found(ada, bob):
    answer = ada.responses.create(model="translated", input="A secret")
    with pytest.raises(openai.NotFoundError):
        bob.responses.retrieve(answer.id)
    with pytest.raises(openai.NotFoundError):
        bob.responses.delete(answer.id)
    with pytest.raises(openai.BadRequestError):
        bob.responses.create(model="translated", input="Hi", previous_response_id=answer.id)
    assert ada.responses.retrieve(answer.id).id == answer.id


def test_nobody_without_a_key_reads_anything(keeping):
    for method, path in [("GET", ""), ("DELETE", ""), ("GET", "/input_items"), ("POST", "/cancel")]:
        reply = httpx.request(method, f"{keeping.base_url}/responses/resp_1{path}")
        assert reply.status_code == 401


def test_what_is_not_to_be_stored_is_not(ada):
    answer = ada.responses.create(model="translated", input="Hi", store=False)
    assert answer.to_dict()["store"] is False
    with pytest.raises(openai.NotFoundError):
        ada.responses.retrieve(answer.id)


def test_a_response_of_the_backend_s_own_goes_on_there_and_elsewhere_by_its_items(ada, upstream):
    upstream.use(says(Answer(reasoning=("Hm.",), pieces=("Fine.",))))
    first = ada.responses.create(model="relayed", input="How are you?")
    ada.responses.create(model="relayed", input="Really?", previous_response_id=first.id)
    assert sent(upstream)["previous_response_id"] == first.id
    assert sent(upstream)["input"] == "Really?"
    ada.responses.create(model="either", input="Really?", previous_response_id=first.id)
    assert "previous_response_id" not in sent(upstream)
    kinds = [(item["type"], "id" in item) for item in sent(upstream)["input"]]
    assert kinds == [("message", False)] * 3
    ada.responses.create(model="translated", input="Really?", previous_response_id=first.id)
    assert [message["content"] for message in sent(upstream)["messages"]] == [
        "How are you?",
        "Fine.",
        "Really?",
    ]


def test_bad_questions_about_a_response_are_refused_in_words(ada):
    answer = ada.responses.create(model="translated", input="Hi")
    with pytest.raises(openai.BadRequestError, match="limit"):
        ada.responses.input_items.list(answer.id, limit=0)
    with pytest.raises(openai.BadRequestError, match="order"):
        ada.responses.input_items.list(answer.id, order="up")  # type: ignore[arg-type]
    with pytest.raises(openai.BadRequestError, match="after"):
        ada.responses.input_items.list(answer.id, after="nothing")
    with pytest.raises(openai.BadRequestError, match="stream"):
        list(ada.responses.retrieve(answer.id, stream=True))
