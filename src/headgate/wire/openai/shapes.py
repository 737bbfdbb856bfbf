"""Backends' JSON, whole replies and chunks alike, as far as it is read.

Many servers say they speak this dialect: what they leave out, add or spell in their own
way is read as well as it can be, and only what is no answer at all is refused.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from headgate.core.chat import Thought
from headgate.core.stream import FinishReason
from headgate.core.usage import Money, Usage
from headgate.wire.counts import token_count

_FINISH_REASONS: Mapping[str, FinishReason] = {
    "stop": "stop",
    "length": "length",
    "max_tokens": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
    "error": "error",
    "abort": "error",
    "insufficient_system_resource": "error",
}

_USUAL_TIERS = frozenset({"auto", "default", "standard", "on_demand"})
MOST_USD = 100_000
"""No answer costs as much; what claims to does not fit the ledger."""

_encoder = msgspec.json.Encoder()


class Content(Struct, gc=False):
    """A piece of content where a server sends a list of them instead of text."""

    text: str | None = None
    thinking: "str | list[Content] | None" = None


class Function(Struct, gc=False):
    """What is called: `input` is the free text of a custom tool."""

    name: str | None = None
    arguments: str | dict[str, Any] | None = None
    input: str | None = None

    @property
    def argument_text(self) -> str:
        """The arguments as text; some servers send an object."""
        if isinstance(self.arguments, dict):
            return _encoder.encode(self.arguments).decode()
        return self.arguments or self.input or ""


class Call(Struct, gc=False):
    """A tool call or a piece of one."""

    index: int | None = None
    id: str | None = None
    function: Function | None = None
    custom: Function | None = None
    extra_content: Any = None

    @property
    def signature(self) -> str | None:
        """The proof of the thought behind it, as Gemini's layer writes it."""
        google = _mapping(_mapping(self.extra_content).get("google"))
        signature = google.get("thought_signature")
        return signature if isinstance(signature, str) else None

    @property
    def callee(self) -> Function:
        """Whichever kind of tool it calls."""
        return self.function or self.custom or Function()


class Audio(Struct, gc=False):
    """Sound; only its words have a place in an answer."""

    transcript: str | None = None


class Detail(Struct, gc=False):
    """A piece of OpenRouter's `reasoning_details`."""

    text: str | None = None
    summary: str | None = None
    signature: str | None = None
    data: str | None = None

    @property
    def thought(self) -> Thought:
        """What it is, where it is whole."""
        return Thought(self.text or self.summary or "", self.signature, self.data)


def thoughts_of(details: Sequence[Detail], text: str) -> tuple[Thought, ...]:
    """Thoughts of a whole message; a stream of ours gives a signature beside its plain text."""
    if not details:
        return (Thought(text),) if text else ()
    thoughts = tuple(detail.thought for detail in details)
    match [t for t in thoughts if t.sealed is None]:
        case []:
            return (Thought(text), *thoughts) if text else thoughts
        case [Thought(text="", signature=signature) as bare] if text:
            whole = Thought(text, signature)
            return tuple(whole if thought is bare else thought for thought in thoughts)
        case _:
            return thoughts


class Words(Struct, gc=False):
    """A `message`, or the `delta` of one."""

    content: str | list[Content] | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    reasoning_details: list[Detail] | None = None
    refusal: str | None = None
    tool_calls: list[Call] | None = None
    function_call: Function | None = None
    audio: Audio | None = None


class Choice(Struct, gc=False):
    """A choice; `text` is what completions have instead of a message."""

    index: int | None = None
    delta: Words | None = None
    message: Words | None = None
    text: str | None = None
    finish_reason: str | None = None


class Reply(Struct, gc=False):
    """A whole reply, or a chunk of one."""

    id: str | None = None
    model: str | None = None
    created: float | None = None
    choices: list[Choice] | None = None
    usage: dict[str, Any] | None = None
    service_tier: str | None = None
    error: Any = None


reply_decoder = msgspec.json.Decoder(Reply)


_MORE_THAN_COUNTS = frozenset(
    {
        *("prompt_tokens_details", "completion_tokens_details", "prompt_cache_hit_tokens"),
        *("cached_tokens", "server_tool_use_details", "server_tool_use", "service_tier", "cost"),
        "is_byok",
    }
)
"""Members of a usage object that say more than how many tokens there were."""


def usage_of(raw: Mapping[str, Any]) -> Usage:
    """The usage object of a reply, normalised.

    Who speaks this dialect counts alike, but for where it says what came from the cache, and
    whether what was thought is part of what was said.
    """
    given = raw.get
    input_tokens = token_count(given("prompt_tokens"))
    output_tokens = token_count(given("completion_tokens"))
    # Some count the tokens of thinking in the total only.
    of_total = token_count(given("total_tokens")) - input_tokens
    if not _MORE_THAN_COUNTS.isdisjoint(raw):
        return Usage(
            input_tokens=input_tokens, output_tokens=max(output_tokens, of_total), **_kinds(raw)
        )
    return Usage(input_tokens=input_tokens, output_tokens=max(output_tokens, of_total))


def _kinds(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What of the tokens was of a special kind, and what else there is to know of the bill."""
    details = _mapping(raw.get("prompt_tokens_details"))
    written = _mapping(raw.get("completion_tokens_details"))
    tools = _mapping(raw.get("server_tool_use_details") or raw.get("server_tool_use"))
    return {
        "cache_read_tokens": token_count(details.get("cached_tokens"))
        or token_count(raw.get("prompt_cache_hit_tokens"))
        or token_count(raw.get("cached_tokens")),
        "cache_write_tokens": token_count(details.get("cache_write_tokens")),
        "reasoning_tokens": token_count(written.get("reasoning_tokens")),
        "audio_input_tokens": token_count(details.get("audio_tokens")),
        "audio_output_tokens": token_count(written.get("audio_tokens")),
        "web_searches": token_count(tools.get("web_search_requests")),
        "tier": tier_of(raw.get("service_tier")),
        "reported_usd": reported_usd(raw),
    }


def tier_of(name: Any) -> str | None:
    """What the provider says it served by, where that is not the usual."""
    return name if isinstance(name, str) and name not in _USUAL_TIERS else None


def reported_usd(raw: Mapping[str, Any]) -> Money | None:
    """What OpenRouter says it charges; with a key of one's own, what its upstream does, too."""
    if "cost" not in raw:
        return None
    parts: list[Any] = [raw["cost"]]
    if raw.get("is_byok") is True:
        parts.append(_mapping(raw.get("cost_details")).get("upstream_inference_cost"))
    total = Decimal(0)
    for part in parts:
        if type(part) not in (int, float) or not 0 <= part < MOST_USD:
            return None
        total += Decimal(repr(part))
    return total


def reported_usage(raw: Mapping[str, Any] | None, service_tier: str | None = None) -> Usage | None:
    """The same where it says something; servers that do not count send zeros.

    OpenAI says beside the usage, as `service_tier`, what it charges by.
    """
    usage = usage_of(raw) if raw else None
    if usage is None or not (usage.input_tokens or usage.output_tokens):
        return None
    tier = usage.tier or tier_of(service_tier)
    return usage if tier == usage.tier else replace(usage, tier=tier)


def finish_reason_of(reason: str) -> FinishReason:
    """A server's word for why it stopped; words of its own mean a plain stop."""
    return _FINISH_REASONS.get(reason, "stop")


def sentence_of(error: Any) -> str | None:
    """The sentence in an error object, whatever its shape."""
    if isinstance(error, Mapping):
        error = error.get("message") or error.get("detail") or error.get("error")
    return error if isinstance(error, str) and error else None


def text_of(content: str | list[Content] | None) -> tuple[str, str]:
    """What content says, and what it thinks."""
    if not content:
        return "", ""
    if isinstance(content, str):
        return content, ""
    text = "".join(piece.text or "" for piece in content)
    thinking = "".join("".join(text_of(piece.thinking)) for piece in content)
    return text, thinking


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
