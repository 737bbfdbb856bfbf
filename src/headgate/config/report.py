"""Problems with their places, as an error for people and as data for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from typing_extensions import override

from headgate.config.locate import Document, Loc, Place, Problem
from headgate.core.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """One problem; `source` is a file, a variable, or nothing."""

    source: str | None
    line: int | None
    column: int | None
    setting: str
    message: str
    hint: str | None

    @override
    def __str__(self) -> str:
        """`headgate.yaml:5:5: targets.fast.modle: unknown setting`, then the hint."""
        place = ":".join(str(part) for part in (self.source, self.line, self.column) if part)
        sentence = ": ".join(part for part in (place, self.setting, self.message) if part)
        return f"{sentence}\nhint: {self.hint}" if self.hint else sentence


class InvalidConfig(ConfigError):
    """The configuration has problems, and these are all of them."""

    def __init__(self, problems: Sequence[Located]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def located(document: Document, path: Path | None, problems: Sequence[Problem]) -> list[Located]:
    """`problems` in the order of the file."""
    placed = [(document.place(problem), problem) for problem in problems]
    placed.sort(key=lambda item: item[0] or Place(0, 0))
    return [_located(document, path, place, problem) for place, problem in placed]


def dotted(loc: Loc) -> str:
    """`routes.chat.targets[0]`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return "".join(parts).removeprefix(".")


def shown(path: Path) -> str:
    """`path` as a person would type it here."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _located(
    document: Document, path: Path | None, place: Place | None, problem: Problem
) -> Located:
    source = document.overrides.get(problem.loc)
    if source is not None or path is None:
        place = None
    return Located(
        source=source or (None if path is None else shown(path)),
        line=place.line if place else None,
        column=place.column if place else None,
        setting=dotted(problem.loc),
        message=problem.message,
        hint=problem.hint,
    )
