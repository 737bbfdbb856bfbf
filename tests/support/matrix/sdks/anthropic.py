"""`anthropic`, Messages."""

import base64
from collections.abc import Iterator
from typing import Any

import anthropic

from support.matrix.question import About, Called, Complaint, Question, Said


class Anthropic:
    """`client.messages`."""

    about = About(
        name="anthropic",
        title="`anthropic`, Messages",
        package="anthropic",
        endings={"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"},
        complaints={
            400: "BadRequestError",
            401: "AuthenticationError",
            404: "NotFoundError",
            429: "RateLimitError",
        },
        errors=(anthropic.AnthropicError,),
    )

    def __init__(self, root_url: str, key: str) -> None:
        self._client = anthropic.Anthropic(
            base_url=root_url, api_key=key, max_retries=0, timeout=20
        )

    def ask(self, model: str, question: Question) -> Said:
        answer = self._client.messages.create(**_request(model, question))
        return _said(answer, tuple(block.text for block in answer.content if block.type == "text"))

    def stream(self, model: str, question: Question) -> Iterator[str | Said]:
        with self._client.messages.stream(**_request(model, question)) as events:
            pieces = []
            for text in events.text_stream:
                pieces.append(text)
                yield text
            yield _said(events.get_final_message(), tuple(pieces))

    def complaint(self, error: Exception) -> Complaint:
        assert isinstance(error, anthropic.APIStatusError)
        assert isinstance(error.body, dict)
        assert error.body["type"] == "error"
        message = str(error.body["error"]["message"])
        return Complaint(kind=type(error).__name__, status=error.status_code, message=message)

    def close(self) -> None:
        self._client.close()


def _request(model: str, question: Question) -> dict[str, Any]:
    found: dict[str, Any] = {
        "model": model,
        "messages": _messages(question),
        "max_tokens": question.most_tokens,
        "extra_body": {"temperature": 0 if question.greedy else 1},
    }
    if question.system:
        found["system"] = question.system
    if question.tools:
        found["tools"] = [
            {
                "name": tool.name,
                "description": tool.description,
                "input_schema": tool.parameters,
            }
            for tool in question.tools
        ]
    if question.choice == "required":
        found["tool_choice"] = {"type": "any"}
    elif question.choice != "auto":
        found["tool_choice"] = {"type": "tool", "name": question.choice}
    if question.schema is not None:
        form = {"type": "json_schema", "schema": question.schema}
        found["output_config"] = {"format": form}
    return found


def _messages(question: Question) -> list[Any]:
    content: list[Any] = [{"type": "text", "text": question.text}]
    if question.picture is not None:
        data = base64.b64encode(question.picture).decode()
        source = {"type": "base64", "media_type": "image/png", "data": data}
        content.append({"type": "image", "source": source})
    found: list[Any] = [{"role": "user", "content": content}]
    if question.answered is not None:
        results = [
            {"type": "tool_result", "tool_use_id": call.id, "content": result}
            for call, result in zip(question.answered.calls, question.results, strict=True)
        ]
        found += [question.answered.turn, {"role": "user", "content": results}]
    return found


def _said(answer: Any, pieces: tuple[str, ...]) -> Said:
    usage = answer.usage
    cached = usage.cache_read_input_tokens or 0
    return Said(
        pieces=pieces,
        calls=tuple(
            Called(id=block.id, name=block.name, arguments=block.input)
            for block in answer.content
            if block.type == "tool_use"
        ),
        ending=answer.stop_reason,
        input_tokens=usage.input_tokens + cached + (usage.cache_creation_input_tokens or 0),
        output_tokens=usage.output_tokens,
        cached_tokens=cached,
        model=answer.model,
        turn={"role": "assistant", "content": answer.content},
    )
