"""The official SDK speaks the Responses API to Headgate, whatever the backend speaks.

Three ways: the stand-in itself, which judges the stand-in; relayed to it as OpenAI's API;
translated for a backend that knows Chat Completions only. The SDK must not see a difference.
"""

import json
from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest
from openai import OpenAI
from pydantic import BaseModel

from support.answers import Answer, Call, called, said
from support.behaviours import OK, REFUSAL_FIELD, THINKS, TRUNCATED, says
from support.conversations import PIXEL
from support.headgate_server import HeadgateServer
from support.published import check_stream
from support.responses_ways import ENVIRONMENT, WAYS, Way, two_ways
from support.upstream import Upstream

WEATHER = {
    "type": "function",
    "name": "get_weather",
    "description": "Weather of a city",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}
TIME = {**WEATHER, "name": "get_time", "description": "Time in a city"}


class Greeting(BaseModel):
    greeting: str
    loudness: int


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream(OK) as upstream:
        yield upstream


@pytest.fixture(scope="module")
def server(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    with HeadgateServer(
        tmp_path_factory.mktemp("headgate"), two_ways(upstream), env=ENVIRONMENT
    ) as server:
        yield server
        assert "Traceback" not in server.said


@pytest.fixture(params=WAYS)
def way(
    request: pytest.FixtureRequest, upstream: Upstream, server: HeadgateServer
) -> Iterator[Way]:
    base_url = upstream.base_url if request.param == "itself" else server.base_url
    upstream.use(OK)
    with OpenAI(base_url=base_url, api_key="any", max_retries=0, timeout=20) as client:
        yield Way(request.param, client, upstream)


def test_an_answer(way):
    answer = way.ask(
        "Hi",
        instructions="Be brief.",
        max_output_tokens=50,
        temperature=0.5,
        metadata={"team": "red"},
        user="ada",
    )
    assert answer.output_text == "Hello from the upstream, in five pieces."
    assert answer.status == "completed"
    assert answer.id.startswith("resp_")
    assert answer.output[0].type == "message"
    assert (answer.instructions, answer.max_output_tokens) == ("Be brief.", 50)
    assert answer.metadata == {"team": "red"}
    assert answer.usage is not None
    assert answer.usage.input_tokens == 12
    assert answer.usage.total_tokens == 12 + answer.usage.output_tokens


def test_what_is_relayed_arrives_as_it_was_sent_and_what_is_translated_in_other_words(way):
    new = {} if way.name == "translated" else {"brand_new": {"x": 1}}
    way.ask("Hi", instructions="Be brief.", extra_body=new)
    path = way.upstream.requests[-1].path
    if way.name == "translated":
        assert path == "/v1/chat/completions"
        assert way.sent["messages"] == [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
        ]
        assert "store" not in way.sent
    else:
        assert path == "/v1/responses"
        model = "real" if way.name == "relayed" else way.name
        asked = {"input": "Hi", "instructions": "Be brief.", **new}
        assert way.sent == {"model": model, **asked}


def test_a_stream_has_named_events_in_their_order(way):
    events = way.events()
    names = [event.type for event in events]
    assert names[:4] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
    ]
    assert set(names[4:-4]) == {"response.output_text.delta"}
    assert names[-4:] == [
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert len({event.response.id for event in events if hasattr(event, "response")}) == 1
    deltas = [e.delta for e in events if e.type == "response.output_text.delta"]
    assert len(deltas) > 2
    final = events[-1].response
    assert final.output_text == "".join(deltas)
    assert final.usage.input_tokens == 12


def test_the_sdk_s_own_accumulating_stream(way):
    with way.client.responses.stream(model=way.name, input="Hi") as stream:
        texts = [event.snapshot for event in stream if event.type == "response.output_text.delta"]
        final = stream.get_final_response()
    assert texts[-1] == final.output_text == "Hello from the upstream, in five pieces."


def test_a_call_of_a_tool_and_the_turn_after_it(way):
    question: list[Any] = [{"role": "user", "content": "Weather?"}]
    answer = way.ask(question, tools=[WEATHER])
    (call,) = [item for item in answer.output if item.type == "function_call"]
    assert call.name == "get_weather"
    assert set(json.loads(call.arguments)) == {"city"}
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
    after = way.ask([*question, *answer.output, result], tools=[WEATHER])
    assert after.output_text == "Hello from the upstream, in five pieces."
    if way.name == "translated":
        *_, asked, told = way.sent["messages"]
        assert [made["id"] for made in asked["tool_calls"]] == [call.call_id]
        assert told == {"role": "tool", "tool_call_id": call.call_id, "content": "sunny"}


def test_parallel_calls_in_a_stream(way):
    two = called(Call("get_weather", '{"city":"Paris"}'), Call("get_time", '{"city":"Rome"}'))
    way.upstream.use(says(two))
    with way.client.responses.stream(
        model=way.name, input="Both?", tools=[WEATHER, TIME], parallel_tool_calls=True
    ) as stream:
        events = list(stream)
    done = [e for e in events if e.type == "response.function_call_arguments.done"]
    assert [json.loads(event.arguments)["city"] for event in done] == ["Paris", "Rome"]
    calls = events[-1].response.output
    assert [(call.type, call.name) for call in calls] == [
        ("function_call", "get_weather"),
        ("function_call", "get_time"),
    ]
    assert len({call.call_id for call in calls}) == 2
    assert [call.parsed_arguments["city"] for call in calls] == ["Paris", "Rome"]


@pytest.mark.parametrize(
    ("choice", "named"),
    [
        ("required", "get_weather"),
        ({"type": "function", "name": "get_time"}, "get_time"),
        (
            {
                "type": "allowed_tools",
                "mode": "required",
                "tools": [{"type": "function", "name": "get_time"}],
            },
            None,
        ),
    ],
)
def test_a_forced_call(way, choice, named):
    answer = way.ask("Which?", tools=[WEATHER, TIME], tool_choice=choice)
    (call,) = answer.output
    if named is None and way.name == "translated":
        assert [tool["function"]["name"] for tool in way.sent["tools"]] == ["get_time"]
        assert way.sent["tool_choice"] == "required"
    elif named is not None:
        assert call.name == named


def test_structured_output(way):
    answer = way.client.responses.parse(model=way.name, input="Greet", text_format=Greeting)
    assert isinstance(answer.output_parsed, Greeting)
    with way.client.responses.stream(model=way.name, input="Hi", text_format=Greeting) as stream:
        assert isinstance(stream.get_final_response().output_parsed, Greeting)
    if way.name == "translated":
        wanted = way.sent["response_format"]["json_schema"]
        assert (wanted["name"], wanted["strict"]) == ("Greeting", True)


def test_pictures_and_files(way):
    parts = [
        {"type": "input_text", "text": "What is this?"},
        {"type": "input_image", "image_url": f"data:image/png;base64,{PIXEL}", "detail": "low"},
        {
            "type": "input_file",
            "filename": "a.pdf",
            "file_data": "data:application/pdf;base64,JVA=",
        },
    ]
    assert way.ask([{"role": "user", "content": parts}]).output_text
    if way.name == "translated":
        _, picture, file = way.sent["messages"][0]["content"]
        url = f"data:image/png;base64,{PIXEL}"
        assert picture == {"type": "image_url", "image_url": {"url": url, "detail": "low"}}
        assert file["file"]["filename"] == "a.pdf"


def test_thoughts_come_as_reasoning_items(way):
    way.upstream.use(THINKS)
    whole = way.ask("Two and two?", reasoning={"effort": "low", "summary": "auto"})
    assert [item.type for item in whole.output] == ["reasoning", "message"]
    assert whole.output[0].summary[0].text == "First I count."
    names = [event.type for event in way.events("Two and two?")]
    assert names[2:6] == [
        "response.output_item.added",
        "response.reasoning_summary_part.added",
        "response.reasoning_summary_text.delta",
        "response.reasoning_summary_text.delta",
    ]
    assert "response.reasoning_summary_part.done" in names
    if way.name == "translated":
        again = way.ask(
            [{"role": "user", "content": "Q"}, *whole.output, {"role": "user", "content": "?"}]
        )
        assert again.output_text
        assert way.sent["messages"][1]["reasoning_content"] == "First I count."


def test_a_refusal_is_one(way):
    way.upstream.use(REFUSAL_FIELD)
    answer = way.ask("Do evil")
    assert answer.output[0].content[0].type == "refusal"
    deltas = [e.delta for e in way.events("Do evil") if e.type == "response.refusal.delta"]
    assert "".join(deltas) == answer.output[0].content[0].refusal == "I can't help with that."


def test_an_answer_that_ran_out_of_tokens_is_incomplete(way):
    way.upstream.use(TRUNCATED)
    answer = way.ask("Go on")
    assert answer.status == "incomplete"
    assert answer.incomplete_details is not None
    assert answer.incomplete_details.reason == "max_output_tokens"
    assert way.events("Go on")[-1].type == "response.incomplete"


@pytest.mark.parametrize("way", ["relayed", "translated"], indirect=True)
def test_every_byte_of_a_stream_is_as_published(way, server):
    way.upstream.use(says(Answer(reasoning=("Hm.",), pieces=("Yes", "."))))
    asked = {"model": way.name, "input": "Hi", "stream": True}
    reply = httpx.post(f"{server.base_url}/responses", json=asked, timeout=20)
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert check_stream("openai_responses", reply.content)[-1].type == "response.completed"


def test_usage_reaches_the_ledger_from_both(server, upstream):
    upstream.use(says(said("One two three", cached_tokens=5)))
    with server.client() as client:
        for route in ("relayed", "translated"):
            answer = client.responses.create(model=route, input="count me")
            assert answer.usage is not None
            assert answer.usage.input_tokens_details.cached_tokens == 5
    for target in ("cloud", "box"):
        row = server.ledger_rows(where={"target": target, "cache_read_tokens": 5})[-1]
        assert (row["input_tokens"], row["output_tokens"]) == (12, 3)
