"""What a model can do: of hosted ones by provider and name, of open weights by family.

What an entry does not name is unknown, and refuses nobody.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from headgate.catalog.files import read
from headgate.core.inbound import Need, Operation

ModelKind = Literal["chat", "completion", "embedding", "rerank", "moderation"]
OPERATIONS: Mapping[ModelKind, frozenset[Operation]] = {
    "chat": frozenset({"chat", "completion", "count_tokens"}),
    "completion": frozenset({"completion", "count_tokens"}),
    "embedding": frozenset({"embedding"}),
    "rerank": frozenset({"rerank"}),
    "moderation": frozenset({"moderation"}),
}
"""What can be asked of each kind."""
OPEN_WEIGHTS = "open_weights"
"""Stands for the provider of a model that somebody runs on their own machine."""
SOLD_AS = {"azure": "openai"}
"""Providers that sell another's models under its names."""
MAKERS = {
    "anthropic": "anthropic",
    "cohere": "cohere",
    "deepseek": "deepseek",
    "google": "google",
    "mistralai": "mistral",
    "openai": "openai",
}
"""Whose names follow which word at OpenRouter, which has most of their models."""
REFUSED_BY_OPENROUTER: frozenset[Need] = frozenset({"audio", "tools", "vision"})
"""It passes over anything else that a model cannot do."""
LONGEST_MODEL_NAME = 200
"""Names come from clients; a longer one is no model, and must not fill the cache."""
_REGION = re.compile(r"^(?:arn:.*/)?(?:(?:us-gov|us|eu|apac|global|jp|au|in|ca|sa)\.)?")
"""Of a Bedrock profile: the model is the same everywhere."""
_DATE = re.compile(r"[-@]20\d\d-?\d\d-?\d\d$")
_VARIANT = re.compile(r":[a-z]+$")
"""OpenRouter's `:free`, `:nitro`, …: another way to be served by the same model."""
_SEES = re.compile(r"vision|vl(?![a-z])|omni|multimodal|llava|ocr|image|audio|voice")
"""In the name of a family's relative that may have senses of its own."""


class Capabilities(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry of `data/capabilities.yaml` or `data/families.yaml`."""

    provider: str
    """Its id in genai-prices, or `open_weights`."""
    models: tuple[str, ...]
    """The provider's names, lower case; of open weights how their names begin, without dashes."""
    kind: ModelKind
    context_tokens: int | None = None
    """Read and written together; of an embedding model one text."""
    max_output_tokens: int | None = None
    """Its provider refuses a request that asks for more."""
    has: tuple[Need, ...] = ()
    lacks: tuple[Need, ...] = ()
    """Its provider refuses a request that needs one of these."""
    source: str
    checked: date


def find_capabilities(provider: str, model: str) -> Capabilities | None:
    """What is known of a model; `None` when the catalogue does not have it.

    `provider` is its id in genai-prices, or `OPEN_WEIGHTS`.
    """
    return None if len(model) > LONGEST_MODEL_NAME else _find(provider, model)


@cache
def capabilities() -> tuple[Capabilities, ...]:
    """Hosted models."""
    return read("capabilities.yaml", tuple[Capabilities, ...])


@cache
def families() -> tuple[Capabilities, ...]:
    """Families of open weights."""
    return read("families.yaml", tuple[Capabilities, ...])


@lru_cache(maxsize=4096)
def _find(provider: str, model: str) -> Capabilities | None:
    name = model.strip().lower()
    if provider == OPEN_WEIGHTS:
        return _of_family(name)
    if provider == "openrouter":
        return _resold(name)
    return _listed(SOLD_AS.get(provider, provider), name)


def _listed(provider: str, name: str) -> Capabilities | None:
    by_name = _by_name()
    found = (by_name.get((provider, reading)) for reading in _readings(name))
    return next((each for each in found if each is not None), None)


def _readings(name: str) -> tuple[str, ...]:
    """A name as it stands, then with what does not change the model taken off."""
    if name.startswith("ft:"):
        name = name.split(":")[1]
    # Azure's deployments cannot have a dot in their names.
    dotted = name.replace("gpt-35", "gpt-3.5")
    return (name, _REGION.sub("", name), _DATE.sub("", name), dotted)


@cache
def _by_name() -> Mapping[tuple[str, str], Capabilities]:
    return {(each.provider, name): each for each in capabilities() for name in each.models}


def _resold(name: str) -> Capabilities | None:
    """By the maker's own entry, as far as OpenRouter holds to it."""
    maker, _, rest = _VARIANT.sub("", name).lstrip("~").partition("/")
    if maker not in MAKERS:
        return None
    names = (rest, rest.replace(".", "-"))
    found = next(filter(None, (_listed(MAKERS[maker], each) for each in names)), None)
    if found is None:
        return None
    lacks = tuple(need for need in found.lacks if need in REFUSED_BY_OPENROUTER)
    # How long a context it serves depends on whom it passes the request to.
    return replace(found, lacks=lacks, context_tokens=None, max_output_tokens=None)


def _of_family(name: str) -> Capabilities | None:
    """By the longest family that the name begins with, in that very version."""
    name = re.sub(r"[-_ ]", "", re.split(r"[/\\]", name)[-1])
    if _SEES.search(name):
        return None
    found = [
        (len(family), each)
        for each in families()
        for family in each.models
        if name.startswith(family) and not name.startswith(f"{family}.")
    ]
    return max(found, key=lambda pair: pair[0])[1] if found else None
