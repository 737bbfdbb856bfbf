"""A configuration for a machine that has none: what runs here, and which keys are set.

The default route holds local models only. A hosted API is there for clients that ask for
one of its models by name: Headgate does not send anything away, or spend money, unasked.
"""

import re
from asyncio import gather
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from headgate.backends.aws import REGION_VARIABLES
from headgate.backends.provider import Provider
from headgate.backends.registry import PROVIDERS
from headgate.config.probe import Probe, listed_models, probe
from headgate.core.plugins import load_all
from headgate.engine.folders import models_folder
from headgate.engine.weights import find_weights

NOT_FOR_CHAT = re.compile(r"embed|rerank|whisper|\bbge\b|clip", re.IGNORECASE)
"""Models that a list names beside those that can chat."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """A configuration, and what was found, and looked for in vain, in words."""

    data: Mapping[str, Any]
    found: Sequence[str]
    missing: Sequence[str]


@dataclass(slots=True)
class _Survey:
    """What is being put together."""

    targets: dict[str, dict[str, str]] = field(default_factory=dict)
    chat: list[str] = field(default_factory=list)
    """Targets of the default route."""
    found: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def add(self, name: str, target: dict[str, str]) -> str:
        """Keep a target under `name`, or one like it that is free."""
        free = slug = re.sub(r"[^a-z0-9_.-]+", "-", name.lower()).strip("-")[:60] or "model"
        number = 1
        while free in self.targets or free in {"auto", "default"}:
            number += 1
            free = f"{slug}-{number}"
        self.targets[free] = target
        return free


async def discover(
    environ: Mapping[str, str],
    *,
    probe: Probe = probe,
    models_dir: Path | None = None,
    is_air_gapped: bool = False,
) -> Discovery:
    """Look for local engines, GGUF files and API keys; fall back on the demonstration model.

    Keys are not looked for where nothing may go out.
    """
    kinds: Iterable[Provider] = load_all(PROVIDERS, "PROVIDER").values()
    survey = _Survey()
    await _engines([kind for kind in kinds if kind.probe_url], probe, survey)
    _weights(models_dir or models_folder(), survey)
    keys: set[tuple[str, ...]] = set()
    for kind in kinds:
        # One API may be asked in several ways: with one key there is one target.
        if kind.key_env and not kind.is_local and (kind.base_url or kind.base_url_env):
            if kind.key_env not in keys and not is_air_gapped:
                _hosted(kind, environ, survey)
            keys.add(kind.key_env)
    if not survey.chat:
        survey.chat.append(survey.add("demo", {"backend": "embedded", "model": "demo"}))
        survey.found.append("a demonstration model that knows nothing, so that requests work")
    data = {"targets": survey.targets, "routes": {"default": {"targets": survey.chat}}}
    return Discovery(data, survey.found, survey.missing)


async def _engines(kinds: Sequence[Provider], probe: Probe, survey: _Survey) -> None:
    answers = await gather(*(probe(str(kind.probe_url)) for kind in kinds))
    for kind, answer in zip(kinds, answers, strict=True):
        where = urlsplit(str(kind.probe_url)).netloc
        models = None if answer is None else listed_models(answer)
        if models is None:
            survey.missing.append(f"{kind.name} at {where}")
            continue
        survey.found.append(f"{kind.name} at {where}: {_counted(models)}")
        named = {
            model: survey.add(
                f"{kind.name}-{model}", {"backend": kind.name, "model": _literal(model)}
            )
            for model in models
        }
        chat = [target for model, target in named.items() if not NOT_FOR_CHAT.search(model)]
        survey.chat += chat[:1]


def _weights(folder: Path, survey: _Survey) -> None:
    files = find_weights(folder)
    usable = [file for file in files if file.header is not None]
    if usable:
        survey.found.append(f"{_counted([file.name for file in usable])} in {folder}")
    else:
        survey.missing.append(f"GGUF files in {folder}")
    survey.missing += [f"{file.name}: {file.problem}" for file in files if file.problem]
    for file in usable:
        target = survey.add(file.stem, {"backend": "embedded", "model": _literal(file.name)})
        if file.header is not None and file.header.chats and not file.header.pools:
            survey.chat.append(target)


def _hosted(kind: Provider, environ: Mapping[str, str], survey: _Survey) -> None:
    variable = _first_set(kind.key_env, environ)
    if variable is None:
        survey.missing.append(f"{kind.name}: ${' or $'.join(kind.key_env)}")
        return
    target = {"backend": kind.name, "api_key": f"${{{variable}}}"}
    if kind.base_url is None:
        address = _first_set(kind.base_url_env, environ)
        if address is None:
            wanted = " or $".join(kind.base_url_env)
            survey.missing.append(f"{kind.name}: ${variable} is set, but ${wanted} is not")
            return
        target["base_url"] = f"${{{address}}}"
    elif "{region}" in kind.base_url and _first_set(REGION_VARIABLES, environ) is None:
        wanted = " or $".join(REGION_VARIABLES)
        survey.missing.append(f"{kind.name}: ${variable} is set, but ${wanted} is not")
        return
    name = survey.add(kind.name, target)
    survey.found.append(f"${variable}: `{name}`, for its models by name (`{name}/MODEL`)")


def _first_set(variables: Sequence[str], environ: Mapping[str, str]) -> str | None:
    return next((name for name in variables if environ.get(name)), None)


def _literal(text: str) -> str:
    """`text` as a configuration writes it: a name that others chose must not read `${SECRET}`."""
    return text.replace("$", "$$")


def _counted(names: Sequence[str]) -> str:
    listed = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
    return f"{len(names)} model{'' if len(names) == 1 else 's'} ({listed})" if names else "no model"
