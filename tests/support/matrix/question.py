"""What the matrix asks of a model, in no SDK's words, and what an SDK says came back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

Ending = Literal["stop", "length", "tool_calls"]


class Unsayable(Exception):
    """The SDK has no words for a question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A function the model may call."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A call as the SDK gives it, its arguments parsed; `id` is empty where an SDK has none."""

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer."""

    pieces: tuple[str, ...]
    """One where it was not streamed."""
    calls: tuple[Called, ...]
    ending: str
    """In the SDK's own word."""
    input_tokens: int
    """All of them, however the SDK divides them."""
    output_tokens: int
    cached_tokens: int = 0
    """Those of the input that were read from a cache."""
    model: str
    turn: Any
    """What the SDK wants back in the next turn."""

    @property
    def text(self) -> str:
        return "".join(self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request."""

    text: str
    system: str | None = None
    picture: bytes | None = None
    """A PNG."""
    tools: tuple[Tool, ...] = ()
    choice: str = "auto"
    """`auto`, `required`, or a tool's name."""
    schema: Mapping[str, Any] | None = None
    answered: Said | None = None
    """The calls that came back for the same question."""
    results: tuple[str, ...] = ()
    """What each of them returned."""
    most_tokens: int = 200
    greedy: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """An error as the SDK raises it."""

    kind: str
    """Name of its class."""
    status: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What differs between SDKs in what they can say."""

    name: str
    """Of the test, and in the page's table."""
    title: str
    package: str
    endings: Mapping[Ending, str]
    """Its words for the ends of an answer."""
    complaints: Mapping[int, str]
    """The class it raises for a status."""
    errors: tuple[type[Exception], ...]
    forces: frozenset[str] = frozenset({"required", "named"})
    """What it can force."""
    has_call_ids: bool = True
    counts_cache: bool = True
    """Whether it says how much of the input came from a cache."""


class Sdk(Protocol):
    """One official SDK."""

    about: ClassVar[About]

    def __init__(self, root_url: str, key: str) -> None: ...

    def ask(self, model: str, question: Question) -> Said:
        """Ask for a whole answer.

        Raises:
            Unsayable: There is no such parameter.
        """
        ...

    def stream(self, model: str, question: Question) -> Iterator[str | Said]:
        """The pieces of text as they come, and in the end the whole; closing it leaves."""
        ...

    def complaint(self, error: Exception) -> Complaint:
        """What an error of its says."""
        ...

    def close(self) -> None:
        """Close its connections."""
        ...


def streamed(sdk: Sdk, model: str, question: Question) -> Said:
    """The whole of a stream."""
    *_, said = sdk.stream(model, question)
    assert isinstance(said, Said)
    return said
