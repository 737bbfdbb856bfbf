"""Model files on this machine: which there are, and which one a name means."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from headgate.core.errors import EngineError
from headgate.engine.demo_model import ensure_demo_model
from headgate.engine.folders import cache_folder
from headgate.engine.gguf_reader import Header, read_header

DEMO: Final = "demo"
"""The name that means the demonstration model."""

_SUFFIX: Final = ".gguf"
_PATTERNS: Final = (f"*{_SUFFIX}", f"*/*{_SUFFIX}", f"*/*/*{_SUFFIX}")
"""A folder for each model, or for each publisher and model, is usual; deeper is not."""
_PART: Final = re.compile(r"-(?P<number>\d{5})-of-(?P<count>\d{5})$")
_MOST_LISTED: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalWeights:
    """A model file, or the first of its parts."""

    path: Path
    name: str
    """Its path in the folder of models: what a configuration calls it."""
    size_bytes: int
    """Of all parts."""
    header: Header | None
    problem: str | None = None
    """Why it cannot be used; then `header` is `None`."""

    @property
    def stem(self) -> str:
        """Its name without folders, part number and suffix."""
        return _PART.sub("", self.path.stem)


def find_weights(folder: Path) -> list[LocalWeights]:
    """The models in `folder`, by name; projectors and later parts are not models."""
    return [_weights(path, folder) for path in _model_files(folder)]


def resolve_weights(model: str, folder: Path) -> Path:
    """The file that a configuration's `model` means: a path, a name in `folder`, or `demo`.

    Raises:
        EngineError: There is none, or more than one; says what there is.
    """
    if model == DEMO:
        return ensure_demo_model(cache_folder())
    given = Path(model).expanduser()
    for path in (folder / given, given):
        if path.is_file():
            return path
    files = list(_model_files(folder))
    named = [path for path in files if model in _names(path, folder)]
    if len(named) == 1:
        return named[0]
    listed = ", ".join(f"`{_name(path, folder)}`" for path in (named or files)[:_MOST_LISTED])
    if named:
        raise EngineError(f"more than one model file is called `{model}`: {listed}")
    raise EngineError(
        f"there is no model file `{model}` in `{folder}`",
        hint=f"there is {listed}, and `{DEMO}`" if listed else f"put one there, or use `{DEMO}`",
    )


def weights_at(path: Path) -> LocalWeights:
    """What is known of one model file; nothing of it is loaded."""
    return _weights(path, path.parent)


def _model_files(folder: Path) -> Iterator[Path]:
    found = {path for pattern in _PATTERNS for path in folder.glob(pattern)}
    for path in sorted(found):
        part = _PART.search(path.stem)
        is_later_part = part is not None and int(part["number"]) != 1
        is_hidden = any(name.startswith(".") for name in path.relative_to(folder).parts)
        if not (is_later_part or is_hidden or "mmproj" in path.name.lower()) and path.is_file():
            yield path


def _weights(path: Path, folder: Path) -> LocalWeights:
    parts = _parts(path)
    here = [part for part in parts if part.is_file()]
    size_bytes = sum(part.stat().st_size for part in here)
    header, problem = None, None
    try:
        header = read_header(path)
    except EngineError as error:
        problem = error.message
    if len(here) < len(parts):
        header, problem = None, f"`{path.name}` is incomplete: {len(here)} of {len(parts)} parts"
    return LocalWeights(
        path=path,
        name=_name(path, folder),
        size_bytes=size_bytes,
        header=header,
        problem=problem,
    )


def _parts(path: Path) -> list[Path]:
    part = _PART.search(path.stem)
    if part is None:
        return [path]
    count = int(part["count"])
    stem = path.stem[: part.start()]
    return [path.with_name(f"{stem}-{n:05}-of-{count:05}{_SUFFIX}") for n in range(1, count + 1)]


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _names(path: Path, folder: Path) -> set[str]:
    """Everything a person may call it."""
    return {_name(path, folder), path.name, path.stem, _PART.sub("", path.stem)}
