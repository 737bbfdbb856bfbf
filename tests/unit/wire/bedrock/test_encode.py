"""A conversation as Converse takes it: as AWS's own description of the service wants it."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.core.chat import (
    ChatRequest,
    Message,
    OutputFormat,
    TextPart,
    Tool,
    ToolCall,
    ToolChoice,
)
from headgate.core.errors import InvalidRequest
from headgate.wire.bedrock.encode import encode_request
from headgate.wire.losses import Losses
from support.bedrock_shapes import problems_of
from support.conversations import conversations

HI = (Message(role="user", parts=(TextPart("Hi"),)),)
MESSAGES = [{"role": "user", "content": [{"text": "Hi"}]}]
TOOL = Tool(name="f", parameters={"type": "object"})
CLAUDE = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
OPAQUE = "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a1"
CALLED = (
    *HI,
    Message(role="assistant", tool_calls=(ToolCall("1", "f", "{}"),)),
    Message(role="tool", parts=(TextPart("x"),), tool_call_id="1"),
)


def encoded(
    options: Any = None, losses: Losses | None = None, *, model: str = CLAUDE, **asked: Any
) -> Any:
    return encode_request(
        ChatRequest(**{"messages": HI, **asked}),
        model=model,
        options=options or {},
        losses=losses or Losses(),
    )


@settings(deadline=None, derandomize=True, max_examples=300)
@given(conversations(), st.sampled_from([CLAUDE, OPAQUE, "amazon.nova-2-lite-v1:0"]), st.booleans())
def test_any_conversation_is_refused_or_as_aws_describes_it(request, model, may_drop):
    losses = Losses(may_drop=may_drop, may_clamp=may_drop)
    try:
        members = encode_request(request, model=model, options={}, losses=losses)
    except InvalidRequest:
        return
    # As it goes over the wire: bytes are base64 there.
    assert problems_of(json.loads(json.dumps(members))) == ""


def test_a_bare_question_is_bare() -> None:
    assert encoded() == {"messages": MESSAGES}


def test_numbers_have_their_own_names_and_top_k_that_of_its_vendor() -> None:
    asked = {
        "max_output_tokens": 9,
        "temperature": 0.0,
        "top_p": 0.5,
        "stop": ("a", ""),
        "top_k": 3,
    }
    members = encoded(**asked)
    assert members["inferenceConfig"] == {
        "maxTokens": 9,
        "temperature": 0.0,
        "topP": 0.5,
        "stopSequences": ["a"],
    }
    assert members["additionalModelRequestFields"] == {"top_k": 3}


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        ("anthropic.claude-3", {"top_k": 3}),
        ("us.anthropic.claude-3", {"top_k": 3}),
        ("arn:aws:bedrock:us-east-1::foundation-model/mistral.m-1", {"top_k": 3}),
        ("cohere.command-r-v1:0", {"k": 3}),
        ("amazon.nova-lite-v1:0", {"inferenceConfig": {"topK": 3}}),
    ],
)
def test_a_vendors_own_word(model: str, fields: Any) -> None:
    assert encoded(model=model, top_k=3)["additionalModelRequestFields"] == fields


def test_options_fill_in_what_is_left_open() -> None:
    options = {
        "guardrailConfig": {"guardrailIdentifier": "g", "guardrailVersion": "1"},
        "inferenceConfig": {"temperature": 0.5, "maxTokens": 7},
        "additionalModelRequestFields": {"top_k": 1, "a": 1},
        "top_k": 2,
        "serviceTier": {"type": "flex"},
        "outputConfig": 7,
    }
    members = encoded(options, temperature=0.25)
    assert members["inferenceConfig"] == {"temperature": 0.25, "maxTokens": 7}
    assert members["additionalModelRequestFields"] == {"top_k": 2, "a": 1}
    assert members["guardrailConfig"] == options["guardrailConfig"]
    assert members["serviceTier"] == {"type": "flex"}
    assert "outputConfig" not in members


def test_a_schema_is_text_of_its_own() -> None:
    shape = OutputFormat(kind="schema", schema={"type": "object"}, name="n", strict=True)
    assert encoded(output_format=shape)["outputConfig"] == {
        "textFormat": {
            "type": "json_schema",
            "structure": {"jsonSchema": {"schema": '{"type":"object"}', "name": "n"}},
        }
    }
    assert "outputConfig" not in encoded(output_format=OutputFormat(kind="text"))


@pytest.mark.parametrize(
    ("asked", "effort", "fields"),
    [
        ({"reasoning_effort": "minimal"}, "low", None),
        ({"reasoning_effort": "high"}, "high", None),
        ({"reasoning_effort": "max"}, "max", {"thinking": {"type": "adaptive"}}),
        ({"reasoning_effort": "none"}, None, {"thinking": {"type": "disabled"}}),
        ({"thinking_tokens": 0}, None, {"thinking": {"type": "disabled"}}),
        ({"thinking_tokens": 2048}, None, {"thinking": {"type": "enabled", "budget_tokens": 2048}}),
    ],
)
def test_how_much_to_think(asked: Any, effort: Any, fields: Any) -> None:
    members = encoded(**asked)
    assert members.get("outputConfig") == (effort and {"effort": effort})
    assert members.get("additionalModelRequestFields") == fields


def test_tools_and_their_choice() -> None:
    tools = (Tool(name="f", description="d", strict=True, cache="5m"), TOOL)
    config = encoded(tools=tools, tool_choice=ToolChoice("named", "f"))["toolConfig"]
    nothing = {"json": {"type": "object", "properties": {}}}
    spec = {"name": "f", "description": "d", "inputSchema": nothing, "strict": True}
    assert config == {
        "tools": [
            {"toolSpec": spec},
            {"cachePoint": {"type": "default"}},
            {"toolSpec": {"name": "f", "inputSchema": {"json": {"type": "object"}}}},
        ],
        "toolChoice": {"tool": {"name": "f"}},
    }
    for mode, chosen in (("auto", {"auto": {}}), ("required", {"any": {}})):
        choice = ToolChoice(mode)  # type: ignore[arg-type]
        assert encoded(tools=tools, tool_choice=choice)["toolConfig"]["toolChoice"] == chosen
    assert "toolConfig" not in encoded(tools=tools, tool_choice=ToolChoice("none"))
    with pytest.raises(InvalidRequest, match="no tool is called `g`"):
        encoded(tools=tools, tool_choice=ToolChoice("named", "g"))


@pytest.mark.parametrize(
    ("asked", "param"),
    [({}, "tools"), ({"tools": (TOOL,), "tool_choice": ToolChoice("none")}, "tool_choice")],
)
def test_tools_that_were_called_cannot_be_hidden(asked: Any, param: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        encoded(messages=CALLED, **asked)
    assert caught.value.param == param
    losses = Losses(may_drop=True)
    members = encoded(losses=losses, messages=CALLED, **asked)
    assert [tool["toolSpec"]["name"] for tool in members["toolConfig"]["tools"]] == ["f"]
    assert losses.names == (param,)


UNSAYABLE: dict[str, dict[str, Any]] = {
    "parallel_tool_calls": {"tools": (TOOL,), "parallel_tool_calls": False},
    "n": {"choices": 2},
    "logprobs": {"logprobs": True},
    "seed": {"seed": 0},
    "frequency_penalty": {"frequency_penalty": 0.5},
    "presence_penalty": {"presence_penalty": -0.5},
    "response_format": {"output_format": OutputFormat(kind="json")},
    "max_tokens": {"max_output_tokens": 0},
    "temperature": {"temperature": 1.5},
    "top_k": {"model": OPAQUE, "top_k": 3},
    "reasoning_effort": {"reasoning_effort": "huge"},
    "thinking.budget_tokens": {"model": OPAQUE, "thinking_tokens": 9},
    "logit_bias": {"extra": {"logit_bias": {"1": 1}}},
}


@pytest.mark.parametrize("param", UNSAYABLE)
def test_what_has_no_word_is_refused_by_name_or_left_out(param: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        encoded(**UNSAYABLE[param])
    assert caught.value.param == param
    losses = Losses(may_drop=True, may_clamp=True)
    assert problems_of(encoded(losses=losses, **UNSAYABLE[param])) == ""
    assert losses.names[0].startswith(param)


def test_a_model_nobody_knows_cannot_be_kept_from_thinking() -> None:
    with pytest.raises(InvalidRequest, match="keep this model"):
        encoded(model=OPAQUE, reasoning_effort="none")


def test_a_penalty_of_nothing_is_none() -> None:
    assert encoded(frequency_penalty=0.0, presence_penalty=0) == {"messages": MESSAGES}


@pytest.mark.parametrize(
    ("tier", "written", "lost"),
    [
        ("flex", {"type": "flex"}, ()),
        ("auto", None, ()),
        ("scale", None, ("service_tier",)),
        (["flex"], None, ("service_tier",)),
    ],
)
def test_a_tier_is_passed_on_where_there_is_one(tier: Any, written: Any, lost: Any) -> None:
    losses = Losses()
    members = encoded(losses=losses, extra={"service_tier": tier, "modalities": ["text"]})
    assert members.get("serviceTier") == written
    assert losses.names == lost


def test_who_asks_changes_nothing() -> None:
    losses = Losses()
    assert encoded(losses=losses, user="u") == {"messages": MESSAGES}
    assert losses.names == ("user",)
