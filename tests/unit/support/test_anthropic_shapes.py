"""The stand-in for Anthropic's API against the official SDK, with no Headgate between them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anthropic
import pytest
from anthropic import Anthropic
from anthropic.types import Message, MessageTokensCount, ModelInfo, RawMessageStreamEvent
from pydantic import TypeAdapter

from support import behaviours as b
from support.answers import Answer, Call, called
from support.anthropic_shapes import SIGNATURE
from support.behaviours import says
from support.upstream import Upstream

HI: Any = [{"role": "user", "content": "hi"}]
TOOL: Any = {
    "name": "get_weather",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
}
EVENT: TypeAdapter[Any] = TypeAdapter(RawMessageStreamEvent)


@contextmanager
def client_of(upstream: Upstream) -> Iterator[Anthropic]:
    with Anthropic(
        base_url=upstream.root_url, api_key="sk-test", max_retries=0, timeout=5
    ) as client:
        yield client


def ask(client: Anthropic, **more: Any) -> Message:
    answer = client.messages.create(model="m", messages=HI, max_tokens=9, **more)
    return Message.model_validate(answer.model_dump(mode="python", warnings="error"), strict=True)


def events(client: Anthropic, **more: Any) -> list[Any]:
    """Raw events, each checked against the published types."""
    with client.messages.create(
        model="m", messages=HI, max_tokens=9, stream=True, **more
    ) as stream:
        found = list(stream)
    for event in found:
        EVENT.validate_python(event.model_dump(mode="python", warnings="error"), strict=True)
    return found


def streamed(client: Anthropic, **more: Any) -> Message:
    with client.messages.stream(model="m", messages=HI, max_tokens=9, **more) as stream:
        return stream.get_final_message()


def said(answer: Message) -> list[Any]:
    """Blocks without the ids that each answer has of its own."""
    blocks = [block.model_dump(exclude_none=True) for block in answer.content]
    return [{n: v for n, v in block.items() if n != "id"} for block in blocks]


THINKS = says(Answer(reasoning=("First", " I count."), pieces=("It is", " four.")), "thinks")
TWO = says(called(Call("f", '{"a":1}'), Call("g", "{}")), "two calls")


@pytest.mark.parametrize("behaviour", [b.OK, THINKS, TWO, b.TRUNCATED, b.REFUSAL_FIELD, b.EMPTY])
def test_answers_and_streams_satisfy_the_sdks_types_and_agree(behaviour: b.Behaviour) -> None:
    with Upstream(behaviour) as upstream, client_of(upstream) as client:
        answer, stream = ask(client), streamed(client)
        assert events(client)[-1].type == "message_stop"
    assert said(stream) == said(answer)
    assert stream.stop_reason == answer.stop_reason
    assert stream.usage.output_tokens == answer.usage.output_tokens


def test_a_thought_is_signed() -> None:
    with Upstream(THINKS) as upstream, client_of(upstream) as client:
        thought = streamed(client).content[0]
    assert thought.type == "thinking"
    assert thought.signature == SIGNATURE


def test_usage_counts_what_was_cached_apart() -> None:
    cached = says(Answer(pieces=("a",), cached_tokens=5), "cached")
    with Upstream(cached) as upstream, client_of(upstream) as client:
        usage = ask(client).usage
    assert (usage.input_tokens, usage.cache_read_input_tokens) == (7, 5)


def test_a_tool_is_called_until_its_result_is_there() -> None:
    with Upstream() as upstream, client_of(upstream) as client:
        answer = ask(client, tools=[TOOL])
        (call,) = answer.content
        assert call.type == "tool_use"
        assert call.input == {"city": "word"}
        result = {"type": "tool_result", "tool_use_id": call.id, "content": "11"}
        turns: Any = [*HI, answer.to_param(), {"role": "user", "content": [result]}]
        second = client.messages.create(model="m", messages=turns, max_tokens=9, tools=[TOOL])
    assert second.stop_reason == "end_turn"


def test_a_schema_is_kept_to() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    with Upstream() as upstream, client_of(upstream) as client:
        answer = ask(client, output_config={"format": {"type": "json_schema", "schema": schema}})
    assert answer.content[0].type == "text"
    assert '"n"' in answer.content[0].text


@pytest.mark.parametrize(
    ("behaviour", "kind", "word"),
    [
        (b.UNAUTHORIZED, anthropic.AuthenticationError, "authentication_error"),
        (b.NO_SUCH_MODEL, anthropic.NotFoundError, "not_found_error"),
        (b.RATE_LIMITED, anthropic.RateLimitError, "rate_limit_error"),
        (b.SERVER_ERROR, anthropic.InternalServerError, "api_error"),
        (b.ERROR_AFTER_CONTENT, anthropic.APIStatusError, "api_error"),
    ],
    ids=str,
)
def test_faults_are_the_faults_they_claim(
    behaviour: b.Behaviour, kind: type[anthropic.APIStatusError], word: str
) -> None:
    with (
        Upstream(behaviour) as upstream,
        client_of(upstream) as client,
        pytest.raises(kind) as caught,
    ):
        streamed(client)
    assert caught.value.type == word


def test_tokens_are_counted_and_models_listed() -> None:
    with Upstream(models=("a", "b")) as upstream, client_of(upstream) as client:
        count = client.messages.count_tokens(model="m", messages=HI)
        models = list(client.models.list())
    MessageTokensCount.model_validate(count.model_dump(), strict=True)
    for model in models:
        ModelInfo.model_validate(model.model_dump(), strict=True)
    assert [model.id for model in models] == ["a", "b"]
