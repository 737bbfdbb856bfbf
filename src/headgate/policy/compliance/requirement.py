"""What a policy asks of a target, and how that is written.

    baa                                       a fact that must be so
    {regions_inference: {subset_of: [eu]}}    nowhere else
    {accredited: {any_of: [fedramp-high]}}    at least one of them
    {retention_days: {at_most: 30}}
    {all: […]}, {any: […]}

A bare list is refused: whether all or any of it is meant must not be guessed.
"""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from msgspec import Struct

Kind = Literal["flag", "places", "words", "number"]


class FactKind(Struct, frozen=True):
    """One fact that policies may ask for."""

    kind: Kind
    help: str


FACTS: Mapping[str, FactKind] = {
    "baa": FactKind("flag", "You have signed a business associate agreement (HIPAA)."),
    "baa_eligible": FactKind("flag", "The agreement covers the model and endpoint."),
    "features_eligible": FactKind(
        "flag", "The request uses nothing that the agreement leaves out."
    ),
    "retention_accepted": FactKind("flag", "The agreement accepts what is kept, and how long."),
    "dpa": FactKind("flag", "A data processing agreement is signed, or part of the terms."),
    "transfer": FactKind("flag", "A basis for transfers abroad, with its assessment on record."),
    "zdr": FactKind("flag", "Zero data retention is active for your account."),
    "no_training": FactKind("flag", "What it is sent is not trained on."),
    "soc2": FactKind("flag", "There is a SOC 2 report, and it is not out of date."),
    "iso27001": FactKind("flag", "It is certified by ISO 27001."),
    "audit_log": FactKind("flag", "This gateway writes down what left."),
    "opted_in": FactKind("flag", "You have named the target for all of the labels in question."),
    "masked": FactKind("flag", "The labels in question are masked or redacted before it is sent."),
    "redacted": FactKind("flag", "They are redacted, which nobody can undo."),
    "local": FactKind("flag", "It runs on hardware you control."),
    "never": FactKind("flag", "Nothing meets this."),
    "regions_inference": FactKind("places", "Where it may compute."),
    "regions_storage": FactKind("places", "Where it may keep what it is sent."),
    "accredited": FactKind("words", "Accreditations that you list for it."),
    "retention_days": FactKind("number", "How long it is kept; 0 with zero retention active."),
    "retention_flagged_days": FactKind("number", "The same of what its classifiers have flagged."),
}


class Is(Struct, frozen=True, gc=False, tag="is"):
    """A fact must be so."""

    fact: str


class SubsetOf(Struct, frozen=True, gc=False, tag="subset_of"):
    """All of a fact's values must be among these; `@eu` stands for the places of that name."""

    fact: str
    values: frozenset[str]


class AnyOf(Struct, frozen=True, gc=False, tag="any_of"):
    """At least one of a fact's values must be among these."""

    fact: str
    values: frozenset[str]


class AtMost(Struct, frozen=True, gc=False, tag="at_most"):
    """A number must not be more."""

    fact: str
    limit: int


class Every(Struct, frozen=True, gc=False, tag="all"):
    """All of them."""

    of: "tuple[Requirement, ...]"


class Some(Struct, frozen=True, gc=False, tag="any"):
    """One of them."""

    of: "tuple[Requirement, ...]"


Requirement: TypeAlias = Is | SubsetOf | AnyOf | AtMost | Every | Some
Regions = Mapping[str, tuple[str, ...]]
"""Places by the name that `@name` stands for."""
_CONDITIONS: Mapping[Kind, str] = {"places": "subset_of", "words": "any_of", "number": "at_most"}
MOST_DEEP = 16


class BadRequirement(ValueError):
    """What is written is no requirement; `written` is the word at fault, where it is one."""

    def __init__(self, message: str, *, written: str | None = None) -> None:
        """Say why."""
        super().__init__(message)
        self.written = written


def parse(written: Any, regions: Regions, deep: int = 0) -> Requirement:
    """The requirement that is written.

    Raises:
        BadRequirement: It is none.
    """
    if deep > MOST_DEEP:
        raise BadRequirement("is nested too deep")
    if isinstance(written, str):
        return _flag(written)
    if not isinstance(written, Mapping) or len(written) != 1:
        raise BadRequirement(
            "must be a fact, or one of `all: […]`, `any: […]` and a fact with its condition"
        )
    [(name, given)] = written.items()
    if name in {"all", "any"}:
        if not isinstance(given, list | tuple) or not given:
            raise BadRequirement(f"`{name}` needs a list")
        inner = tuple(parse(each, regions, deep + 1) for each in given)
        return Every(inner) if name == "all" else Some(inner)
    return _condition(str(name), given, regions)


def _flag(name: str) -> Requirement:
    if _known(name).kind != "flag":
        raise BadRequirement(f"`{name}` needs a condition: `{_CONDITIONS[_known(name).kind]}`")
    return Is(name)


def _known(name: str) -> FactKind:
    kind = FACTS.get(name)
    if kind is None:
        raise BadRequirement(f"`{name}` is no fact", written=name)
    return kind


def _condition(name: str, given: Any, regions: Regions) -> Requirement:
    kind = _known(name).kind
    if kind == "flag":
        raise BadRequirement(f"`{name}` takes no condition: write it alone")
    condition = _CONDITIONS[kind]
    if not isinstance(given, Mapping) or list(given) != [condition]:
        raise BadRequirement(f"`{name}` takes `{condition}`")
    value = given[condition]
    if kind == "number":
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise BadRequirement(f"`{condition}` of `{name}` must be a whole number")
        return AtMost(name, value)
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise BadRequirement(f"`{condition}` of `{name}` must be a list of words")
    if not value:
        raise BadRequirement(f"`{condition}` of `{name}` must not be empty")
    for word in value:
        if word.startswith("@") and (kind != "places" or word[1:] not in regions):
            raise BadRequirement(f"`{word}` stands for no places", written=word)
    return SubsetOf(name, frozenset(value)) if kind == "places" else AnyOf(name, frozenset(value))


def facts_of(requirement: Requirement) -> frozenset[str]:
    """Names of all facts that it asks for."""
    if isinstance(requirement, Every | Some):
        return frozenset().union(*(facts_of(each) for each in requirement.of))
    return frozenset({requirement.fact})
