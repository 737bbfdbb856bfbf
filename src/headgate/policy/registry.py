"""The rules there are, and which version of them decided."""

import marshal
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from types import ModuleType
from typing import Any

from headgate.core.plugins import load_all
from headgate.policy import decide, decision, weights
from headgate.policy.compliance import evaluate
from headgate.policy.compliance.builtin import regions
from headgate.policy.decision import Rule

RULES = "headgate.policy.rules"


def all_rules() -> dict[str, Rule]:
    """Every rule by name, in the order of their names."""
    return load_all(RULES, "RULE")


@lru_cache(maxsize=1)
def rules_version() -> str:
    """A hash over what makes decisions: it changes whenever a decision might."""
    return version_of(all_rules())


def version_of(rules: Mapping[str, Rule]) -> str:
    """The same for a given set of rules."""
    digest = sha256()
    for module in (decide, decision, evaluate, weights):
        digest.update(_code_of(module))
    # Policies are stored with the requests they judged, what `@eu` stands for is not.
    digest.update(repr(sorted(regions().items())).encode())
    for name, rule in rules.items():
        digest.update(name.encode() + b"\0" + _code_of(import_module(type(rule).__module__)))
    return digest.hexdigest()[:16]


def _code_of(module: ModuleType) -> bytes:
    """Source, or compiled code where no source is installed; nothing at all would never change."""
    assert module.__spec__ is not None, "rules come from importable modules"
    loader: Any = module.__spec__.loader
    source = loader.get_source(module.__name__)
    return source.encode() if source else marshal.dumps(loader.get_code(module.__name__))
