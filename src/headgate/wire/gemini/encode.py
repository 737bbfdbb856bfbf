"""A conversation as a request to `generateContent`. What it cannot say is refused by name."""

from collections.abc import Mapping
from typing import Any

from headgate.core.chat import ChatRequest, OutputFormat, Tool, ToolChoice
from headgate.core.errors import InvalidRequest
from headgate.wire.gemini.contents import conversation
from headgate.wire.gemini.models import thinking_config, wants_levels
from headgate.wire.losses import Losses

MOST_STOP_SEQUENCES = 5
MOST_CHOICES = 8
EMBEDDING_OPTIONS = frozenset({"taskType", "title", "outputDimensionality"})
"""Settings of a target that concern embeddings only."""

_BESIDE_GENERATION = frozenset(
    {
        *("cachedContent", "generationConfig", "labels", "safetySettings", "serviceTier"),
        *("store", "toolConfig", "tools"),
    }
)
"""Settings with a place of their own; all others belong into `generationConfig`."""
_OWN_FIELDS = frozenset({"cachedContent", "labels", "safetySettings"})
"""Top-level fields of this API without a place in `ChatRequest`, whoever writes them."""
_SEED_END = 2**31


def encode_request(
    request: ChatRequest, *, model: str, stream: bool, options: Mapping[str, Any], losses: Losses
) -> Mapping[str, Any]:
    """The members of the body; `options` fill in what the request leaves open.

    Raises:
        InvalidRequest: With the field that Gemini has no word for.
    """
    _account_for_unsayable(request, losses, stream=stream)
    said = conversation(request.messages, losses, signs_calls=wants_levels(model))
    beside = {n: v for n, v in options.items() if n in _BESIDE_GENERATION}
    inside = {
        name: value
        for name, value in options.items()
        if name not in _BESIDE_GENERATION | EMBEDDING_OPTIONS
    }
    generation = {
        **_object(beside.pop("generationConfig", None)),
        **inside,
        **_generation(request, model, losses),
    }
    wanted = {
        "contents": said.contents,
        "systemInstruction": said.instruction,
        "tools": [*_tools(request.tools, losses), *_list(beside.pop("tools", None))] or None,
        "toolConfig": _tool_config(request),
        "generationConfig": generation or None,
        **{name: value for name, value in request.extra.items() if name in _OWN_FIELDS},
    }
    return {**beside, **{name: value for name, value in wanted.items() if value is not None}}


def _account_for_unsayable(request: ChatRequest, losses: Losses, *, stream: bool) -> None:
    if request.tools and request.parallel_tool_calls is False:
        losses.unsayable("parallel_tool_calls", "Gemini cannot be held to one call")
    if request.choices > MOST_CHOICES:
        losses.unsayable("n", f"Gemini gives at most {MOST_CHOICES} answers a request")
    elif request.choices > 1 and stream:
        losses.unsayable("n", "a stream of Gemini does not say when all of several answers end")
    if request.logprobs or request.top_logprobs:
        losses.unsayable("logprobs", "they cannot be passed on from Gemini's own API")
    if len(request.stop) > MOST_STOP_SEQUENCES:
        losses.unsayable("stop", f"Gemini takes at most {MOST_STOP_SEQUENCES} sequences")
    if request.seed is not None and not _fits(request.seed):
        losses.unsayable("seed", "Gemini takes 32 bits")
    if request.user is not None:
        losses.drop("user")
    extra = dict(request.extra)
    if extra.get("modalities") == ["text"]:
        del extra["modalities"]
    losses.leave(extra, _OWN_FIELDS)


def _generation(request: ChatRequest, model: str, losses: Losses) -> Mapping[str, Any]:
    def within(param: str, value: float | None, low: float, high: float) -> float | None:
        return None if value is None else losses.clamp(param, value, low=low, high=high)

    frequency, presence = request.frequency_penalty, request.presence_penalty
    wanted = {
        "candidateCount": request.choices if 1 < request.choices <= MOST_CHOICES else None,
        "maxOutputTokens": request.max_output_tokens,
        "temperature": within("temperature", request.temperature, 0, 2),
        "topP": within("top_p", request.top_p, 0, 1),
        "topK": request.top_k,
        "stopSequences": list(request.stop[:MOST_STOP_SEQUENCES]) or None,
        "seed": request.seed if request.seed is not None and _fits(request.seed) else None,
        "frequencyPenalty": within("frequency_penalty", frequency, -2, 2),
        "presencePenalty": within("presence_penalty", presence, -2, 2),
        "thinkingConfig": thinking_config(request, model, losses),
        **_response_format(request.output_format),
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _fits(seed: int) -> bool:
    return -_SEED_END <= seed < _SEED_END


def _response_format(wanted: OutputFormat | None) -> Mapping[str, Any]:
    if wanted is None or wanted.kind == "text":
        return {}
    schema = {"responseJsonSchema": wanted.schema} if wanted.kind == "schema" else {}
    return {"responseMimeType": "application/json", **schema}


def _tools(tools: tuple[Tool, ...], losses: Losses) -> list[Mapping[str, Any]]:
    if any(tool.cache for tool in tools):
        losses.drop("cache_control")
    return [{"functionDeclarations": [_declaration(tool) for tool in tools]}] if tools else []


def _declaration(tool: Tool) -> Mapping[str, Any]:
    wanted = {
        "name": tool.name,
        "description": tool.description,
        "parametersJsonSchema": tool.parameters,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _tool_config(request: ChatRequest) -> Mapping[str, Any] | None:
    if not request.tools:
        return None
    config = _calling(request.tools, request.tool_choice)
    return {"functionCallingConfig": config} if config else None


def _calling(tools: tuple[Tool, ...], choice: ToolChoice | None) -> Mapping[str, Any] | None:
    if choice is None or choice.mode == "auto":
        # Only so are calls held to their schemas where the model is free to make none.
        return {"mode": "VALIDATED"} if any(tool.strict for tool in tools) else None
    if choice.mode != "named":
        return {"mode": "NONE" if choice.mode == "none" else "ANY"}
    if all(tool.name != choice.name for tool in tools):
        raise InvalidRequest(f"tool_choice: no tool is called `{choice.name}`", param="tool_choice")
    return {"mode": "ANY", "allowedFunctionNames": [choice.name]}


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
