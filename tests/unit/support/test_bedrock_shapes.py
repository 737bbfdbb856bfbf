"""The stand-in for Bedrock answers AWS's own SDK, and says what its description allows."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

from support.answers import Answer, Call, called, said
from support.bedrock_shapes import ACCESS_KEY, SECRET_KEY
from support.behaviours import ERROR_AFTER_CONTENT, OK, RATE_LIMITED, THINKS, says
from support.upstream import Upstream

MODEL = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
ASKED: list[dict[str, Any]] = [{"role": "user", "content": [{"text": "Hi"}]}]
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = {"tools": [{"toolSpec": {"name": "get_weather", "inputSchema": {"json": SCHEMA}}}]}


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream(OK) as upstream:
        yield upstream


def client_of(upstream: Upstream, secret: str = SECRET_KEY) -> Any:
    return boto3.client(
        "bedrock-runtime",
        endpoint_url=upstream.root_url,
        region_name="eu-central-1",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}),
    )


@pytest.fixture
def client(upstream: Upstream) -> Iterator[Any]:
    client = client_of(upstream)
    yield client
    client.close()


def streamed(client: Any, **more: Any) -> list[dict[str, Any]]:
    """The events of a stream, whose connection is closed however it ends."""
    answer = client.converse_stream(modelId=MODEL, messages=ASKED, **more)
    with closing(answer["stream"]) as stream:
        return list(stream)


def test_a_chat_is_answered(client: Any) -> None:
    answer = client.converse(modelId=MODEL, messages=ASKED)
    text = "Hello from the upstream, in five pieces."
    assert answer["output"]["message"]["content"] == [{"text": text}]
    assert (answer["stopReason"], answer["usage"]["inputTokens"]) == ("end_turn", 12)


def test_only_a_true_signature_is_taken(upstream: Upstream) -> None:
    client = client_of(upstream, secret="another")
    with pytest.raises(ClientError, match="signature"):
        client.converse(modelId=MODEL, messages=ASKED)
    client.close()


def test_a_stream_says_the_same_in_pieces(client: Any, upstream: Upstream) -> None:
    upstream.use(THINKS)
    events = streamed(client)
    assert [next(iter(e)) for e in events][-2:] == ["messageStop", "metadata"]
    deltas = [e["contentBlockDelta"]["delta"] for e in events if "contentBlockDelta" in e]
    thoughts = [d["reasoningContent"] for d in deltas if "reasoningContent" in d]
    assert "".join(t.get("text", "") for t in thoughts) == "First I count."
    assert thoughts[-1].keys() == {"signature"}
    assert "".join(d.get("text", "") for d in deltas) == "It is four."
    assert events[-1]["metadata"]["usage"]["outputTokens"] == 4


def test_calls_are_whole_and_in_pieces(client: Any, upstream: Upstream) -> None:
    upstream.use(says(called(Call("get_weather", '{"city":"Paris"}'))))
    answer = client.converse(modelId=MODEL, messages=ASKED, toolConfig=TOOLS)
    (block,) = answer["output"]["message"]["content"]
    assert (block["toolUse"]["input"], answer["stopReason"]) == ({"city": "Paris"}, "tool_use")
    events = streamed(client, toolConfig=TOOLS)
    deltas = [e["contentBlockDelta"]["delta"] for e in events if "contentBlockDelta" in e]
    assert "".join(d["toolUse"]["input"] for d in deltas) == '{"city":"Paris"}'


def test_a_schema_is_obeyed(client: Any) -> None:
    described = {"jsonSchema": {"schema": json.dumps(SCHEMA)}}
    wanted = {"textFormat": {"type": "json_schema", "structure": described}}
    answer = client.converse(modelId=MODEL, messages=ASKED, outputConfig=wanted)
    assert json.loads(answer["output"]["message"]["content"][0]["text"]).keys() == {"city"}


def test_errors_are_the_sdks(client: Any, upstream: Upstream) -> None:
    upstream.use(RATE_LIMITED)
    with pytest.raises(ClientError) as caught:
        client.converse(modelId=MODEL, messages=ASKED)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    upstream.use(ERROR_AFTER_CONTENT)
    with pytest.raises(EventStreamError, match="The model crashed"):
        streamed(client)


def test_what_the_service_would_refuse_is_refused(client: Any) -> None:
    for bad in ([ASKED[0], ASKED[0]], [{**ASKED[0], "role": "assistant"}]):
        with pytest.raises(ClientError, match="alternate"):
            client.converse(modelId=MODEL, messages=bad)


def test_a_cut_at_the_limit_and_nothing_at_all_are_said(client: Any, upstream: Upstream) -> None:
    upstream.use(says(said("Once upon", finish="length")), says(Answer()))
    assert client.converse(modelId=MODEL, messages=ASKED)["stopReason"] == "max_tokens"
    assert client.converse(modelId=MODEL, messages=ASKED)["output"]["message"]["content"] == []
