"""`google-genai`: only to ask the stand-in itself."""

from collections.abc import Iterator
from typing import Any

from google.genai import Client, errors, types

from support.matrix.question import About, Called, Complaint, Question, Said


class Gemini:
    """`client.models.generate_content`."""

    about = About(
        name="gemini",
        title="`google-genai`",
        package="google-genai",
        endings={"stop": "STOP", "length": "MAX_TOKENS", "tool_calls": "STOP"},
        complaints={400: "ClientError", 429: "ClientError"},
        errors=(errors.APIError,),
    )

    def __init__(self, root_url: str, key: str) -> None:
        options = types.HttpOptions(base_url=root_url, timeout=20_000)
        self._client = Client(api_key=key, http_options=options)

    def ask(self, model: str, question: Question) -> Said:
        return _said([self._client.models.generate_content(**_request(model, question))])

    def stream(self, model: str, question: Question) -> Iterator[str | Said]:
        chunks = []
        for chunk in self._client.models.generate_content_stream(**_request(model, question)):
            chunks.append(chunk)
            yield from filter(None, [_text(chunk)])
        yield _said(chunks)

    def complaint(self, error: Exception) -> Complaint:
        assert isinstance(error, errors.APIError)
        return Complaint(kind=type(error).__name__, status=error.code, message=error.message or "")

    def close(self) -> None:
        self._client.close()


def _request(model: str, question: Question) -> dict[str, Any]:
    config = types.GenerateContentConfig(
        system_instruction=question.system,
        max_output_tokens=question.most_tokens,
        temperature=0 if question.greedy else 1,
        response_mime_type="application/json" if question.schema else None,
        response_json_schema=question.schema,
        tools=_tools(question),
        tool_config=_choice(question),
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
    )
    return {"model": model, "contents": _contents(question), "config": config}


def _tools(question: Question) -> list[Any] | None:
    declared = [
        types.FunctionDeclaration(
            name=tool.name,
            description=tool.description,
            parameters_json_schema=dict(tool.parameters),
        )
        for tool in question.tools
    ]
    return [types.Tool(function_declarations=declared)] if declared else None


def _choice(question: Question) -> types.ToolConfig | None:
    if question.choice == "auto":
        return None
    named = None if question.choice == "required" else [question.choice]
    calling = types.FunctionCallingConfig(
        mode=types.FunctionCallingConfigMode.ANY, allowed_function_names=named
    )
    return types.ToolConfig(function_calling_config=calling)


def _contents(question: Question) -> list[Any]:
    parts = [types.Part.from_text(text=question.text)]
    if question.picture is not None:
        parts.append(types.Part.from_bytes(data=question.picture, mime_type="image/png"))
    found = [types.Content(role="user", parts=parts)]
    if question.answered is not None:
        results = [
            types.Part(
                function_response=types.FunctionResponse(
                    id=call.id, name=call.name, response={"result": result}
                )
            )
            for call, result in zip(question.answered.calls, question.results, strict=True)
        ]
        found += [question.answered.turn, types.Content(role="user", parts=results)]
    return found


def _text(chunk: types.GenerateContentResponse) -> str:
    return "".join(part.text or "" for part in _parts([chunk]))


def _parts(chunks: list[types.GenerateContentResponse]) -> list[types.Part]:
    contents = [chunk.candidates[0].content for chunk in chunks if chunk.candidates]
    return [part for content in contents if content for part in content.parts or ()]


def _said(chunks: list[types.GenerateContentResponse]) -> Said:
    parts = _parts(chunks)
    last = chunks[-1]
    assert last.candidates
    assert last.candidates[0].finish_reason
    usage = last.usage_metadata
    assert usage
    calls = [part.function_call for part in parts if part.function_call]
    return Said(
        pieces=tuple(part.text for part in parts if part.text),
        calls=tuple(
            Called(id=call.id or "", name=call.name or "", arguments=call.args or {})
            for call in calls
        ),
        ending=last.candidates[0].finish_reason.value,
        input_tokens=usage.prompt_token_count or 0,
        output_tokens=(usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0),
        cached_tokens=usage.cached_content_token_count or 0,
        model=last.model_version or "",
        turn=types.Content(role="model", parts=parts),
    )
