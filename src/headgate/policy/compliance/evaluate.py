"""Whether policies let a request go to a target: three-valued, so that not knowing never helps.

A requirement is met, not met, or unknown (Kleene's logic: `any` is met once one of its parts is,
`all` is not met once one is not). Only what is met lets a request through. Knowing less can turn
met into unknown, and never the other way: there is no negation.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from headgate.catalog.provider_facts import Value
from headgate.policy.compliance.builtin import regions
from headgate.policy.compliance.policy import Applying
from headgate.policy.compliance.requirement import (
    AnyOf,
    AtMost,
    Every,
    Is,
    Requirement,
    Some,
    SubsetOf,
)
from headgate.policy.compliance.standing import UNKNOWN, Fact, Standing

Change = Literal["mask", "redact"]
Truth = bool | None
_NO_FACTS: Mapping[str, Fact] = {}


class Situation(Struct, frozen=True):
    """A request at one target, as far as policies ask."""

    is_local: bool
    changes: Mapping[str, str]
    """Labels that are masked or redacted before it is sent there."""
    features: frozenset[str]
    """What the request uses: `vision`, `file`, …, and `batch`."""
    standing: Standing | None
    """`None`: nothing is known of the target."""


class Shortfall(Struct, frozen=True):
    """A policy that is not met, and what is missing for it."""

    policy: str
    message: str
    missing: tuple[str, ...]
    """Each fact with its source and age."""
    cites: tuple[str, ...]
    is_unknown: bool
    """Whether it might be met, if more was known."""
    is_denied: bool
    """Whether own hardware is no exception."""


def shortfalls(applying: Iterable[Applying], situation: Situation) -> tuple[Shortfall, ...]:
    """The policies that keep a request from a target; none lets it through."""
    found: list[Shortfall] = []
    for each in applying:
        policy = each.policy
        if policy.otherwise == "local" and situation.is_local:
            continue
        known = Known(situation, each.labels)
        truth = known.truth(policy.require)
        if truth is not True:
            missing = tuple(dict.fromkeys(known.missing(policy.require)))
            found.append(
                Shortfall(
                    policy.id,
                    policy.message,
                    missing,
                    policy.cites,
                    is_unknown=truth is None,
                    is_denied=policy.otherwise == "deny",
                )
            )
    return tuple(found)


class Known:
    """A situation, asked about the labels that brought a policy in."""

    def __init__(self, situation: Situation, labels: frozenset[str]) -> None:
        """Asked about `labels`."""
        self._situation, self._labels = situation, labels
        standing = situation.standing
        self._facts = _NO_FACTS if standing is None else standing.facts
        self._day = None if standing is None else date.fromisoformat(standing.day)

    def truth(self, requirement: Requirement) -> Truth:
        """Whether it is met; `None` where that is not known."""
        if isinstance(requirement, Every):
            return _all(self.truth(each) for each in requirement.of)
        if isinstance(requirement, Some):
            return _any(self.truth(each) for each in requirement.of)
        value = self.fact(requirement.fact).value
        return None if value is None else _holds(requirement, value)

    def fact(self, name: str) -> Fact:
        """One fact: of the target, or of the request there."""
        if name in _OF_THE_REQUEST:
            value, note = _OF_THE_REQUEST[name](self)
            return Fact(value, "operator", "", note=note)
        return self._facts.get(name, UNKNOWN)

    def missing(self, requirement: Requirement) -> tuple[str, ...]:
        """What would meet one that is not met, by the shortest way."""
        if isinstance(requirement, Every | Some):
            open_parts = [each for each in requirement.of if self.truth(each) is not True]
            missing = [self.missing(each) for each in open_parts]
            if isinstance(requirement, Some):
                return min(missing, key=len)
            return tuple(word for words in missing for word in words)
        return (_sentence(requirement, self.fact(requirement.fact), self._day),)

    def _changed(self, *kinds: str) -> tuple[bool, str]:
        changes = self._situation.changes
        left = sorted(each for each in self._labels if changes.get(each) not in kinds)
        listed = ", ".join(f"`{label}`" for label in left)
        return bool(self._labels) and not left, f"{listed} would be sent as found" if left else ""

    def _is_opted_in(self) -> tuple[Truth, str]:
        named = self._facts.get("opted_in", UNKNOWN).value
        left = sorted(self._labels.difference(named if isinstance(named, tuple) else ()))
        listed = ", ".join(f"`{label}`" for label in left)
        note = f"`compliance.opted_in` of the target lacks {listed}" if left else ""
        return (None if named is None else not left), note

    def _has_no_excluded(self) -> tuple[Truth, str]:
        excluded = self._facts.get("baa_excludes", UNKNOWN).value
        if not isinstance(excluded, tuple):
            return None, "what the agreement leaves out is not known"
        used = sorted(self._situation.features.intersection(excluded))
        return not used, f"the agreement leaves out {', '.join(used)}" if used else ""


_OF_THE_REQUEST = {
    "local": lambda known: (known._situation.is_local, "not on hardware you control"),
    "never": lambda known: (False, "nothing meets this"),
    "masked": lambda known: known._changed("mask", "redact"),
    "redacted": lambda known: known._changed("redact"),
    "opted_in": Known._is_opted_in,
    "features_eligible": Known._has_no_excluded,
}


def _holds(leaf: Is | SubsetOf | AnyOf | AtMost, value: Value) -> Truth:
    """Of a value of the wrong kind nothing is known."""
    match leaf, value:
        case Is(), bool():
            return value
        case AtMost(limit=limit), int() if not isinstance(value, bool):
            return value <= limit
        # Nowhere at all is no place that anybody has named.
        case SubsetOf(values=values), tuple() if value:
            return _spelled_out(values).issuperset(value)
        case AnyOf(values=values), tuple():
            return not values.isdisjoint(value)
        case _:
            return None


@lru_cache(maxsize=1024)
def _spelled_out(places: frozenset[str]) -> frozenset[str]:
    """With what `@name` stands for."""
    named = (regions()[each[1:]] for each in places if each.startswith("@"))
    return places.union(*named)


def _all(truths: Iterable[Truth]) -> Truth:
    known: Truth = True
    for each in truths:
        if each is False:
            return False
        if each is None:
            known = None
    return known


def _any(truths: Iterable[Truth]) -> Truth:
    known: Truth = False
    for each in truths:
        if each is True:
            return True
        if each is None:
            known = None
    return known


@lru_cache(maxsize=4096)
def _sentence(leaf: Is | SubsetOf | AnyOf | AtMost, fact: Fact, day: date | None) -> str:
    """What is wrong with a fact, who says it, and how long ago."""
    is_known = fact.value is not None
    parts = [fact.note or ("" if is_known else "not known")]
    if is_known and not isinstance(fact.value, bool):
        parts.insert(0, f"is {_listed(fact.value)}")
    said = "; ".join(part for part in parts if part) or "no"
    whence = _whence(fact, day)
    return f"`{leaf.fact}`{_asked(leaf)}: {said}" + (f" ({whence})" if whence else "")


def _whence(fact: Fact, day: date | None) -> str:
    if fact.checked is None or day is None:
        return fact.at
    days = (day - date.fromisoformat(fact.checked)).days
    return f"{fact.at}, {fact.checked}, {days} day{'' if days == 1 else 's'} old"


def _asked(leaf: Is | SubsetOf | AnyOf | AtMost) -> str:
    match leaf:
        case Is():
            return ""
        case AtMost(limit=limit):
            return f" must be at most {limit}"
        case SubsetOf(values=values):
            return f" must be within {_some(values)}"
        case AnyOf(values=values):
            return f" must hold one of {_some(values)}"


def _some(values: frozenset[str]) -> str:
    return ", ".join(sorted(values))


def _listed(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
