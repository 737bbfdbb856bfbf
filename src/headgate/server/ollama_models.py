"""What can be asked for, as Ollama's clients are shown it: names, sizes, abilities.

What runs here from a file is described by that file. Of a model that runs elsewhere only
what the catalogue and the configuration say is known: the rest stays empty, and a size is 0.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from headgate.catalog.capabilities import Capabilities, find_capabilities
from headgate.core.inbound import Need
from headgate.engine.supervisor import Supervisor
from headgate.engine.weights import LocalWeights, weights_at
from headgate.gateway.route import USUAL_TAG, Resolved
from headgate.gateway.target import Target

MOST_EMBEDDED_CONTEXT = 8192
"""Of a slot, where the configuration does not say; see `engine.EngineSettings`."""
_FOR_EVER_S = 100 * 365 * 86_400
_NEEDS: Mapping[str, Need] = {"vision": "vision", "thinking": "reasoning"}
"""Abilities that are only claimed where somebody says so."""


def tagged(name: str, names: Collection[str]) -> str:
    """A name as Ollama's own always are, for some clients know no other (Open WebUI)."""
    with_tag = name + USUAL_TAG
    return name if ":" in name or with_tag in names else with_tag


def tag(name: str, found: Resolved, started_at: float) -> Mapping[str, Any]:
    """One entry of `/api/tags`; `started_at`, in Unix seconds, is when it came to be known."""
    target = found.route.places[0].target
    weights = weights_of(target)
    shown = {
        "name": name,
        "model": name,
        "modified_at": _modified_at(weights, started_at),
        "size": weights.size_bytes if weights else 0,
        "digest": _digest(name, found),
        "details": _details(weights),
    }
    # As Ollama marks models of its own cloud.
    elsewhere = {} if target.is_local else {"remote_model": target.model or found.model}
    return {**shown, **elsewhere}


def description(
    name: str, found: Resolved, started_at: float, *, context_tokens: int | None
) -> Mapping[str, Any]:
    """`/api/show`; `context_tokens` is what the configuration gives embedded models."""
    targets = [place.target for place in found.route.places]
    weights = weights_of(targets[0])
    family = weights.header.architecture if weights and weights.header else "headgate"
    longest = max(
        filter(None, (_context(each, found, context_tokens) for each in targets)), default=None
    )
    basename = name.removesuffix(USUAL_TAG)
    info: dict[str, Any] = {"general.architecture": family, "general.basename": basename}
    if longest is not None:
        info[f"{family}.context_length"] = longest
    return {
        "modelfile": f"# {name} is served by Headgate and has no Modelfile",
        "parameters": "",
        "template": "",
        "details": _details(weights),
        "model_info": info,
        "capabilities": _capabilities(targets, found),
        "modified_at": _modified_at(weights, started_at),
    }


def running(
    name: str, found: Resolved, engine: Supervisor, *, now: float, idle_unload_s: float | None
) -> Mapping[str, Any]:
    """One entry of `/api/ps`: a model in memory. `now` is in Unix seconds."""
    weights = _weights(engine.path)
    # While it is used its time has not begun to run.
    in_s = idle_unload_s if engine.unloads_in_s is None else engine.unloads_in_s
    worker = engine.running
    return {
        "name": name,
        "model": name,
        "size": weights.size_bytes,
        "digest": _digest(name, found),
        "details": _details(weights),
        "expires_at": _moment(now + (_FOR_EVER_S if in_s is None else in_s)),
        "size_vram": 0,
        "context_length": worker.context_tokens if worker else 0,
    }


def weights_of(target: Target) -> LocalWeights | None:
    """The file of a model that runs here; reads its head, so it blocks."""
    return None if target.engine is None else _weights(target.engine.path)


def _weights(path: Path) -> LocalWeights:
    return _read(path, path.stat().st_mtime_ns if path.exists() else 0)


@lru_cache(maxsize=256)
def _read(path: Path, _changed_ns: int) -> LocalWeights:
    return weights_at(path)


def _details(weights: LocalWeights | None) -> Mapping[str, Any]:
    header = weights.header if weights else None
    family = header.architecture if header else ""
    return {
        "parent_model": "",
        "format": "gguf" if weights else "",
        "family": family,
        "families": [family] if family else [],
        "parameter_size": "",
        "quantization_level": (header.quantisation or "") if header else "",
    }


def _capabilities(targets: Iterable[Target], found: Resolved) -> Sequence[str]:
    """What some target of the route can do: the rules send a request that needs it there."""
    every = {word for target in targets for word in _abilities(target, target.model or found.model)}
    return sorted(every, key=("completion", "tools", "vision", "thinking", "embedding").index)


def _abilities(target: Target, model: str) -> Iterable[str]:
    known = _known(target, model)
    weights = weights_of(target)
    header = weights.header if weights else None
    embeds = header.pools if header else known is not None and known.kind == "embedding"
    if embeds:
        return ["embedding"] if "embedding" in target.operations else []
    if "chat" not in target.operations or (known is not None and known.kind != "chat"):
        return []
    lacks = target.lacks_of(model)
    has = target.has | frozenset(known.has if known else ())
    tools = [] if "tools" in lacks else ["tools"]
    said = [word for word, need in _NEEDS.items() if need in has and need not in lacks]
    return ["completion", *tools, *said]


def _known(target: Target, model: str) -> Capabilities | None:
    return None if target.catalog is None else find_capabilities(target.catalog, model)


def _context(target: Target, found: Resolved, embedded: int | None) -> int | None:
    if target.context_tokens is not None:
        return target.context_tokens
    weights = weights_of(target)
    if weights is not None and weights.header is not None:
        trained = weights.header.context_tokens or MOST_EMBEDDED_CONTEXT
        return embedded or min(trained, MOST_EMBEDDED_CONTEXT)
    known = _known(target, target.model or found.model)
    return known.context_tokens if known else None


def _modified_at(weights: LocalWeights | None, started_at: float) -> str:
    if weights is None or not weights.path.exists():
        return _moment(started_at)
    return _moment(weights.path.stat().st_mtime)


def _moment(at: float) -> str:
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _digest(name: str, found: Resolved) -> str:
    """Tells entries apart as long as the configuration says the same; no digest of weights."""
    parts = [name, *(f"{p.target.name}={p.target.model}" for p in found.route.places)]
    return sha256("\0".join(parts).encode()).hexdigest()
