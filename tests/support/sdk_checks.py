"""What the official SDK must be able to do with a real local server, whatever lies between.

Each check takes a client and a `Served` model; `CHECKS` is run against llama.cpp and vLLM,
directly or through Headgate. The models are tiny: only what does not depend on wit is asserted.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import openai
import pytest
from jsonschema import validate
from openai import OpenAI
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from support.request_shapes import SCHEMA, TOOL, user

WANTED_JSON = {"type": "json_schema", "json_schema": {"name": "verdict", "schema": SCHEMA}}
ENOUGH_TOKENS = 200
STREAM_S = 30
"""Longer than any stream of a few tokens takes, however busy the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """How the model under test is called, and what its server is known to differ in."""

    model: str
    embedding_model: str | None = None
    """`None` where the server cannot embed."""
    context_tokens: int
    forced_finish: tuple[str, ...] = ("tool_calls",)
    """How an answer under a forced tool choice may end."""
    forces_arguments: bool = True
    """Keeps the arguments of a forced call to the function's schema."""


def ask(client: OpenAI, served: Served, **more: Any) -> ChatCompletion:
    """One whole chat; greedy and short unless told otherwise."""
    options = {"messages": user(), "max_tokens": 24, "temperature": 0, **more}
    answer = client.chat.completions.create(model=served.model, **options)
    assert isinstance(answer, ChatCompletion)
    return answer


def stream(client: OpenAI, served: Served, **more: Any) -> list[ChatCompletionChunk]:
    """The chunks of the same as a stream."""
    options = {"messages": user(), "max_tokens": 24, "temperature": 0, **more}
    return list(client.chat.completions.create(model=served.model, stream=True, **options))


def text_of(chunks: list[ChatCompletionChunk]) -> str:
    """What a stream said in its first choice."""
    return "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)


def check_chat(client: OpenAI, served: Served) -> None:
    answer = ask(client, served)
    assert answer.object == "chat.completion"
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason in {"stop", "length"}
    assert answer.usage is not None
    assert answer.usage.prompt_tokens > 0
    assert 0 < answer.usage.completion_tokens <= 24


def check_conversation(client: OpenAI, served: Served) -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        *user("Grüße, 日本語 🎉"),
        {"role": "assistant", "content": "Hello."},
        *user("And now?"),
    ]
    longer, shorter = ask(client, served, messages=messages), ask(client, served)
    assert longer.usage is not None
    assert shorter.usage is not None
    assert longer.usage.prompt_tokens > shorter.usage.prompt_tokens


def check_stream_says_what_a_whole_answer_says(client: OpenAI, served: Served) -> None:
    chunks = stream(client, served)
    assert text_of(chunks) == ask(client, served).choices[0].message.content
    assert len({chunk.id for chunk in chunks}) == 1
    # llama.cpp stamps each chunk by itself, and a stream may go over the end of a second.
    stamps = [chunk.created for chunk in chunks]
    assert max(stamps) - min(stamps) <= STREAM_S
    assert [c.choices[0].delta.role for c in chunks if c.choices].count("assistant") == 1
    finishes = [c.choices[0].finish_reason for c in chunks if c.choices]
    assert [finish for finish in finishes if finish] in (["stop"], ["length"])


def check_stream_usage_only_when_asked(client: OpenAI, served: Served) -> None:
    assert all(chunk.usage is None for chunk in stream(client, served))
    assert all(chunk.choices for chunk in stream(client, served))
    chunks = stream(client, served, stream_options={"include_usage": True})
    assert chunks[-1].usage is not None
    assert chunks[-1].choices == []
    assert chunks[-1].usage.completion_tokens > 0


def check_max_tokens_cuts_by_length(client: OpenAI, served: Served) -> None:
    answer = ask(client, served, max_tokens=2)
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 2
    newer = ask(client, served, max_tokens=openai.omit, max_completion_tokens=3)
    assert newer.usage is not None
    assert newer.usage.completion_tokens == 3


def check_auto_tools_are_called_and_answered(client: OpenAI, served: Served) -> None:
    first = ask(client, served, tools=[TOOL], max_tokens=ENOUGH_TOKENS)
    assert first.choices[0].finish_reason == "tool_calls"
    calls = first.choices[0].message.tool_calls
    assert calls
    assert calls[0].type == "function"
    assert calls[0].function.name == "get_weather"
    assert isinstance(json.loads(calls[0].function.arguments), dict)
    turn = first.choices[0].message.model_dump(exclude_none=True)
    result = {"role": "tool", "tool_call_id": calls[0].id, "content": '{"celsius": 11}'}
    second = ask(client, served, messages=[*user(), turn, result], tools=[TOOL])
    assert second.choices[0].message.content


def check_streamed_tools_add_up(client: OpenAI, served: Served) -> None:
    with client.chat.completions.stream(
        model=served.model,
        messages=user(),  # type: ignore[arg-type]
        tools=[TOOL],  # type: ignore[list-item]
        max_tokens=ENOUGH_TOKENS,
        temperature=0,
    ) as events:
        answer = events.get_final_completion()
    calls = answer.choices[0].message.tool_calls
    assert calls
    assert calls[0].function.name == "get_weather"
    assert isinstance(json.loads(calls[0].function.arguments), dict)


def check_forced_tools(client: OpenAI, served: Served) -> None:
    named = {"type": "function", "function": {"name": "get_weather"}}
    for choice in ("required", named):
        answer = ask(
            client, served, tools=[TOOL], tool_choice=choice, max_tokens=ENOUGH_TOKENS
        ).choices[0]
        assert answer.finish_reason in served.forced_finish
        assert answer.message.tool_calls
        call = answer.message.tool_calls[0]
        assert call.type == "function"
        assert call.function.name == "get_weather"
        if served.forces_arguments:
            validate(json.loads(call.function.arguments), TOOL["function"]["parameters"])


def check_json_keeps_to_its_schema(client: OpenAI, served: Served) -> None:
    for temperature in (0, 1):
        answer = ask(
            client,
            served,
            response_format=WANTED_JSON,
            temperature=temperature,
            max_tokens=ENOUGH_TOKENS,
        )
        validate(json.loads(answer.choices[0].message.content or ""), SCHEMA)
    chunks = stream(client, served, response_format=WANTED_JSON, max_tokens=ENOUGH_TOKENS)
    validate(json.loads(text_of(chunks)), SCHEMA)


def check_logprobs(client: OpenAI, served: Served) -> None:
    answer = ask(client, served, logprobs=True, top_logprobs=3)
    logprobs = answer.choices[0].logprobs
    assert logprobs is not None
    assert logprobs.content
    for token in logprobs.content:
        assert token.logprob <= 0
        assert len(token.top_logprobs) == 3


def check_several_choices(client: OpenAI, served: Served) -> None:
    answer = ask(client, served, n=2, temperature=1)
    assert sorted(choice.index for choice in answer.choices) == [0, 1]
    chunks = stream(client, served, n=2, temperature=1)
    assert {choice.index for chunk in chunks for choice in chunk.choices} == {0, 1}


def check_stop_words_end_the_answer(client: OpenAI, served: Served) -> None:
    whole = ask(client, served).choices[0].message.content or ""
    word = whole.split()[2]
    stopped = ask(client, served, stop=[word]).choices[0]
    assert stopped.finish_reason == "stop"
    assert stopped.message.content == whole[: whole.index(word)]


def check_a_seed_repeats_an_answer(client: OpenAI, served: Served) -> None:
    said = [
        ask(client, served, seed=seed, temperature=2, max_tokens=40).choices[0].message.content
        for seed in (7, 7, 8)
    ]
    assert said[0] == said[1]
    assert said[0] != said[2]


def check_completions(client: OpenAI, served: Served) -> None:
    options: dict[str, Any] = {"prompt": "A real", "max_tokens": 5, "temperature": 0}
    whole = client.completions.create(model=served.model, **options)
    pieces = client.completions.create(model=served.model, stream=True, **options)
    assert whole.choices[0].text
    assert "".join(p.choices[0].text for p in pieces if p.choices) == whole.choices[0].text


def check_embeddings_in_both_encodings(client: OpenAI, served: Served) -> None:
    if served.embedding_model is None:
        with pytest.raises(openai.APIStatusError):
            client.embeddings.create(model=served.model, input="one")
        return
    texts = ["A real model needs memory.", "Streams arrive in pieces."]
    default = client.embeddings.create(model=served.embedding_model, input=texts)
    floats = client.embeddings.create(
        model=served.embedding_model, input=texts, encoding_format="float"
    )
    vectors = [item.embedding for item in default.data]
    assert [item.index for item in default.data] == [0, 1]
    assert len(vectors[0]) == len(vectors[1]) > 1
    assert vectors[0] != vectors[1]
    for packed, plain in zip(vectors, [item.embedding for item in floats.data], strict=True):
        assert packed == pytest.approx(plain, abs=1e-6)


def check_models_are_listed(client: OpenAI, served: Served) -> None:
    models = list(client.models.list())
    assert served.model in {model.id for model in models}
    assert {model.object for model in models} == {"model"}


def check_an_overlong_prompt_is_the_callers_mistake(client: OpenAI, served: Served) -> None:
    long = user("word " * served.context_tokens * 2)
    with pytest.raises(openai.BadRequestError, match=r"(?i)context|tokens"):
        ask(client, served, messages=long)
    with pytest.raises(openai.BadRequestError, match=r"(?i)context|tokens"):
        stream(client, served, messages=long)


CHECKS: tuple[Callable[[OpenAI, Served], None], ...] = (
    check_chat,
    check_conversation,
    check_stream_says_what_a_whole_answer_says,
    check_stream_usage_only_when_asked,
    check_max_tokens_cuts_by_length,
    check_auto_tools_are_called_and_answered,
    check_streamed_tools_add_up,
    check_forced_tools,
    check_json_keeps_to_its_schema,
    check_logprobs,
    check_several_choices,
    check_stop_words_end_the_answer,
    check_a_seed_repeats_an_answer,
    check_completions,
    check_embeddings_in_both_encodings,
    check_models_are_listed,
    check_an_overlong_prompt_is_the_callers_mistake,
)
