"""`openai`, Chat Completions."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import openai
from openai.lib.streaming.chat import ChatCompletionStreamState

from support.matrix.question import About, Called, Complaint, Question, Said


class OpenAIChat:
    """`client.chat.completions`."""

    about = About(
        name="openai",
        title="`openai`, Chat Completions",
        package="openai",
        endings={"stop": "stop", "length": "length", "tool_calls": "tool_calls"},
        complaints={
            400: "BadRequestError",
            401: "AuthenticationError",
            404: "NotFoundError",
            429: "RateLimitError",
        },
        errors=(openai.OpenAIError,),
    )

    def __init__(self, root_url: str, key: str) -> None:
        self._client = openai.OpenAI(
            base_url=f"{root_url}/v1", api_key=key, max_retries=0, timeout=20
        )

    def ask(self, model: str, question: Question) -> Said:
        answer = self._client.chat.completions.create(**_request(model, question))
        return _said(answer, (answer.choices[0].message.content or "",))

    def stream(self, model: str, question: Question) -> Iterator[str | Said]:
        wanted = {**_request(model, question), "stream_options": {"include_usage": True}}
        state = ChatCompletionStreamState()
        pieces = []
        with self._client.chat.completions.create(**wanted, stream=True) as chunks:
            for chunk in chunks:
                state.handle_chunk(chunk)
                for choice in chunk.choices:
                    if choice.delta.content:
                        pieces.append(choice.delta.content)
                        yield choice.delta.content
        yield _said(state.current_completion_snapshot, tuple(pieces))

    def complaint(self, error: Exception) -> Complaint:
        assert isinstance(error, openai.APIStatusError)
        return Complaint(kind=type(error).__name__, status=error.status_code, message=error.message)

    def close(self) -> None:
        self._client.close()


def messages(question: Question) -> list[Any]:
    """The conversation."""
    content: Any = question.text
    if question.picture is not None:
        picture = base64.b64encode(question.picture).decode()
        url = {"url": f"data:image/png;base64,{picture}"}
        content = [{"type": "text", "text": content}, {"type": "image_url", "image_url": url}]
    found: list[Any] = [{"role": "system", "content": question.system}] if question.system else []
    found.append({"role": "user", "content": content})
    if question.answered is not None:
        found.append(question.answered.turn)
        found += [
            {"role": "tool", "tool_call_id": call.id, "content": result}
            for call, result in zip(question.answered.calls, question.results, strict=True)
        ]
    return found


def tools(question: Question) -> list[Any]:
    """The tools it offers."""
    return [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
            },
        }
        for tool in question.tools
    ]


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
        found["tool_choice"] = "required"
    elif question.choice != "auto":
        found["tool_choice"] = {"type": "function", "function": {"name": question.choice}}
    if question.schema is not None:
        form = {"name": "verdict", "schema": question.schema, "strict": True}
        found["response_format"] = {"type": "json_schema", "json_schema": form}
    return found


def _said(answer: Any, pieces: tuple[str, ...]) -> Said:
    [choice] = answer.choices
    details = answer.usage.prompt_tokens_details
    assert choice.message.role == "assistant"
    return Said(
        pieces=pieces,
        calls=tuple(
            Called(
                id=call.id, name=call.function.name, arguments=json.loads(call.function.arguments)
            )
            for call in choice.message.tool_calls or ()
        ),
        ending=choice.finish_reason,
        input_tokens=answer.usage.prompt_tokens,
        output_tokens=answer.usage.completion_tokens,
        cached_tokens=(details.cached_tokens or 0) if details else 0,
        model=answer.model,
        turn=choice.message.model_dump(exclude_none=True, exclude={"parsed"}),
    )
