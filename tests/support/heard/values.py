"""What a backend was asked, whichever API said it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHeard:
    """A call that the model is told it made; `id` is empty where the API has none."""

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultHeard:
    """What a tool returned; `call` is the id it came with, or its name where the API has none."""

    call: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn of the conversation; `role` is `user`, `assistant` or `tool`."""

    role: str
    text: str = ""
    pictures: tuple[bytes, ...] = ()
    addresses: tuple[str, ...] = ()
    """Of pictures that the backend is to fetch."""
    calls: tuple[CallHeard, ...] = ()
    results: tuple[ResultHeard, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A tool the model may call."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A whole request."""

    model: str
    system: str = ""
    turns: tuple[Turn, ...] = ()
    tools: tuple[Offered, ...] = ()
    choice: str = "auto"
    """`auto`, `none`, `required`, or the name of the tool that must be called."""
    parallel: bool = True
    schema: Mapping[str, Any] | None = None
    wants_json: bool = False
    stop: tuple[str, ...] = ()
    most_tokens: int | None = None

    @property
    def last(self) -> Turn:
        return self.turns[-1]

    @property
    def question(self) -> str:
        """What the user said last."""
        return next((turn.text for turn in reversed(self.turns) if turn.role == "user"), "")

    @property
    def calls(self) -> tuple[CallHeard, ...]:
        """Of the newest turn that made any; some APIs make a turn of each call."""
        found: list[CallHeard] = []
        for turn in reversed(self.turns):
            if found and not turn.calls:
                break
            found[:0] = turn.calls
        return tuple(found)

    @property
    def results(self) -> tuple[ResultHeard, ...]:
        """What tools returned since the model last spoke."""
        found: list[ResultHeard] = []
        for turn in reversed(self.turns):
            if turn.role == "assistant":
                break
            found[:0] = turn.results
        return tuple(found)

    @property
    def made(self) -> frozenset[str]:
        """Names of the tools called since the user last spoke."""
        found: set[str] = set()
        for turn in reversed(self.turns):
            if turn.role == "user":
                break
            found |= {call.name for call in turn.calls}
        return frozenset(found)

    @property
    def pictures(self) -> tuple[bytes, ...]:
        return tuple(picture for turn in self.turns for picture in turn.pictures)


def fingerprint(data: bytes) -> str:
    """Short and different for different bytes."""
    return hashlib.sha256(data).hexdigest()[:12]
