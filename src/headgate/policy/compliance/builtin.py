"""The policies there are by name, and what their words stand for."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from msgspec import Struct, field

from headgate.policy.compliance.policy import Classes, Otherwise, Policy, When
from headgate.policy.compliance.requirement import BadRequirement, Regions, parse


class WrittenWhen(Struct, frozen=True, forbid_unknown_fields=True):
    """`when` as it is written; a label `@name` is a class."""

    labels: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()


class WrittenPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A policy as it is written."""

    id: str
    when: WrittenWhen = WrittenWhen()
    require: Any
    otherwise: Otherwise = field(name="else", default="local")
    message: str = ""
    cites: tuple[str, ...] = ()


class PolicySet(Struct, frozen=True, forbid_unknown_fields=True):
    """Policies that are selected by one name."""

    about: str
    policies: tuple[WrittenPolicy, ...]


class _Packaged(Struct, frozen=True, forbid_unknown_fields=True):
    label_classes: dict[str, frozenset[str]]
    not_personal: frozenset[str]
    regions: dict[str, tuple[str, ...]]
    sets: dict[str, PolicySet]


@cache
def _packaged() -> _Packaged:
    written = files("headgate.policy.compliance") / "data" / "policies.yaml"
    return msgspec.yaml.decode(written.read_bytes(), type=_Packaged)


@cache
def classes() -> Classes:
    """What kinds of data labels stand for."""
    packaged = _packaged()
    return Classes(packaged.label_classes, packaged.not_personal)


def regions() -> Regions:
    """Places by name, for `@eu` and the like."""
    return _packaged().regions


def policy_sets() -> Mapping[str, PolicySet]:
    """Every set by name."""
    return _packaged().sets


@cache
def policies_of(name: str) -> tuple[Policy, ...]:
    """The policies of one set."""
    return tuple(policy_of(each) for each in policy_sets()[name].policies)


def policy_of(written: WrittenPolicy) -> Policy:
    """What is written, understood.

    Raises:
        BadRequirement: A word stands for nothing.
    """
    when = written.when
    return Policy(
        id=written.id,
        when=When(
            labels=frozenset(each for each in when.labels if not each.startswith("@")),
            classes=_classes(each[1:] for each in when.labels if each.startswith("@")),
            keys=frozenset(when.keys),
            teams=frozenset(when.teams),
            tags=frozenset(when.tags),
            routes=frozenset(when.routes),
        ),
        require=parse(written.require, regions()),
        otherwise=written.otherwise,
        message=written.message,
        cites=written.cites,
    )


def _classes(names: Iterable[str]) -> frozenset[str]:
    found = frozenset(names)
    for name in sorted(found - classes().names):
        raise BadRequirement(f"`@{name}` is no class of labels", written=f"@{name}")
    return found
