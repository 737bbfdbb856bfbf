"""`boto3`, Bedrock's Converse: only to ask the stand-in itself."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from support.bedrock_shapes import ACCESS_KEY, SECRET_KEY
from support.matrix.question import About, Called, Complaint, Question, Said


class Bedrock:
    """`client.converse`."""

    about = About(
        name="bedrock",
        title="`boto3`",
        package="boto3",
        endings={"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"},
        complaints={400: "ValidationException", 429: "ThrottlingException"},
        errors=(ClientError,),
    )

    def __init__(self, root_url: str, key: str) -> None:
        self._client = boto3.client(
            "bedrock-runtime",
            endpoint_url=root_url,
            region_name="eu-central-1",
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            config=Config(retries={"total_max_attempts": 1}, read_timeout=20),
        )

    def ask(self, model: str, question: Question) -> Said:
        answer = self._client.converse(**_request(model, question))
        content = answer["output"]["message"]["content"]
        texts = tuple(block["text"] for block in content if "text" in block)
        return _said(content, texts, answer["stopReason"], answer["usage"])

    def stream(self, model: str, question: Question) -> Iterator[str | Said]:
        content: list[dict[str, Any]] = []
        pieces: list[str] = []
        ending = ""
        with closing(self._client.converse_stream(**_request(model, question))["stream"]) as events:
            for event in events:
                if "contentBlockStart" in event:
                    content.append({"toolUse": event["contentBlockStart"]["start"]["toolUse"]})
                    content[-1]["toolUse"]["input"] = ""
                elif "contentBlockDelta" in event:
                    delta = event["contentBlockDelta"]["delta"]
                    if "text" in delta:
                        pieces.append(delta["text"])
                        yield pieces[-1]
                    else:
                        content[-1]["toolUse"]["input"] += delta["toolUse"]["input"]
                elif "messageStop" in event:
                    ending = event["messageStop"]["stopReason"]
                elif "metadata" in event:
                    for block in content:
                        block["toolUse"]["input"] = json.loads(block["toolUse"]["input"])
                    yield _said(content, tuple(pieces), ending, event["metadata"]["usage"])

    def complaint(self, error: Exception) -> Complaint:
        assert isinstance(error, ClientError)
        said = error.response["Error"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return Complaint(kind=said["Code"], status=status, message=said["Message"])

    def close(self) -> None:
        self._client.close()


def _request(model: str, question: Question) -> dict[str, Any]:
    temperature = 0 if question.greedy else 1
    found: dict[str, Any] = {
        "modelId": model,
        "messages": _messages(question),
        "inferenceConfig": {"maxTokens": question.most_tokens, "temperature": temperature},
    }
    if question.system:
        found["system"] = [{"text": question.system}]
    if question.tools:
        found["toolConfig"] = _tools(question)
    if question.schema is not None:
        schema = {"schema": json.dumps(question.schema), "name": "verdict"}
        form = {"type": "json_schema", "structure": {"jsonSchema": schema}}
        found["outputConfig"] = {"textFormat": form}
    return found


def _tools(question: Question) -> dict[str, Any]:
    specs = [
        {
            "toolSpec": {
                "name": tool.name,
                "description": tool.description,
                "inputSchema": {"json": tool.parameters},
            }
        }
        for tool in question.tools
    ]
    if question.choice == "auto":
        return {"tools": specs}
    named = {"tool": {"name": question.choice}}
    return {"tools": specs, "toolChoice": {"any": {}} if question.choice == "required" else named}


def _messages(question: Question) -> list[Any]:
    content: list[Any] = [{"text": question.text}]
    if question.picture is not None:
        content.append({"image": {"format": "png", "source": {"bytes": question.picture}}})
    found: list[Any] = [{"role": "user", "content": content}]
    if question.answered is not None:
        results = [
            {"toolResult": {"toolUseId": call.id, "content": [{"text": result}]}}
            for call, result in zip(question.answered.calls, question.results, strict=True)
        ]
        found += [question.answered.turn, {"role": "user", "content": results}]
    return found


def _said(content: list[Any], pieces: tuple[str, ...], ending: str, usage: Any) -> Said:
    uses = [block["toolUse"] for block in content if "toolUse" in block]
    cached = usage.get("cacheReadInputTokens", 0)
    return Said(
        pieces=pieces,
        calls=tuple(
            Called(id=use["toolUseId"], name=use["name"], arguments=use["input"]) for use in uses
        ),
        ending=ending,
        input_tokens=usage["inputTokens"] + cached + usage.get("cacheWriteInputTokens", 0),
        output_tokens=usage["outputTokens"],
        cached_tokens=cached,
        model="",
        turn={"role": "assistant", "content": [{"toolUse": use} for use in uses]},
    )
