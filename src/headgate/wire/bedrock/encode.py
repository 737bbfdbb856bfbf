"""A conversation as a request to Converse. What it cannot say is refused by name.

Converse has words for what all its models know; `additionalModelRequestFields` holds the
words of one vendor's models, which a model's id names.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from headgate.core.chat import ChatRequest, OutputFormat, Tool, ToolChoice
from headgate.core.errors import InvalidRequest
from headgate.wire.bedrock.messages import Conversation, cache_point, conversation
from headgate.wire.losses import Losses

_MEMBERS = frozenset(
    {
        *("additionalModelRequestFields", "additionalModelResponseFieldPaths"),
        *("guardrailConfig", "inferenceConfig", "outputConfig", "performanceConfig"),
        *("projectIdentifier", "promptVariables", "requestMetadata", "serviceTier"),
    }
)
"""Settings with a place of their own; all others are the model's."""
_MERGED = ("inferenceConfig", "outputConfig", "additionalModelRequestFields")
_OWN_FIELDS = frozenset({"guardrailConfig", "performanceConfig", "requestMetadata"})
"""Top-level fields of this API without a place in `ChatRequest`, whoever writes them."""
_EFFORTS: Mapping[str, str] = {
    "minimal": "low",
    **{effort: effort for effort in ("low", "medium", "high", "xhigh", "max")},
}
_WANTS_THINKING = frozenset({"xhigh", "max"})
"""Efforts that count for nothing unless the model thinks."""
_TIERS = frozenset({"default", "flex", "priority"})
_VENDOR = re.compile(r"(?:^|[./])(amazon|anthropic|cohere|mistral)\.")
_NO_PARAMETERS: Mapping[str, Any] = {"type": "object", "properties": {}}
_encoder = msgspec.json.Encoder()


def encode_request(
    request: ChatRequest, *, model: str, options: Mapping[str, Any], losses: Losses
) -> Mapping[str, Any]:
    """The members of the body; `options` fill in what the request leaves open.

    Raises:
        InvalidRequest: With the field that Bedrock has no word for.
    """
    _account_for_unsayable(request, losses)
    said = conversation(request.messages, losses)
    vendor = found[1] if (found := _VENDOR.search(model)) else None
    usual = {name: value for name, value in options.items() if name in _MEMBERS}
    own = {name: value for name, value in options.items() if name not in _MEMBERS}
    wanted: dict[str, Any] = {
        "messages": said.messages,
        "system": said.system or None,
        "toolConfig": _tool_config(request, said, losses),
        "inferenceConfig": _inference(request, losses),
        "outputConfig": _output(request, losses),
        "additionalModelRequestFields": {**own, **_additional(request, vendor, losses)},
        "serviceTier": _tier(request.extra.get("service_tier"), losses),
        **{name: value for name, value in request.extra.items() if name in _OWN_FIELDS},
    }
    for name in _MERGED:
        given = usual.pop(name, None)
        wanted[name] = {**(given if isinstance(given, Mapping) else {}), **wanted[name]} or None
    return {**usual, **{name: value for name, value in wanted.items() if value is not None}}


def _account_for_unsayable(request: ChatRequest, losses: Losses) -> None:
    if request.tools and request.parallel_tool_calls is False:
        losses.unsayable("parallel_tool_calls", "Bedrock cannot be held to one call")
    if request.choices > 1:
        losses.unsayable("n", "Bedrock gives one answer a request")
    if request.logprobs or request.top_logprobs:
        losses.unsayable("logprobs", "Bedrock does not tell them")
    for name in ("seed", "frequency_penalty", "presence_penalty"):
        value = getattr(request, name)
        if value is not None and (name == "seed" or value != 0):
            losses.unsayable(name, "Bedrock has no such field for all its models")
    if request.user is not None:
        losses.drop("user")
    extra = dict(request.extra)
    if extra.get("modalities") == ["text"]:
        del extra["modalities"]
    losses.leave(extra, _OWN_FIELDS | {"service_tier"})


def _inference(request: ChatRequest, losses: Losses) -> Mapping[str, Any]:
    def share(param: str, value: float | None) -> float | None:
        return None if value is None else losses.clamp(param, value, low=0, high=1)

    if request.max_output_tokens == 0:
        losses.unsayable("max_tokens", "Bedrock writes at least one")
    wanted = {
        "maxTokens": request.max_output_tokens or None,
        "temperature": share("temperature", request.temperature),
        "topP": share("top_p", request.top_p),
        "stopSequences": [text for text in request.stop if text] or None,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _output(request: ChatRequest, losses: Losses) -> Mapping[str, Any]:
    wanted: dict[str, Any] = {}
    shape, effort = request.output_format, request.reasoning_effort
    if shape is not None and shape.kind == "json":
        losses.unsayable(
            "response_format", "Bedrock takes a schema or nothing", hint="send a JSON Schema"
        )
    elif shape is not None and shape.kind == "schema":
        wanted["textFormat"] = _text_format(shape)
    if effort is not None and effort in _EFFORTS:
        wanted["effort"] = _EFFORTS[effort]
    elif effort not in {None, "none"}:
        losses.unsayable("reasoning_effort", f"Bedrock knows no `{effort}`")
    return wanted


def _text_format(shape: OutputFormat) -> Mapping[str, Any]:
    schema = {"schema": _encoder.encode(shape.schema or {}).decode()}
    named = {"name": shape.name} if shape.name else {}
    return {"type": "json_schema", "structure": {"jsonSchema": {**schema, **named}}}


def _additional(request: ChatRequest, vendor: str | None, losses: Losses) -> Mapping[str, Any]:
    """What only the models of one vendor know."""
    return {**_top_k(request.top_k, vendor, losses), **_thinking(request, vendor, losses)}


def _top_k(top_k: int | None, vendor: str | None, losses: Losses) -> Mapping[str, Any]:
    match vendor:
        case _ if top_k is None:
            return {}
        case "anthropic" | "mistral":
            return {"top_k": top_k}
        case "cohere":
            return {"k": top_k}
        case "amazon":
            return {"inferenceConfig": {"topK": top_k}}
    losses.unsayable("top_k", "nobody says what this model calls it")
    return {}


def _thinking(request: ChatRequest, vendor: str | None, losses: Losses) -> Mapping[str, Any]:
    effort, tokens = request.reasoning_effort, request.thinking_tokens
    if effort is None and tokens is None:
        return {}
    if vendor == "anthropic":
        if effort == "none" or tokens == 0:
            return {"thinking": {"type": "disabled"}}
        if tokens is not None:
            return {"thinking": {"type": "enabled", "budget_tokens": tokens}}
        return {"thinking": {"type": "adaptive"}} if effort in _WANTS_THINKING else {}
    if effort == "none" or tokens == 0:
        losses.unsayable("reasoning_effort", "nobody says how to keep this model from thinking")
    elif tokens is not None:
        losses.unsayable("thinking.budget_tokens", "this model cannot be held to tokens")
    return {}


def _tier(wanted: Any, losses: Losses) -> Mapping[str, Any] | None:
    if wanted is None or wanted == "auto":
        return None
    if not isinstance(wanted, str) or wanted not in _TIERS:
        losses.drop("service_tier")
        return None
    return {"type": wanted}


def _tool_config(
    request: ChatRequest, said: Conversation, losses: Losses
) -> Mapping[str, Any] | None:
    tools, choice = request.tools, request.tool_choice
    if said.called and (not tools or (choice is not None and choice.mode == "none")):
        # This API wants to see the tools of every call there has been.
        losses.unsayable(
            "tool_choice" if tools else "tools",
            "Bedrock cannot be kept from calling tools that have been called before",
            hint="send the tools along, and leave `tool_choice` out",
        )
        tools, choice = tools or tuple(Tool(name=name) for name in said.called), None
    elif choice is not None and choice.mode == "none":
        return None
    if not tools:
        return None
    listed = [block for tool in tools for block in (_tool(tool), *cache_point(tool.cache))]
    chosen = _tool_choice(tools, choice)
    return {"tools": listed, **({"toolChoice": chosen} if chosen else {})}


def _tool(tool: Tool) -> Mapping[str, Any]:
    spec: dict[str, Any] = {"name": tool.name}
    if tool.description:
        spec["description"] = tool.description
    spec["inputSchema"] = {"json": tool.parameters or _NO_PARAMETERS}
    if tool.strict is not None:
        spec["strict"] = tool.strict
    return {"toolSpec": spec}


def _tool_choice(tools: tuple[Tool, ...], choice: ToolChoice | None) -> Mapping[str, Any] | None:
    if choice is None:
        return None
    if choice.mode != "named":
        return {"any" if choice.mode == "required" else "auto": {}}
    if all(tool.name != choice.name for tool in tools):
        raise InvalidRequest(f"tool_choice: no tool is called `{choice.name}`", param="tool_choice")
    return {"tool": {"name": choice.name}}
