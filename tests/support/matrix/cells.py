"""What is not to be had, and why: every other cell of the matrix works.

A cell that begins to work makes its test fail until its entry here is gone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Why = Literal["unsayable", "refused", "model"]
"""`unsayable`: the SDK has no words for it. `refused`: Headgate says clearly that it cannot be
done. `model`: the tiny model of the tests lacks the wit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """Cells that do not work: with any SDK unless one is named, with any backend likewise."""

    sdk: str | None = None
    backends: tuple[str, ...] = ()
    behaviour: str
    why: Why
    reason: str
    """For a reader of the page, a clause."""
    status: int = 400
    says: str = ""
    """What the refusal must say."""

    def covers(self, sdk: str, backend: str, behaviour: str) -> bool:
        """Whether it is about this cell."""
        return (
            self.sdk in {None, sdk}
            and (not self.backends or backend in self.backends)
            and behaviour == self.behaviour
        )


ABSENT: tuple[Absent, ...] = (
    Absent(
        backends=("embedded", "llama_cpp"),
        behaviour="tools: parallel",
        why="model",
        reason="the tests' model, of 1.6 million parameters, makes one call at a time",
    ),
    Absent(
        backends=("embedded",),
        behaviour="image",
        why="refused",
        reason="the embedded engine runs text models",
        says="does not support `vision`",
    ),
    Absent(
        backends=("llama_cpp",),
        behaviour="image",
        why="refused",
        reason="the tests' model has no eyes",
        says="image input is not supported",
    ),
    Absent(
        sdk="ollama",
        behaviour="tools: forced",
        why="unsayable",
        reason="its `chat` has no `tool_choice`",
    ),
    Absent(
        backends=("ollama_native",),
        behaviour="tools: forced",
        why="refused",
        reason="Ollama's API has no `tool_choice`",
        says="tool_choice: Ollama cannot be made to call a tool",
    ),
)


def absent(sdk: str, backend: str, behaviour: str) -> Absent | None:
    """Why a cell does not work, if it does not; the first entry that covers it counts."""
    return next((each for each in ABSENT if each.covers(sdk, backend, behaviour)), None)


def stale(cells: Iterator[tuple[str, str, str]]) -> list[Absent]:
    """Entries that are about none of `cells`."""
    known = {absent(*cell) for cell in cells}
    return [each for each in ABSENT if each not in known]
