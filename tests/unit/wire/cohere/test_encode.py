"""Chats as Cohere takes them; what it cannot say is refused by name."""

import json
from typing import Any

import pytest

from headgate.core.chat import ChatRequest, FilePart, Message, TextPart
from headgate.core.errors import InvalidRequest
from headgate.wire.cohere.encode import encode_request
from headgate.wire.losses import Losses
from headgate.wire.openai.conversation import conversation
from headgate.wire.openai.requests import decode_request
from support.request_shapes import OTHER_TOOL, SCHEMA, SHAPES, STRICT_TOOL, TOOL, user

NAMED = {"type": "function", "function": {"name": "get_weather"}}


def sent(
    fields: dict[str, Any],
    options: dict[str, Any] | None = None,
    *,
    losses: Losses | None = None,
) -> dict[str, Any]:
    """What Cohere is sent for an OpenAI request."""
    body = json.dumps({"model": "any", "messages": user(), **fields}).encode()
    request = conversation(decode_request("chat", body))
    return encoded(request, options, losses=losses)


def encoded(
    request: ChatRequest, options: dict[str, Any] | None = None, *, losses: Losses | None = None
) -> dict[str, Any]:
    members = encode_request(
        request,
        model="command",
        stream=False,
        options=options or {},
        losses=losses or Losses(),
    )
    return dict(members)


REFUSED = {
    "n": "n",
    "logprobs": "logprobs",
    "logit_bias": "logit_bias",
    "sampling": "presence_penalty",
    "one call at a time": "parallel_tool_calls",
    "audio in": "messages[0].content[0]",
    "file part": "messages[0].content[0]",
    "reasoning effort": "verbosity",
    "unknown fields": "x_vendor",
    "legacy functions": "functions",
}


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_every_shape_is_sent_or_refused_by_name(name):
    if name not in REFUSED:
        assert sent(SHAPES[name])["messages"]
        return
    with pytest.raises(InvalidRequest) as caught:
        sent(SHAPES[name])
    assert caught.value.param == REFUSED[name]
    assert caught.value.message.startswith(REFUSED[name])
    lenient = Losses(may_drop=True, may_clamp=True)
    assert sent(SHAPES[name], losses=lenient)["model"] == "command"
    assert lenient.names


def test_the_least_request():
    assert sent({}) == {"model": "command", "messages": user(), "stream": False}


def test_settings_have_coheres_names():
    fields = {
        "max_tokens": 9,
        "temperature": 0,
        "top_p": 0.5,
        "top_k": 40,
        "stop": "END",
        "seed": 7,
        "frequency_penalty": 0.5,
        "presence_penalty": 1,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "a", "schema": SCHEMA, "strict": True},
        },
    }
    assert sent(fields) == {
        "model": "command",
        "messages": user(),
        "stream": False,
        "max_tokens": 9,
        "temperature": 0,
        "p": 0.5,
        "k": 40,
        "stop_sequences": ["END"],
        "seed": 7,
        "frequency_penalty": 0.5,
        "presence_penalty": 1,
        "response_format": {"type": "json_object", "json_schema": SCHEMA},
    }


@pytest.mark.parametrize(
    ("name", "value", "its_name", "clamped"),
    [
        ("temperature", 1.5, "temperature", 1),
        ("top_p", 1, "p", 0.99),
        ("top_p", 0, "p", 0.01),
        ("top_k", 501, "k", 500),
        ("frequency_penalty", -0.5, "frequency_penalty", 0),
        ("presence_penalty", 2, "presence_penalty", 1),
    ],
)
def test_numbers_out_of_range_are_refused_or_moved_where_allowed(name, value, its_name, clamped):
    with pytest.raises(InvalidRequest) as caught:
        sent({name: value})
    assert caught.value.param == name
    lenient = Losses(may_clamp=True)
    assert sent({name: value}, losses=lenient)[its_name] == clamped
    assert lenient.names == (f"{name}={clamped:g}",)


@pytest.mark.parametrize(
    ("choice", "names", "said"),
    [
        ("auto", ["get_weather", "get_time"], None),
        ("none", ["get_weather", "get_time"], "NONE"),
        ("required", ["get_weather", "get_time"], "REQUIRED"),
        (NAMED, ["get_weather"], "REQUIRED"),
    ],
)
def test_a_named_tool_is_the_only_one_in_sight(choice, names, said):
    members = sent({"tools": [TOOL, OTHER_TOOL], "tool_choice": choice})
    assert [tool["function"]["name"] for tool in members["tools"]] == names
    assert members.get("tool_choice") == said
    assert "strict_tools" not in members


def test_a_name_that_no_tool_has_is_refused():
    with pytest.raises(InvalidRequest, match="no tool is called `get_weather`"):
        sent({"tools": [OTHER_TOOL], "tool_choice": NAMED})


def test_a_choice_without_tools_says_nothing():
    assert "tool_choice" not in sent({"tool_choice": "required"})


def test_strictness_is_for_all_tools_and_parameters_are_always_there():
    members = sent({"tools": [STRICT_TOOL, {"type": "function", "function": {"name": "f"}}]})
    assert members["strict_tools"] is True
    assert members["tools"][1]["function"] == {
        "name": "f",
        "parameters": {"type": "object", "properties": {}},
    }
    assert sent({"tools": [TOOL], "strict_tools": True})["strict_tools"] is True


@pytest.mark.parametrize(
    ("fields", "thinking"),
    [
        ({"reasoning_effort": "none"}, {"type": "disabled"}),
        ({"reasoning_effort": "minimal"}, {"type": "enabled", "token_budget": 512}),
        ({"reasoning_effort": "medium"}, {"type": "enabled", "token_budget": 8192}),
        ({"reasoning_effort": "xhigh"}, {"type": "enabled"}),
        (
            {"thinking": {"type": "enabled", "token_budget": 5}},
            {"type": "enabled", "token_budget": 5},
        ),
    ],
)
def test_effort_is_a_budget(fields, thinking):
    assert sent(fields)["thinking"] == thinking


def test_a_budget_of_the_clients_own_wins():
    request = ChatRequest(messages=(), thinking_tokens=700, reasoning_effort="low")
    assert encoded(request)["thinking"] == {"type": "enabled", "token_budget": 700}


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"reasoning_effort": "gigantic"}, "reasoning_effort"),
        ({"thinking": {"type": "enabled", "budget_tokens": 5}}, "thinking"),
        ({"thinking": True}, "thinking"),
        ({"documents": "a"}, "documents"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(fields, param):
    with pytest.raises(InvalidRequest) as caught:
        sent(fields)
    assert caught.value.param == param


def asking(*parts: FilePart, **extra: Any) -> ChatRequest:
    message = Message(role="user", parts=(*parts, TextPart("?")))
    return ChatRequest(messages=(message,), extra=extra)


def test_documents_of_both_kinds_go_along_and_are_cited_when_wanted():
    given = [{"id": "a", "data": {"text": "one"}}]
    members = encoded(asking(FilePart(text="two"), documents=given))
    assert members["documents"] == [*given, {"data": {"text": "two"}}]
    assert "citation_options" not in members
    assert encoded(asking(FilePart(text="a")))["citation_options"] == {"mode": "OFF"}
    assert "citation_options" not in encoded(asking(FilePart(text="a", wants_citations=True)))
    fast = encoded(asking(FilePart(text="a"), citation_options={"mode": "FAST"}))
    assert fast["citation_options"] == {"mode": "FAST"}


def test_options_of_the_target_fill_in_what_is_open():
    options = {"safety_mode": "STRICT", "temperature": 0.1, "input_type": "search_query"}
    members = sent({"temperature": 0.5}, options)
    assert (members["safety_mode"], members["temperature"]) == ("STRICT", 0.5)
    assert "input_type" not in members
    assert sent({"safety_mode": "OFF"}, options)["safety_mode"] == "OFF"


def test_what_has_no_effect_is_dropped_and_said():
    losses = Losses()
    members = sent({"user": "u", "metadata": {"a": "b"}, "modalities": ["text"]}, losses=losses)
    assert members.keys() == {"model", "messages", "stream"}
    assert losses.names == ("user", "metadata")


def test_too_many_stop_sequences_are_cut_to_five_where_allowed():
    lenient = Losses(may_drop=True)
    assert sent({"stop": list("abcdefg")}, losses=lenient)["stop_sequences"] == list("abcde")
    assert lenient.names == ("stop",)
