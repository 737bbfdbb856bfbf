"""The stand-in for Gemini answers Google's own SDK, and says what its types allow."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from google.genai import Client, errors, types

from support.answers import Answer, Call, called, said
from support.behaviours import ERROR_AFTER_CONTENT, OK, RATE_LIMITED, THINKS, says
from support.gemini_shapes import RETRY_AFTER_S
from support.upstream import Upstream

MODEL = "gemini-3.8-flash"
TOOL = types.Tool(
    function_declarations=[
        types.FunctionDeclaration(
            name="get_weather",
            parameters_json_schema={
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
            },
        )
    ]
)


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream(OK) as upstream:
        yield upstream


@pytest.fixture
def client(upstream: Upstream) -> Iterator[Client]:
    options = types.HttpOptions(base_url=upstream.root_url, timeout=10_000)
    with Client(api_key="any", http_options=options) as client:
        yield client


def strict(answer: types.GenerateContentResponse) -> types.GenerateContentResponse:
    """The answer, read again without anything its types do not know."""
    body = answer.model_dump(exclude_none=True, exclude={"sdk_http_response"})
    return types.GenerateContentResponse.model_validate(body)


def test_a_chat_is_answered(client: Client) -> None:
    answer = strict(client.models.generate_content(model=MODEL, contents="Hi"))
    assert answer.text == "Hello from the upstream, in five pieces."
    assert answer.candidates[0].finish_reason == types.FinishReason.STOP
    assert answer.usage_metadata.prompt_token_count == 12


def test_a_stream_says_the_same_in_pieces(client: Client, upstream: Upstream) -> None:
    upstream.use(THINKS)
    pieces = list(client.models.generate_content_stream(model=MODEL, contents="Hi"))
    parts = [part for piece in pieces for part in strict(piece).candidates[0].content.parts]
    assert "".join(part.text for part in parts if part.thought) == "First I count."
    assert "".join(part.text for part in parts if not part.thought) == "It is four."
    assert parts[-1].thought_signature == b"thought 1"
    assert pieces[-1].usage_metadata.thoughts_token_count == 2
    assert upstream.requests[0].query == "alt=sse"


def test_calls_come_with_a_proof_that_must_go_back(client: Client, upstream: Upstream) -> None:
    upstream.use(says(called(Call("get_weather", '{"city":"Paris"}'), Call("now", "{}"))), OK)
    config = types.GenerateContentConfig(tools=[TOOL])
    asked: list[Any] = [types.UserContent("Weather?")]
    answer = client.models.generate_content(model=MODEL, contents=asked, config=config)
    first, second = answer.candidates[0].content.parts
    assert (first.function_call.args, first.thought_signature) == ({"city": "Paris"}, b"thought 1")
    assert second.thought_signature is None
    results = [
        types.Part(function_response=types.FunctionResponse(id=c.id, name=c.name, response={}))
        for c in answer.function_calls
    ]
    asked += [answer.candidates[0].content, types.Content(role="user", parts=results)]
    assert client.models.generate_content(model=MODEL, contents=asked, config=config).text
    first.thought_signature = None
    with pytest.raises(errors.ClientError, match="missing a thought_signature"):
        client.models.generate_content(model=MODEL, contents=asked, config=config)


def test_a_schema_is_obeyed(client: Client) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    config = types.GenerateContentConfig(
        response_mime_type="application/json", response_json_schema=schema
    )
    answer = client.models.generate_content(model=MODEL, contents="Hi", config=config)
    assert isinstance(json.loads(answer.text)["n"], int)


def test_errors_are_the_sdks(client: Client, upstream: Upstream) -> None:
    upstream.use(RATE_LIMITED)
    with pytest.raises(errors.ClientError) as caught:
        client.models.generate_content(model=MODEL, contents="Hi")
    assert (caught.value.code, caught.value.status) == (429, "RESOURCE_EXHAUSTED")
    assert f"{RETRY_AFTER_S}s" in str(caught.value.details)
    upstream.use(ERROR_AFTER_CONTENT)
    with pytest.raises(errors.APIError, match="The model crashed"):
        list(client.models.generate_content_stream(model=MODEL, contents="Hi"))


def test_embeddings_and_models(client: Client) -> None:
    config = types.EmbedContentConfig(output_dimensionality=3)
    found = client.models.embed_content(model="e", contents=["one", "two"], config=config)
    assert [len(each.values) for each in found.embeddings] == [3, 3]
    assert [model.name for model in client.models.list()] == ["models/test-model"]


def test_a_cut_at_the_limit_is_said(client: Client, upstream: Upstream) -> None:
    upstream.use(says(said("Once upon", finish="length")), says(Answer()))
    answer = client.models.generate_content(model=MODEL, contents="Hi")
    assert answer.candidates[0].finish_reason == types.FinishReason.MAX_TOKENS
    assert client.models.generate_content(model=MODEL, contents="Hi").text is None
