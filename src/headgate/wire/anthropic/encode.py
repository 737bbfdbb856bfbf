"""A conversation as a request of this API. What it cannot say is refused by name."""

from collections.abc import Mapping
from typing import Any

from headgate.core.chat import ChatRequest, OutputFormat, Tool, ToolChoice
from headgate.wire.anthropic.models import Abilities, abilities_of
from headgate.wire.anthropic.schema import closed
from headgate.wire.anthropic.thinking import Thinking, thinking_of
from headgate.wire.anthropic.turns import cache_control, conversation_of
from headgate.wire.losses import Losses

OWN_FIELDS = frozenset(
    {
        *("container", "context_management", "diagnostics", "inference_geo", "mcp_servers"),
        *("service_tier", "speed", "user_profile_id"),
    }
)
"""Top-level fields of this API without a place in `ChatRequest`."""
_TIERS: Mapping[Any, str] = {
    "auto": "auto",
    "default": "standard_only",
    "standard_only": "standard_only",
}
_ANY_INPUT = {"type": "object", "properties": {}}
_CHOICES = {"auto": "auto", "none": "none", "required": "any", "named": "tool"}
_FORCING = frozenset({"required", "named"})


def encode_request(
    request: ChatRequest, *, model: str, stream: bool, options: Mapping[str, Any], losses: Losses
) -> Mapping[str, Any]:
    """The members of the request; `options` fill in what it leaves open.

    Raises:
        InvalidRequest: Something that has no word here.
    """
    able = abilities_of(model)
    _account_for_unsayable(request, losses)
    said = conversation_of(
        request.messages, losses, takes_late_instructions=able.takes_late_instructions
    )
    thinking = thinking_of(request, able, _limit(request, options, able), losses)
    wanted = {
        "model": model,
        "max_tokens": request.max_output_tokens,
        "system": said.system or None,
        "messages": said.turns,
        "tools": [_tool(tool) for tool in request.tools] or None,
        "tool_choice": _tool_choice(request, able, thinking, losses),
        "thinking": thinking.config,
        "output_config": _output_config(request, thinking, losses),
        **_sampling(request, able, thinking, losses),
        "stop_sequences": _stop(request.stop, losses),
        "metadata": {"user_id": request.user} if request.user is not None else None,
        "stream": stream or None,
        **_own(request.extra, losses),
    }
    return {
        "max_tokens": able.most_output_tokens,
        **options,
        **{name: value for name, value in wanted.items() if value is not None},
    }


def _limit(request: ChatRequest, options: Mapping[str, Any], able: Abilities) -> int:
    """Tokens that the answer may have, thoughts included."""
    if request.max_output_tokens is not None:
        return request.max_output_tokens
    limit = options.get("max_tokens")
    return limit if isinstance(limit, int) else able.most_output_tokens


def _account_for_unsayable(request: ChatRequest, losses: Losses) -> None:
    if request.choices > 1:
        losses.unsayable("n", "Anthropic's API gives one answer a request")
    if request.logprobs or request.top_logprobs:
        losses.unsayable("logprobs", "Anthropic's API does not tell them")
    if request.seed is not None:
        losses.unsayable("seed", "Anthropic's API has no such field")
    for name in ("frequency_penalty", "presence_penalty"):
        if getattr(request, name):
            losses.unsayable(name, "Anthropic's API has no such field")


def _own(extra: Mapping[str, Any], losses: Losses) -> Mapping[str, Any]:
    """This API's own fields, and OpenAI's where they mean the same."""
    given = dict(extra)
    if given.get("modalities") == ["text"]:
        del given["modalities"]
    tier = given.pop("service_tier", None)
    if tier is not None and tier not in _TIERS:
        losses.drop("service_tier")
    given.pop("output_config", None)
    losses.leave(given, OWN_FIELDS)
    own = {name: value for name, value in given.items() if name in OWN_FIELDS}
    return {**own, "service_tier": _TIERS.get(tier)}


def _tool(tool: Tool) -> Mapping[str, Any]:
    wanted = {
        "name": tool.name,
        "description": tool.description,
        "input_schema": tool.parameters or _ANY_INPUT,
        "strict": tool.strict,
    }
    present = {name: value for name, value in wanted.items() if value is not None}
    return {**present, **cache_control(tool.cache)}


def _tool_choice(
    request: ChatRequest, able: Abilities, thinking: Thinking, losses: Losses
) -> Mapping[str, Any] | None:
    if not request.tools:
        return None
    choice = request.tool_choice
    if choice is not None and choice.mode in _FORCING:
        if not able.takes_forced_tools:
            losses.unsayable("tool_choice", "this model cannot be made to call a tool")
            choice = ToolChoice("auto")
        elif able.is_strict and thinking.has_budget:
            losses.unsayable(
                "tool_choice", "a model that thinks by a budget cannot be made to call"
            )
            choice = ToolChoice("auto")
    if choice is None:
        if request.parallel_tool_calls is not False:
            return None
        choice = ToolChoice("auto")
    said: dict[str, Any] = {"type": _CHOICES[choice.mode]}
    if choice.mode == "named":
        said["name"] = choice.name
    if choice.mode != "none" and request.parallel_tool_calls is not None:
        said["disable_parallel_tool_use"] = not request.parallel_tool_calls
    return said


def _output_config(
    request: ChatRequest, thinking: Thinking, losses: Losses
) -> Mapping[str, Any] | None:
    more = request.extra.get("output_config")
    config = dict(more) if isinstance(more, Mapping) else {}
    if thinking.effort is not None:
        config["effort"] = thinking.effort
    if (wanted := _format(request.output_format, losses)) is not None:
        config["format"] = wanted
    return config or None


def _format(wanted: OutputFormat | None, losses: Losses) -> Mapping[str, Any] | None:
    if wanted is None or wanted.kind == "text":
        return None
    if wanted.kind == "json" or wanted.schema is None:
        losses.unsayable(
            "response_format",
            "Anthropic's API writes JSON to a schema only",
            hint="give a `json_schema`, or set `drop_unsupported: true` on the route",
        )
        return None
    return {"type": "json_schema", "schema": closed(wanted.schema)}


def _sampling(
    request: ChatRequest, able: Abilities, thinking: Thinking, losses: Losses
) -> Mapping[str, float | int]:
    """`temperature`, `top_p` and `top_k`, as far as the model takes them."""
    wanted = {"temperature": request.temperature, "top_p": request.top_p, "top_k": request.top_k}
    given = {name: value for name, value in wanted.items() if value is not None}
    is_thinking = able.is_strict and thinking.is_on
    if is_thinking or not able.takes_sampling:
        why = "a model that thinks takes none" if is_thinking else "this model takes none"
        for name, value in given.items():
            # 1 is what happens anyway; some models refuse even that.
            if name == "top_k" or value != 1:
                losses.unsayable(name, why)
        return {}
    if request.temperature is not None:
        given["temperature"] = losses.clamp("temperature", request.temperature, low=0.0, high=1.0)
    if able.is_strict and {"temperature", "top_p"} <= given.keys():
        _leave_one(given, losses)
    return given


def _leave_one(given: dict[str, float | int], losses: Losses) -> None:
    """`temperature` or `top_p`: that of them which is not 1, and so says something."""
    if given["temperature"] == 1:
        del given["temperature"]
        return
    if given["top_p"] != 1:
        losses.unsayable("top_p", "this model takes it or `temperature`, not both")
    del given["top_p"]


def _stop(stop: tuple[str, ...], losses: Losses) -> list[str] | None:
    """Stop sequences; the API takes none that is only white space."""
    if not all(sequence.strip() for sequence in stop):
        losses.unsayable("stop", "Anthropic's API cannot stop at white space")
    return [sequence for sequence in stop if sequence.strip()] or None
