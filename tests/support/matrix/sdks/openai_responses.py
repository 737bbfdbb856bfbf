"""`openai`, Responses."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import openai

from support.matrix.question import Called, Complaint, Question, Said
from support.matrix.sdks.openai_chat import OpenAIChat


class OpenAIResponses(OpenAIChat):
    """`client.responses`."""

    about = replace(
        OpenAIChat.about,
        name="openai-responses",
        title="`openai`, Responses",
        endings={"stop": "completed", "length": "max_output_tokens", "tool_calls": "completed"},
    )

    def ask(self, model: str, question: Question) -> Said:
        answer = self._client.responses.create(**_request(model, question))
        return _said(answer, (answer.output_text,))

    def stream(self, model: str, question: Question) -> Iterator[str | Said]:
        with self._client.responses.create(**_request(model, question), stream=True) as events:
            pieces = []
            for event in events:
                if event.type == "response.output_text.delta":
                    pieces.append(event.delta)
                    yield event.delta
                elif event.type in {"response.completed", "response.incomplete"}:
                    yield _said(event.response, tuple(pieces))

    def complaint(self, error: Exception) -> Complaint:
        assert isinstance(error, openai.APIStatusError)
        return super().complaint(error)


def _request(model: str, question: Question) -> dict[str, Any]:
    found: dict[str, Any] = {
        "model": model,
        "input": _input(question),
        "max_output_tokens": question.most_tokens,
        "temperature": 0 if question.greedy else 1,
        "store": False,
    }
    if question.system:
        found["instructions"] = question.system
    if question.tools:
        found["tools"] = [
            {
                "type": "function",
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
                "strict": False,
            }
            for tool in question.tools
        ]
    if question.choice == "required":
        found["tool_choice"] = "required"
    elif question.choice != "auto":
        found["tool_choice"] = {"type": "function", "name": question.choice}
    if question.schema is not None:
        form = {"type": "json_schema", "name": "verdict", "schema": question.schema}
        found["text"] = {"format": {**form, "strict": True}}
    return found


def _input(question: Question) -> list[Any]:
    content: Any = question.text
    if question.picture is not None:
        picture = base64.b64encode(question.picture).decode()
        image = {"type": "input_image", "image_url": f"data:image/png;base64,{picture}"}
        content = [{"type": "input_text", "text": content}, {**image, "detail": "auto"}]
    found: list[Any] = [{"role": "user", "content": content}]
    if question.answered is not None:
        found += question.answered.turn
        found += [
            {"type": "function_call_output", "call_id": call.id, "output": result}
            for call, result in zip(question.answered.calls, question.results, strict=True)
        ]
    return found


def _said(answer: Any, pieces: tuple[str, ...]) -> Said:
    cut = answer.incomplete_details
    calls = [item for item in answer.output if item.type == "function_call"]
    return Said(
        pieces=pieces,
        calls=tuple(
            Called(id=call.call_id, name=call.name, arguments=json.loads(call.arguments))
            for call in calls
        ),
        ending=cut.reason if cut else answer.status,
        input_tokens=answer.usage.input_tokens,
        output_tokens=answer.usage.output_tokens,
        cached_tokens=answer.usage.input_tokens_details.cached_tokens,
        model=answer.model,
        turn=[item.model_dump(exclude_none=True) for item in answer.output],
    )
