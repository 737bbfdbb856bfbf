"""What goes wrong, and what cannot be said, as the official SDK sees it over `/v1/responses`."""

from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import OpenAI

from support.behaviours import (
    BAD_REQUEST,
    CUT,
    ERROR_AFTER_CONTENT,
    OK,
    RATE_LIMITED_FOR_A_SECOND,
    SERVER_ERROR,
)
from support.headgate_server import HeadgateServer
from support.responses_ways import ENVIRONMENT, WAYS, Way, two_ways
from support.upstream import Upstream

REFUSALS = {
    "bad-request": (BAD_REQUEST, openai.BadRequestError),
    "rate-limit": (RATE_LIMITED_FOR_A_SECOND, openai.RateLimitError),
    "server-error": (SERVER_ERROR, openai.InternalServerError),
}
BREAKS = {"cut": CUT, "error-inside": ERROR_AFTER_CONTENT}
FAULTS = tuple(f"{name}-{how}" for name in (*REFUSALS, *BREAKS) for how in ("whole", "stream"))


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream(OK) as upstream:
        yield upstream


@pytest.fixture(scope="module")
def server(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    with HeadgateServer(
        tmp_path_factory.mktemp("headgate"), two_ways(upstream, FAULTS), env=ENVIRONMENT
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


@pytest.mark.parametrize("fault", REFUSALS)
@pytest.mark.parametrize("is_stream", [False, True], ids=["whole", "stream"])
def test_errors_are_the_sdk_s_own(way, fault, is_stream):
    behaviour, error = REFUSALS[fault]
    way.upstream.use(behaviour)
    model = f"{way.name}-{fault}-{'stream' if is_stream else 'whole'}"
    with pytest.raises(error) as caught:
        way.client.responses.create(model=model, input="Hi", stream=is_stream)
    assert caught.value.message


@pytest.mark.parametrize("fault", BREAKS)
@pytest.mark.parametrize("way", ["relayed", "translated"], indirect=True)
def test_a_stream_that_breaks_off_is_an_error_and_no_end(way, fault):
    way.upstream.use(BREAKS[fault])
    model = f"{way.name}-{fault}-stream"
    stream = way.client.responses.create(model=model, input="Hi", stream=True)
    events: list[Any] = []
    with pytest.raises(openai.APIError) as caught:
        events.extend(stream)
    names = [event.type for event in events]
    assert "response.output_text.delta" in names
    assert "response.completed" not in names
    assert caught.value.message


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"tools": [{"type": "web_search"}]}, "tools[0]"),
        ({"tools": [{"type": "custom", "name": "sql"}]}, "tools[0]"),
        ({"tool_choice": {"type": "mcp", "server_label": "x"}}, "tool_choice"),
        ({"prompt": {"id": "pmpt_1"}}, "prompt"),
        ({"top_logprobs": 2}, "top_logprobs"),
        ({"include": ["message.output_text.logprobs"]}, "include"),
        ({"truncation": "auto"}, "truncation"),
        ({"given": [{"type": "item_reference", "id": "msg_1"}]}, "input[0]"),
        ({"given": [{"type": "compaction", "encrypted_content": "x"}]}, "input[0]"),
    ],
)
@pytest.mark.parametrize("way", ["relayed", "translated"], indirect=True)
def test_what_only_this_api_has_is_relayed_or_refused_by_name(way, more, param):
    if way.name == "relayed":
        assert way.ask(**more).status == "completed"
        return
    with pytest.raises(openai.BadRequestError) as caught:
        way.ask(**more)
    assert caught.value.param == param
    assert param in caught.value.message


@pytest.mark.parametrize("way", ["relayed", "translated"], indirect=True)
def test_nothing_is_done_in_the_background(way):
    with pytest.raises(openai.BadRequestError, match="background"):
        way.ask(background=True)


@pytest.mark.parametrize("route", ["either", "other-way"])
def test_what_one_target_cannot_say_goes_to_the_one_that_can(server, upstream, route):
    upstream.use(OK)
    with server.client() as client:
        answer = client.responses.create(model=route, input="Hi", tools=[{"type": "web_search"}])
    assert answer.status == "completed"
    assert upstream.requests[-1].path == "/v1/responses"
