"""What a client's `input` and `tools` are made of, as far as they are read."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Raw, Struct

from headgate.core.errors import InvalidRequest
from headgate.wire.responses.shapes import Part as Thought

ANY_OBJECT = Raw(b"{}")
NULL = Raw(b"null")
TEXTS = frozenset({"input_text", "output_text", "text"})


class Audio(Struct, gc=False):
    """Sound in base64."""

    data: str
    format: str


class Part(Struct, gc=False):
    """A piece of a message's content, or of what a tool returned."""

    type: str = ""
    text: str | None = None
    refusal: str | None = None
    image_url: str | None = None
    detail: str | None = None
    file_id: str | None = None
    file_data: str | None = None
    file_url: str | None = None
    filename: str | None = None
    input_audio: Audio | None = None


Content = str | list[Part] | None


class Item(Struct, gc=False):
    """An input item that can be told in other words; a message need not say what it is."""

    type: str | None = None
    role: str | None = None
    content: Content = None
    call_id: str | None = None
    name: str | None = None
    arguments: str | None = None
    output: Content = None
    id: str | None = None
    extra_content: Any = None

    @property
    def kind(self) -> str:
        """What it is; a reference may leave out that it is one."""
        if self.type:
            return self.type
        return "message" if self.role is not None else "item_reference"


class Reasoning(Struct, gc=False):
    """A thought as a response of this API holds it."""

    summary: list[Thought] | None = None
    content: list[Thought] | None = None
    encrypted_content: str | None = None


class _Kind(Struct, gc=False):
    type: str | None = None
    role: Any = None


class Tool(Struct, gc=False):
    """A tool; only functions have a name in every kind of API."""

    type: str = "function"
    name: str | None = None
    description: str | None = None
    parameters: Raw = ANY_OBJECT
    strict: bool | None = None
    defer_loading: bool | None = None


class Format(Struct, gc=False):
    """The shape asked of the answer."""

    type: str = "text"
    name: str | None = None
    description: str | None = None
    schema: dict[str, Any] | None = None
    strict: bool | None = None


class Text(Struct, gc=False):
    """How the answer is to be written."""

    format: Format | None = None
    verbosity: str | None = None


class Thinking(Struct, gc=False):
    """How the model is to think."""

    effort: str | None = None
    mode: str | None = None
    context: str | None = None


READ = frozenset({"message", "function_call", "function_call_output"})
"""Kinds that `Item` holds; a thought is a `Reasoning`."""
_item = msgspec.json.Decoder(Item)
_kind = msgspec.json.Decoder(_Kind)
_reasoning = msgspec.json.Decoder(Reasoning)
_schema = msgspec.json.Decoder(dict[str, Any])


def read_input(given: str | Sequence[Raw]) -> list[Item | Reasoning | str]:
    """Items in their order; of one that only this API has, its kind.

    Raises:
        InvalidRequest: An item is not of its kind.
    """
    if isinstance(given, str):
        return [Item(role="user", content=given)]
    return [_read(raw, index) for index, raw in enumerate(given)]


def _read(raw: Raw, index: int) -> Item | Reasoning | str:
    place = f"input[{index}]"
    try:
        found = _kind.decode(raw)
        kind = found.type or ("message" if found.role is not None else "item_reference")
        if kind == "reasoning":
            return _reasoning.decode(raw)
        return _item.decode(raw) if kind in READ else kind
    except msgspec.ValidationError as error:
        said = str(error).replace("Object", "object").replace(" - at `$", f" - at `{place}")
        raise InvalidRequest(f"{place}: {said}", param=place) from error


def schema_of(tool: Tool, place: str) -> Mapping[str, Any] | None:
    """A function's parameters; `None` where it says none.

    Raises:
        InvalidRequest: They are no schema.
    """
    if tool.parameters in (ANY_OBJECT, NULL):
        return None
    try:
        return _schema.decode(tool.parameters)
    except msgspec.ValidationError as error:
        raise InvalidRequest(f"{place}: expected an object", param=place) from error
