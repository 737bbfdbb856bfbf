"""What a stand-in model says, before any API has given it a shape."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from support.json_examples import example_of

Kind = Literal["chat", "completion", "embedding", "rerank", "moderation", "count_tokens"]
PROMPT_TOKENS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The parts of a request that an answer depends on."""

    kind: Kind
    number: int
    """1 for the first request of an upstream; makes ids unique and repeatable."""
    body: Mapping[str, Any]
    is_azure: bool = False

    @property
    def model(self) -> str:
        return str(self.body.get("model", "default"))

    @property
    def choices(self) -> int:
        return int(self.body.get("n") or 1)

    @property
    def wants_usage(self) -> bool:
        return bool((self.body.get("stream_options") or {}).get("include_usage"))

    @property
    def schema(self) -> Mapping[str, Any] | None:
        """The JSON Schema the answer was asked to satisfy."""
        wanted = self.body.get("response_format") or {}
        if isinstance(self.body.get("text"), Mapping):
            return (self.body["text"].get("format") or {}).get("schema")  # type: ignore[no-any-return]
        if isinstance(self.body.get("output_config"), Mapping):
            return (self.body["output_config"].get("format") or {}).get("schema")  # type: ignore[no-any-return]
        if isinstance(self.body.get("format"), Mapping):
            return self.body["format"]  # type: ignore[no-any-return]
        described = wanted.get("json_schema") or {}
        # Cohere's schema stands there itself, OpenAI's beside its name.
        found = described if wanted.get("type") == "json_object" else described.get("schema")
        return found or None

    @property
    def tools(self) -> list[Mapping[str, Any]]:
        given = self.body.get("tools") or []
        return [
            tool.get("function", tool)
            for tool in given
            if "function" in tool or tool.get("type") == "function"
        ] + [{**t, "parameters": t["input_schema"]} for t in given if "input_schema" in t]

    @property
    def has_tool_result(self) -> bool:
        """The conversation ends with what a tool returned, so it is the model's turn to speak."""
        messages = self.body.get("messages") or self.body.get("input") or [{}]
        if isinstance(messages, str):
            return False
        last = messages[-1]
        blocks = last.get("content") if last.get("role") == "user" else None
        if isinstance(blocks, list):
            return any(block.get("type") == "tool_result" for block in blocks)
        return last.get("role") == "tool" or last.get("type") == "function_call_output"


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call; `arguments` is the text a model would write, valid or not."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One reply; a stream sends each of `pieces` as a chunk of its own."""

    pieces: tuple[str, ...] = ()
    reasoning: tuple[str, ...] = ()
    refusal: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()
    finish: str = "stop"
    prompt_tokens: int = PROMPT_TOKENS
    completion_tokens: int | None = None
    cached_tokens: int = 0

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def output_tokens(self) -> int:
        """One a piece, unless told otherwise."""
        counted = len(self.pieces) + len(self.reasoning) + len(self.refusal) + 4 * len(self.calls)
        return counted if self.completion_tokens is None else self.completion_tokens


def said(text: str, **changes: Any) -> Answer:
    """An answer of this text, a word a piece."""
    words = text.split(" ")
    return Answer(pieces=tuple(w if i == 0 else f" {w}" for i, w in enumerate(words)), **changes)


def called(*calls: Call) -> Answer:
    """An answer that calls tools and says nothing."""
    return Answer(calls=calls, finish="tool_calls")


def obedient(asked: Asked) -> Answer:
    """What a good model answers: JSON where a schema asks for it, a call where tools force one."""
    wanted = asked.body.get("response_format") or {}
    choice = asked.body.get("tool_choice") or "auto"
    choice = "none" if choice in ("NONE", {"type": "none"}) else choice
    if asked.tools and choice != "none" and not asked.has_tool_result:
        return called(_call_of(asked, choice))
    if asked.schema is not None:
        return said(json.dumps(example_of(asked.schema)))
    if wanted.get("type") == "json_object" or asked.body.get("format") == "json":
        return said('{"greeting": "hello"}')
    return said("Hello from the upstream, in five pieces.")


def calling(asked: Asked) -> Answer:
    """A well-formed call of the first tool, arguments true to its schema."""
    return called(_call_of(asked, "auto"))


def _call_of(asked: Asked, choice: Any) -> Call:
    named = choice.get("function", choice).get("name") if isinstance(choice, Mapping) else None
    tool = next(tool for tool in asked.tools if named in {None, tool["name"]})
    return Call(str(tool["name"]), json.dumps(example_of(tool.get("parameters") or {})))
