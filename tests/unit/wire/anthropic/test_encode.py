"""Requests for backends of this API."""

from typing import Any

import msgspec
import pytest

from headgate.core.chat import ChatRequest, Message, OutputFormat, TextPart, Tool, ToolChoice
from headgate.core.errors import InvalidRequest
from headgate.wire.anthropic.encode import encode_request
from headgate.wire.losses import Losses

HI = (Message(role="user", parts=(TextPart("Hi"),)),)
TOOL = Tool(name="f", parameters={"type": "object", "properties": {}})
OLD, NEW = "claude-haiku-4-5", "claude-opus-5-5"


def encoded(
    model: str = OLD,
    *,
    options: Any = None,
    losses: Losses | None = None,
    stream: bool = False,
    **asked: Any,
) -> Any:
    members = encode_request(
        ChatRequest(messages=HI, **asked),
        model=model,
        stream=stream,
        options=options or {},
        losses=losses or Losses(),
    )
    return msgspec.json.decode(msgspec.json.encode(members))


def leniently(model: str, **asked: Any) -> tuple[Any, tuple[str, ...]]:
    losses = Losses(may_drop=True, may_clamp=True)
    return encoded(model, losses=losses, **asked), losses.names


def test_the_least_is_a_model_messages_and_a_limit() -> None:
    assert encoded(NEW) == {
        "model": NEW,
        "max_tokens": 128_000,
        "messages": [{"role": "user", "content": "Hi"}],
    }
    assert encoded(stream=True)["stream"] is True


def test_the_limit_is_the_clients_else_the_targets_else_the_models() -> None:
    options = {"max_tokens": 500, "top_k": 3}
    assert encoded(max_output_tokens=7, options=options)["max_tokens"] == 7
    assert encoded(options=options)["max_tokens"] == 500
    assert encoded(options=options)["top_k"] == 3
    assert encoded()["max_tokens"] == 64_000


def test_tools_choices_and_the_rest_have_their_words() -> None:
    tool = Tool(name="f", description="d", parameters={"type": "object"}, strict=True, cache="1h")
    said = encoded(tools=(tool,), stop=("END",), user="u", tool_choice=ToolChoice("named", "f"))
    assert said["tools"] == [
        {
            "name": "f",
            "description": "d",
            "input_schema": {"type": "object"},
            "strict": True,
            "cache_control": {"type": "ephemeral", "ttl": "1h"},
        }
    ]
    assert said["tool_choice"] == {"type": "tool", "name": "f"}
    assert (said["stop_sequences"], said["metadata"]) == (["END"], {"user_id": "u"})
    (bare,) = encoded(tools=(Tool(name="g"),))["tools"]
    assert bare == {"name": "g", "input_schema": {"type": "object", "properties": {}}}


@pytest.mark.parametrize(
    ("choice", "parallel", "said"),
    [
        (None, None, None),
        (None, True, None),
        (None, False, {"type": "auto", "disable_parallel_tool_use": True}),
        ("auto", False, {"type": "auto", "disable_parallel_tool_use": True}),
        ("auto", True, {"type": "auto", "disable_parallel_tool_use": False}),
        ("none", False, {"type": "none"}),
        ("required", None, {"type": "any"}),
    ],
)
def test_how_tools_may_be_called(choice: Any, parallel: Any, said: Any) -> None:
    wanted = ToolChoice(choice) if choice else None
    asked = encoded(tools=(TOOL,), tool_choice=wanted, parallel_tool_calls=parallel)
    assert asked.get("tool_choice") == said
    assert "tool_choice" not in encoded(tool_choice=wanted, parallel_tool_calls=parallel)


@pytest.mark.parametrize(
    ("model", "effort"), [(NEW, None), ("claude-sonnet-5-5", None), (OLD, "low")]
)
def test_a_tool_is_not_forced_where_the_model_refuses_that(model: str, effort: Any) -> None:
    asked: Any = {
        "tools": (TOOL,),
        "tool_choice": ToolChoice("required"),
        "reasoning_effort": effort,
    }
    with pytest.raises(InvalidRequest, match="tool_choice"):
        encoded(model, **asked)
    said, names = leniently(model, **asked)
    assert said["tool_choice"] == {"type": "auto"}
    assert names == ("tool_choice",)


def test_a_schema_is_asked_for_and_json_without_one_is_not() -> None:
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    wanted = OutputFormat(kind="schema", schema=schema, name="n", strict=True)
    said = encoded(NEW, output_format=wanted, reasoning_effort="low")
    assert said["output_config"] == {
        "effort": "low",
        "format": {"type": "json_schema", "schema": schema},
    }
    assert "output_config" not in encoded(output_format=OutputFormat(kind="text"))
    with pytest.raises(InvalidRequest, match=r"response_format: .*schema only"):
        encoded(output_format=OutputFormat(kind="json"))


def test_temperature_ends_at_one() -> None:
    assert encoded(temperature=0.25)["temperature"] == 0.25
    with pytest.raises(InvalidRequest, match=r"temperature: 1\.5 is outside the 0 to 1"):
        encoded(temperature=1.5)
    said, names = leniently(OLD, temperature=1.5)
    assert (said["temperature"], names) == (1.0, ("temperature=1",))


@pytest.mark.parametrize("name", ["temperature", "top_p", "top_k"])
def test_newer_models_take_no_sampling_but_what_happens_anyway(name: str) -> None:
    with pytest.raises(InvalidRequest, match=f"{name}: this model takes none"):
        encoded(NEW, **{name: 0.5 if name != "top_k" else 5})
    if name != "top_k":
        assert name not in encoded(NEW, **{name: 1.0})


def test_a_model_that_thinks_takes_no_sampling() -> None:
    with pytest.raises(InvalidRequest, match="temperature: a model that thinks"):
        encoded("claude-sonnet-4-6", temperature=0.5, reasoning_effort="low")
    assert encoded("m", temperature=0.5, reasoning_effort="low")["temperature"] == 0.5


def test_temperature_and_top_p_go_together_only_where_one_of_them_says_nothing() -> None:
    assert encoded(temperature=0.5, top_p=1.0).keys().isdisjoint({"top_p"})
    assert "temperature" not in encoded(temperature=1.0, top_p=0.5)
    with pytest.raises(InvalidRequest, match=r"top_p: .*not both"):
        encoded(temperature=0.5, top_p=0.5)
    said, names = leniently(OLD, temperature=0.5, top_p=0.5)
    assert (said["temperature"], "top_p" in said, names) == (0.5, False, ("top_p",))
    assert encoded("claude-3-haiku", temperature=0.5, top_p=0.5)["top_p"] == 0.5


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"choices": 2}, "n"),
        ({"logprobs": True}, "logprobs"),
        ({"top_logprobs": 3}, "logprobs"),
        ({"seed": 0}, "seed"),
        ({"frequency_penalty": 0.5}, "frequency_penalty"),
        ({"presence_penalty": -0.5}, "presence_penalty"),
        ({"extra": {"logit_bias": {"1": 5}}}, "logit_bias"),
        ({"extra": {"verbosity": "low"}}, "verbosity"),
        ({"stop": ("\n",)}, "stop"),
    ],
)
def test_what_this_api_cannot_say_is_refused_or_left_out_by_name(asked: Any, name: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        encoded(**asked)
    assert caught.value.param == name
    said, names = leniently(OLD, **asked)
    assert names == (name,)
    assert said == encoded()


def test_what_asks_for_nothing_or_changes_no_answer_goes_quietly_or_by_name() -> None:
    quiet = encoded(frequency_penalty=0.0, logprobs=False, extra={"modalities": ["text"]})
    assert quiet == encoded()
    losses = Losses()
    encoded(losses=losses, extra={"store": True, "service_tier": "flex", "prompt_cache_key": "k"})
    assert set(losses.names) == {"store", "service_tier", "prompt_cache_key"}


def test_fields_of_its_own_and_tiers_are_passed_on() -> None:
    said = encoded(extra={"inference_geo": "us", "service_tier": "default"})
    assert (said["inference_geo"], said["service_tier"]) == ("us", "standard_only")
    more = encoded(NEW, extra={"output_config": {"task_budget": 1}}, reasoning_effort="low")
    assert more["output_config"] == {"task_budget": 1, "effort": "low"}
