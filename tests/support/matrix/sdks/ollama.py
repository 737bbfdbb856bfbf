"""`ollama`."""

from collections.abc import Iterator
from typing import Any

import ollama

from support.matrix.question import About, Called, Complaint, Question, Said, Unsayable
from support.matrix.sdks.openai_chat import tools


class Ollama:
    """`Client.chat`."""

    about = About(
        name="ollama",
        title="`ollama`",
        package="ollama",
        endings={"stop": "stop", "length": "length", "tool_calls": "stop"},
        forces=frozenset(),
        has_call_ids=False,
        counts_cache=False,
        complaints=dict.fromkeys((400, 401, 404, 429), "ResponseError"),
        errors=(ollama.ResponseError,),
    )

    def __init__(self, root_url: str, key: str) -> None:
        headers = {"authorization": f"Bearer {key}"}
        self._client = ollama.Client(host=root_url, headers=headers, timeout=20)

    def ask(self, model: str, question: Question) -> Said:
        return _whole([self._client.chat(**_request(model, question))])

    def stream(self, model: str, question: Question) -> Iterator[str | Said]:
        chunks = []
        for chunk in self._client.chat(**_request(model, question), stream=True):
            chunks.append(chunk)
            if chunk.message.content:
                yield chunk.message.content
        yield _whole(chunks)

    def complaint(self, error: Exception) -> Complaint:
        assert isinstance(error, ollama.ResponseError)
        kind = type(error).__name__
        return Complaint(kind=kind, status=error.status_code, message=error.error)

    def close(self) -> None:
        self._client._client.close()


def _request(model: str, question: Question) -> dict[str, Any]:
    if question.choice != "auto":
        raise Unsayable("`chat` has no `tool_choice`")
    temperature = 0 if question.greedy else 1
    options = {"num_predict": question.most_tokens, "temperature": temperature}
    found: dict[str, Any] = {"model": model, "messages": _messages(question), "options": options}
    if question.tools:
        found["tools"] = tools(question)
    if question.schema is not None:
        found["format"] = question.schema
    return found


def _messages(question: Question) -> list[Any]:
    found: list[Any] = [{"role": "system", "content": question.system}] if question.system else []
    asked: dict[str, Any] = {"role": "user", "content": question.text}
    if question.picture is not None:
        asked["images"] = [question.picture]
    found.append(asked)
    if question.answered is not None:
        found.append(question.answered.turn)
        found += [
            {"role": "tool", "tool_name": call.name, "content": result}
            for call, result in zip(question.answered.calls, question.results, strict=True)
        ]
    return found


def _whole(chunks: list[ollama.ChatResponse]) -> Said:
    last = chunks[-1]
    assert last.done
    assert all(chunk.message.role == "assistant" for chunk in chunks)
    calls = [call for chunk in chunks for call in chunk.message.tool_calls or ()]
    pieces = tuple(chunk.message.content for chunk in chunks if chunk.message.content)
    turn = {"role": "assistant", "content": "".join(pieces), "tool_calls": calls}
    return Said(
        pieces=pieces,
        calls=tuple(
            Called(id="", name=call.function.name, arguments=dict(call.function.arguments))
            for call in calls
        ),
        ending=last.done_reason or "",
        input_tokens=last.prompt_eval_count or 0,
        output_tokens=last.eval_count or 0,
        model=last.model or "",
        turn=turn,
    )
