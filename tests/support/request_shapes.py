"""Chat requests of every shape the API has, as clients write them."""

from typing import Any

TOOL: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "enum": ["Paris", "Oslo"]},
                "unit": {"type": "string", "enum": ["c", "f"]},
            },
            "required": ["city", "unit"],
            "additionalProperties": False,
        },
    },
}
STRICT_TOOL = {"type": "function", "function": TOOL["function"] | {"strict": True}}
OTHER_TOOL: dict[str, Any] = {
    "type": "function",
    "function": {"name": "get_time", "parameters": {"type": "object", "properties": {}}},
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "answer": {"type": "string", "enum": ["yes", "no"]},
        "sure": {"type": "boolean"},
    },
    "required": ["answer", "sure"],
    "additionalProperties": False,
}
PIXEL = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "get_weather", "arguments": '{"city":"Paris","unit":"c"}'},
}


def user(content: Any = "Hello") -> list[dict[str, Any]]:
    """One user message."""
    return [{"role": "user", "content": content}]


SHAPES: dict[str, dict[str, Any]] = {
    "plain": {"messages": user()},
    "long question": {"messages": user("At what temperature does water boil at sea level?")},
    "system": {"messages": [{"role": "system", "content": "Be brief."}, *user()]},
    "developer": {"messages": [{"role": "developer", "content": "Be brief."}, *user()]},
    "conversation": {
        "messages": [*user(), {"role": "assistant", "content": "Hi."}, *user("And now?")]
    },
    "text parts": {
        "messages": user([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}])
    },
    "unicode": {"messages": user('Grüße, "日本語" 🎉\u2028 \\ / \t\n')},
    "names": {"messages": [{"role": "user", "content": "Hello", "name": "jane"}]},
    "max_tokens": {"messages": user(), "max_tokens": 5},
    "max_completion_tokens": {"messages": user(), "max_completion_tokens": 5},
    "sampling": {
        "messages": user(),
        "temperature": 0.3,
        "top_p": 0.9,
        "frequency_penalty": 0.5,
        "presence_penalty": -0.5,
        "seed": 7,
    },
    "stop string": {"messages": user(), "stop": "\n"},
    "stop list": {"messages": user(), "stop": ["\n", "END"]},
    "n": {"messages": user(), "n": 2},
    "logprobs": {"messages": user(), "logprobs": True, "top_logprobs": 2},
    "logit_bias": {"messages": user(), "logit_bias": {"50256": -100}},
    "user and metadata": {
        "messages": user(),
        "user": "u-1",
        "metadata": {"team": "x"},
        "store": False,
    },
    "tools": {"messages": user(), "tools": [TOOL]},
    "several tools": {"messages": user(), "tools": [TOOL, OTHER_TOOL], "tool_choice": "auto"},
    "tool required": {"messages": user(), "tools": [TOOL], "tool_choice": "required"},
    "tool forced": {
        "messages": user(),
        "tools": [TOOL],
        "tool_choice": {"type": "function", "function": {"name": "get_weather"}},
    },
    "tool none": {"messages": user(), "tools": [TOOL], "tool_choice": "none"},
    "tool_choice null": {"messages": user(), "tools": [TOOL], "tool_choice": None},
    "one call at a time": {"messages": user(), "tools": [TOOL], "parallel_tool_calls": False},
    "strict tool": {"messages": user(), "tools": [STRICT_TOOL]},
    "tool result": {
        "messages": [
            *user("Weather?"),
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "call_1", "content": "21 degrees"},
        ],
        "tools": [TOOL],
    },
    "tool result parts": {
        "messages": [
            *user("Weather?"),
            {"role": "assistant", "tool_calls": [CALL]},
            {
                "role": "tool",
                "tool_call_id": "call_1",
                "content": [{"type": "text", "text": "21 degrees"}],
            },
        ],
        "tools": [TOOL],
    },
    "json_object": {"messages": user("JSON please"), "response_format": {"type": "json_object"}},
    "json_schema": {
        "messages": user(),
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "verdict", "schema": SCHEMA, "strict": True},
        },
    },
    "image data": {
        "messages": user(
            [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": PIXEL, "detail": "low"}},
            ]
        )
    },
    "image url": {
        "messages": user([{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}])
    },
    "audio in": {
        "messages": user(
            [{"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}]
        )
    },
    "file part": {
        "messages": user([{"type": "file", "file": {"file_data": "data:a", "filename": "a.pdf"}}])
    },
    "reasoning effort": {"messages": user(), "reasoning_effort": "low", "verbosity": "low"},
    "prediction": {"messages": user(), "prediction": {"type": "content", "content": "Hello"}},
    "service tier": {"messages": user(), "service_tier": "flex", "prompt_cache_key": "k"},
    "unknown fields": {
        "messages": [{"role": "user", "content": "Hello", "x_mark": {"deep": [1, None]}}],
        "x_vendor": {"top_k": 4, "nested": {"a": 1.50, "b": [True]}},
        "min_p": 0.05,
        "chat_template_kwargs": {"enable_thinking": False},
    },
    "legacy functions": {
        "messages": user(),
        "functions": [TOOL["function"]],
        "function_call": "auto",
    },
}
