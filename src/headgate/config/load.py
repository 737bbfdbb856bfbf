"""From a file, a mapping or nothing at all to settings; every problem told at once."""

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from headgate.config.complaints import complaints
from headgate.config.crosscheck import crosscheck
from headgate.config.discover import Discovery, discover
from headgate.config.find import WRITE_ONE, find_config
from headgate.config.interpolate import interpolate
from headgate.config.locate import Document, Loc, Problem, read_document
from headgate.config.report import InvalidConfig, located
from headgate.config.schema import Settings
from headgate.core.errors import ConfigError

ENVIRONMENT = "HEADGATE_ENVIRONMENT"
AIR_GAPPED: Loc = ("air_gapped",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Settings and where they come from: the file at `path`, or a `discovery`."""

    settings: Settings
    document: Document
    path: Path | None = None
    discovery: Discovery | None = None


class Override(NamedTuple):
    """A value from outside the file, and what to call its origin."""

    loc: Loc
    value: Any
    source: str


@dataclass(frozen=True, slots=True)
class Source:
    """What surrounds the text of a configuration."""

    environ: Mapping[str, str]
    folder: Path
    """Where relative paths start."""
    path: Path | None = None
    flags: Sequence[Override] = ()

    def overrides(self) -> Iterator[Override]:
        """Values that win over the text, the strongest last."""
        if environment := self.environ.get(ENVIRONMENT):
            yield Override(("environment",), environment, f"${ENVIRONMENT}")
        yield from self.flags


def load(path: Path | None = None, *, flags: Sequence[Override] = ()) -> Loaded:
    """The configuration at `path`; without one, the one found, or what can be discovered.

    Raises:
        ConfigError: With every problem and its place.
    """
    found = find_config(path, environ=os.environ, folder=Path.cwd())
    if found is not None:
        return read_file(found, os.environ, flags=flags)
    # A thread of its own, because the caller may already be inside an event loop.
    is_air_gapped = any(flag.loc == AIR_GAPPED and flag.value for flag in flags)
    with ThreadPoolExecutor(1) as thread:
        surveying = discover(os.environ, is_air_gapped=is_air_gapped)
        discovery = thread.submit(lambda: asyncio.run(surveying)).result()
    document = Document(data=dict(discovery.data))
    settings = _settings(document, Source(os.environ, Path.cwd(), flags=flags))
    return Loaded(settings=settings, document=document, discovery=discovery)


def read(path: Path | None = None) -> Loaded:
    """The same, from a file only: nothing is looked for on the machine.

    Raises:
        ConfigError: With every problem and its place, or because there is no file.
    """
    found = find_config(path, environ=os.environ, folder=Path.cwd())
    if found is None:
        raise ConfigError("there is no `headgate.yaml` here or above", hint=WRITE_ONE)
    return read_file(found, os.environ)


def load_settings(path: Path | None = None) -> Settings:
    """The settings of `load`."""
    return load(path).settings


def read_file(path: Path, environ: Mapping[str, str], *, flags: Sequence[Override] = ()) -> Loaded:
    """The configuration in a file.

    Raises:
        ConfigError: With every problem and its place.
    """
    try:
        document = read_document(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read `{path}`: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"cannot read `{path}`: it is not UTF-8 text") from error
    settings = _settings(document, Source(environ, path.absolute().parent, path, flags))
    return Loaded(settings=settings, path=path, document=document)


def settings_from(data: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in a mapping that has the content of a file.

    Raises:
        ConfigError: With every problem.
    """
    environ = os.environ if environ is None else environ
    return _settings(Document(data=dict(data)), Source(environ, Path.cwd()))


def _settings(document: Document, source: Source) -> Settings:
    problems = list(document.problems)
    settings = None
    if not problems:
        data = _completed(interpolate(document.data, source.environ, problems))
        for override in source.overrides():
            _put(data, override.loc, override.value)
            document.overrides[override.loc] = override.source
        settings = _validated(data, source.folder, problems)
    if problems or settings is None:
        raise InvalidConfig(located(document, source.path, problems))
    return settings


def _put(data: dict[str, Any], loc: Loc, value: Any) -> None:
    section: Any = data
    for part in loc[:-1]:
        section = section.setdefault(part, {})
        if not isinstance(section, dict):
            return  # Wrong as it is, and told so by the validation.
    section[loc[-1]] = value


def _completed(data: dict[str, Any]) -> dict[str, Any]:
    """`data` with the one route that stands for none: over all targets, as they are written."""
    targets = data.get("targets")
    if "routes" not in data and isinstance(targets, dict) and targets:
        return data | {"routes": {"default": {"targets": list(targets)}}}
    return data


def _validated(data: dict[str, Any], folder: Path, problems: list[Problem]) -> Settings | None:
    """Settings from `data`, with what is wrong added to `problems`."""
    context = {"folder": folder}
    try:
        settings = Settings.model_validate(data, context=context)
    except ValidationError as error:
        known = {problem.loc for problem in problems}
        found = [problem for problem in complaints(error) if problem.loc not in known]
        problems += found
        # A misspelt name alone need not hide what else is wrong.
        try:
            settings = Settings.model_validate(_without(data, found), context=context)
        except ValidationError:
            return None
    problems += crosscheck(settings)
    return settings


def _without(data: dict[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """A copy of `data` without the settings nobody knows."""
    copy = deepcopy(data)
    for problem in problems:
        section: Any = copy
        for part in problem.loc[:-1]:
            section = section[part]
        if problem.about_name and isinstance(section, dict):
            section.pop(problem.loc[-1], None)
    return copy
