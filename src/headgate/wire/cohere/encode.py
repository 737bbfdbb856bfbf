"""A conversation as a request to `/v2/chat`, for a client that spoke another dialect."""

from collections.abc import Mapping
from typing import Any

from headgate.core.chat import ChatRequest, OutputFormat, Tool, ToolChoice
from headgate.core.errors import InvalidRequest
from headgate.wire.cohere.messages import Written, written
from headgate.wire.losses import Losses

OWN_FIELDS = frozenset(
    {"citation_options", "documents", "priority", "safety_mode", "strict_tools", "thinking"}
)
"""Top-level fields of this API without a place in `ChatRequest`, whoever writes them."""
EMBEDDING_OPTIONS = frozenset({"input_type", "truncate"})
"""Settings of a target that concern embeddings only."""
MOST_STOP_SEQUENCES = 5

_THINKING_TOKENS: Mapping[str, int | None] = {
    "minimal": 512,
    "low": 1024,
    "medium": 8192,
    "high": None,
    "xhigh": None,
    "max": None,
}
"""Thinking is on or off here, or has a budget; `None` is as much as the model likes."""
_NO_PARAMETERS: Mapping[str, Any] = {"type": "object", "properties": {}}


def encode_request(
    request: ChatRequest, *, model: str, stream: bool, options: Mapping[str, Any], losses: Losses
) -> Mapping[str, Any]:
    """The members of the body; `options` fill in what the request leaves open.

    Raises:
        InvalidRequest: With the field that Cohere has no word for.
    """
    _account_for_unsayable(request, losses)
    conversation = written(request.messages, losses)
    wanted = {
        "model": model,
        "messages": conversation.messages,
        "stream": stream,
        **_grounding(request.extra, conversation),
        **_tools(request, losses),
        "response_format": _response_format(request.output_format),
        "max_tokens": request.max_output_tokens,
        "stop_sequences": list(request.stop[:MOST_STOP_SEQUENCES]) or None,
        "seed": request.seed,
        "thinking": _thinking(request),
        **_sampling(request, losses),
        "safety_mode": request.extra.get("safety_mode"),
        "priority": request.extra.get("priority"),
    }
    fixed = {name: value for name, value in options.items() if name not in EMBEDDING_OPTIONS}
    return {**fixed, **{name: value for name, value in wanted.items() if value is not None}}


def _account_for_unsayable(request: ChatRequest, losses: Losses) -> None:
    if request.tools and request.parallel_tool_calls is False:
        losses.unsayable("parallel_tool_calls", "Cohere cannot be held to one call")
    if request.choices > 1:
        losses.unsayable("n", "Cohere gives one answer a request")
    if request.logprobs or request.top_logprobs:
        losses.unsayable("logprobs", "they cannot be passed on from Cohere's own API")
    if len(request.stop) > MOST_STOP_SEQUENCES:
        losses.unsayable("stop", f"Cohere takes at most {MOST_STOP_SEQUENCES} sequences")
    if request.user is not None:
        losses.drop("user")
    extra = dict(request.extra)
    if extra.get("modalities") == ["text"]:
        del extra["modalities"]
    losses.leave(extra, OWN_FIELDS)


def _sampling(request: ChatRequest, losses: Losses) -> Mapping[str, float | int | None]:
    """Numbers in the ranges of Cohere's reference."""

    def within(param: str, value: float | None, low: float, high: float) -> float | None:
        return None if value is None else losses.clamp(param, value, low=low, high=high)

    k = within("top_k", request.top_k, 0, 500)
    return {
        "temperature": within("temperature", request.temperature, 0, 1),
        "p": within("top_p", request.top_p, 0.01, 0.99),
        "k": None if k is None else int(k),
        "frequency_penalty": within("frequency_penalty", request.frequency_penalty, 0, 1),
        "presence_penalty": within("presence_penalty", request.presence_penalty, 0, 1),
    }


def _grounding(extra: Mapping[str, Any], conversation: Written) -> Mapping[str, Any]:
    """What the answer rests on, and whether it is to say so."""
    given = extra.get("documents") or []
    if not isinstance(given, list):
        raise InvalidRequest("documents: expected a list", param="documents")
    options = extra.get("citation_options")
    if options is None and conversation.documents and not given:
        # Cohere cites documents unless told otherwise, and nobody asked for it.
        options = None if conversation.wants_citations else {"mode": "OFF"}
    return {"documents": [*given, *conversation.documents] or None, "citation_options": options}


def _tools(request: ChatRequest, losses: Losses) -> Mapping[str, Any]:
    tools, choice = request.tools, request.tool_choice
    if choice is not None and choice.mode == "named":
        # No tool can be named: with no other in sight, any call is a call of it.
        tools = tuple(tool for tool in tools if tool.name == choice.name)
        if not tools:
            raise InvalidRequest(
                f"tool_choice: no tool is called `{choice.name}`", param="tool_choice"
            )
    is_strict = any(tool.strict for tool in tools) or request.extra.get("strict_tools")
    return {
        "tools": [_tool(tool) for tool in tools] or None,
        "strict_tools": True if is_strict else None,
        "tool_choice": _tool_choice(choice) if tools else None,
    }


def _tool(tool: Tool) -> Mapping[str, Any]:
    function: dict[str, Any] = {"name": tool.name}
    if tool.description is not None:
        function["description"] = tool.description
    function["parameters"] = tool.parameters if tool.parameters is not None else _NO_PARAMETERS
    return {"type": "function", "function": function}


def _tool_choice(choice: ToolChoice | None) -> str | None:
    if choice is None or choice.mode == "auto":
        return None
    return "NONE" if choice.mode == "none" else "REQUIRED"


def _response_format(wanted: OutputFormat | None) -> Mapping[str, Any] | None:
    if wanted is None or wanted.kind == "text":
        return None
    if wanted.kind == "json" or wanted.schema is None:
        return {"type": "json_object"}
    return {"type": "json_object", "json_schema": wanted.schema}


def _thinking(request: ChatRequest) -> Mapping[str, Any] | None:
    given = request.extra.get("thinking")
    if given is not None:
        return _given_thinking(given)
    effort, budget = request.reasoning_effort, request.thinking_tokens
    if effort == "none":
        return {"type": "disabled"}
    if effort is not None and budget is None:
        if effort not in _THINKING_TOKENS:
            raise InvalidRequest(
                f"reasoning_effort: Cohere knows no `{effort}`", param="reasoning_effort"
            )
        budget = _THINKING_TOKENS[effort]
    if effort is None and budget is None:
        return None
    return {"type": "enabled", **({} if budget is None else {"token_budget": budget})}


def _given_thinking(given: Any) -> Mapping[str, Any]:
    """A client of another dialect that knows Cohere's own field."""
    if not isinstance(given, Mapping) or not given.keys() <= {"type", "token_budget"}:
        raise InvalidRequest(
            "thinking: Cohere takes `type` and `token_budget`, nothing else", param="thinking"
        )
    return given
