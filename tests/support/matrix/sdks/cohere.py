"""`cohere`, version 2 of its API."""

import json
from collections.abc import Iterator
from typing import Any

import cohere
from cohere.core.api_error import ApiError

from support.matrix.question import About, Called, Complaint, Question, Said, Unsayable
from support.matrix.sdks.openai_chat import messages, tools


class Cohere:
    """`ClientV2.chat`."""

    about = About(
        name="cohere",
        title="`cohere`, `ClientV2`",
        package="cohere",
        endings={"stop": "COMPLETE", "length": "MAX_TOKENS", "tool_calls": "TOOL_CALL"},
        forces=frozenset({"required"}),
        complaints={
            400: "BadRequestError",
            401: "UnauthorizedError",
            404: "NotFoundError",
            429: "TooManyRequestsError",
        },
        errors=(ApiError,),
    )

    def __init__(self, root_url: str, key: str) -> None:
        self._client = cohere.ClientV2(key, base_url=root_url, max_retries=0, timeout=20)

    def ask(self, model: str, question: Question) -> Said:
        answer = self._client.chat(**_request(model, question))
        texts = [part.text for part in answer.message.content or () if part.type == "text"]
        calls = [
            Called(
                id=call.id, name=call.function.name, arguments=json.loads(call.function.arguments)
            )
            for call in answer.message.tool_calls or ()
        ]
        return _said(calls, tuple(texts), answer.finish_reason, answer.usage)

    def stream(self, model: str, question: Question) -> Iterator[str | Said]:
        pieces: list[str] = []
        calls: list[dict[str, str]] = []
        for event in self._client.chat_stream(**_request(model, question)):
            if event.type == "content-delta":
                pieces.append(event.delta.message.content.text)
                yield pieces[-1]
            elif event.type == "tool-call-start":
                begun = event.delta.message.tool_calls
                named = {"id": begun.id, "name": begun.function.name}
                calls.append({**named, "arguments": begun.function.arguments or ""})
            elif event.type == "tool-call-delta":
                calls[-1]["arguments"] += event.delta.message.tool_calls.function.arguments
            elif event.type == "message-end":
                whole = [
                    Called(id=c["id"], name=c["name"], arguments=json.loads(c["arguments"]))
                    for c in calls
                ]
                yield _said(whole, tuple(pieces), event.delta.finish_reason, event.delta.usage)

    def complaint(self, error: Exception) -> Complaint:
        assert isinstance(error, ApiError)
        assert error.status_code is not None
        message = error.body["message"]
        return Complaint(kind=type(error).__name__, status=error.status_code, message=message)

    def close(self) -> None:
        self._client._client_wrapper.httpx_client.httpx_client.close()


def _request(model: str, question: Question) -> dict[str, Any]:
    found: dict[str, Any] = {
        "model": model,
        "messages": messages(question),
        "max_tokens": question.most_tokens,
        "temperature": 0 if question.greedy else 1,
    }
    if question.tools:
        found["tools"] = tools(question)
    if question.choice == "required":
        found["tool_choice"] = "REQUIRED"
    elif question.choice != "auto":
        raise Unsayable("`tool_choice` is `REQUIRED` or `NONE`")
    if question.schema is not None:
        found["response_format"] = {"type": "json_object", "json_schema": question.schema}
    return found


def _said(calls: list[Called], pieces: tuple[str, ...], ending: Any, usage: Any) -> Said:
    return Said(
        pieces=pieces,
        calls=tuple(calls),
        ending=ending,
        input_tokens=int(usage.tokens.input_tokens),
        output_tokens=int(usage.tokens.output_tokens),
        cached_tokens=int(usage.cached_tokens or 0),
        model="",
        turn={
            "role": "assistant",
            "tool_calls": [
                {
                    "id": call.id,
                    "type": "function",
                    "function": {"name": call.name, "arguments": json.dumps(call.arguments)},
                }
                for call in calls
            ],
        },
    )
