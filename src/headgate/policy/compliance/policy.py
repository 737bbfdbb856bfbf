"""Policies: which requests they are about, and what they then require."""

from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from hashlib import sha256
from typing import Literal

import msgspec
from msgspec import Struct

from headgate.policy.compliance.requirement import Requirement, facts_of

Otherwise = Literal["local", "deny"]
PERSONAL = "personal"
"""The class of every label that is in no class of data that is not personal."""
MOST_REMEMBERED = 4096
_NONE: frozenset[str] = frozenset()


class Classes(Struct, frozen=True):
    """What kinds of data labels stand for."""

    labels: Mapping[str, frozenset[str]]
    """By class."""
    not_personal: frozenset[str]
    """Classes whose labels are no personal data, unless another class says so."""

    @property
    def names(self) -> frozenset[str]:
        """Every class there is."""
        return frozenset({PERSONAL, *self.labels})

    def of(self, label: str) -> frozenset[str]:
        """The classes of a label; one that nobody has sorted is personal."""
        found = {name for name, labels in self.labels.items() if label in labels}
        if not found or not found <= self.not_personal:
            found.add(PERSONAL)
        return frozenset(found)


class When(Struct, frozen=True, gc=False, omit_defaults=True):
    """Requests a policy is about: any of each that is given, and all that are given."""

    labels: frozenset[str] = _NONE
    classes: frozenset[str] = _NONE
    keys: frozenset[str] = _NONE
    teams: frozenset[str] = _NONE
    tags: frozenset[str] = _NONE
    routes: frozenset[str] = _NONE


class Policy(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One policy; a request it is about may only go where `require` is met."""

    id: str
    when: When = When()
    require: Requirement
    otherwise: Otherwise = "local"
    """`local`: own hardware meets it always; `deny`: it is no exception."""
    message: str = ""
    cites: tuple[str, ...] = ()

    @property
    def facts(self) -> frozenset[str]:
        """Names of the facts it asks for."""
        return facts_of(self.require)


class Applying(Struct, frozen=True, gc=False, omit_defaults=True):
    """A policy that is about a request, and the labels that make it so."""

    policy: Policy
    labels: frozenset[str] = _NONE
    """All of the request's where the policy names none."""


class Asked(Struct, frozen=True, gc=False):
    """What policies may ask of a request."""

    labels: frozenset[str]
    route: str
    key: str | None = None
    team: str | None = None
    tags: frozenset[str] = _NONE


class Book:
    """The policies in force on a route. Remembers which apply to requests alike.

    The same answer is the same object, so that verdicts can be remembered by it.
    """

    def __init__(self, policies: Iterable[Policy], classes: Classes) -> None:
        """Over these policies."""
        self.policies = tuple(policies)
        self._classes = classes
        self._known: dict[Asked, tuple[Applying, ...]] = {}
        whens = [each.when for each in self.policies]
        self._keys = _NONE.union(*(each.keys for each in whens))
        self._teams = _NONE.union(*(each.teams for each in whens))
        self._tags = _NONE.union(*(each.tags for each in whens))

    @cached_property
    def digest(self) -> str:
        """A hash that changes whenever one of the policies does, for logs."""
        written = msgspec.json.encode(self.policies, order="deterministic")
        return sha256(written).hexdigest()[:16]

    def applying(self, asked: Asked) -> tuple[Applying, ...]:
        """The policies a request is subject to, those without exception for local targets first."""
        # Only what some policy tells apart.
        asked = Asked(
            asked.labels,
            asked.route,
            asked.key if asked.key in self._keys else None,
            asked.team if asked.team in self._teams else None,
            asked.tags & self._tags,
        )
        found = self._known.get(asked)
        if found is None:
            if len(self._known) >= MOST_REMEMBERED:
                # Labels come from clients.
                self._known.clear()
            made = [each for each in map(partial(self._about, asked), self.policies) if each]
            found = tuple(sorted(made, key=lambda each: each.policy.otherwise != "deny"))
            self._known[asked] = found
        return found

    def _about(self, asked: Asked, policy: Policy) -> Applying | None:
        when = policy.when
        if when.routes and asked.route not in when.routes:
            return None
        if (when.keys and asked.key not in when.keys) or (
            when.teams and asked.team not in when.teams
        ):
            return None
        if when.tags and when.tags.isdisjoint(asked.tags):
            return None
        if not when.labels and not when.classes:
            return Applying(policy, asked.labels)
        touched = frozenset(each for each in asked.labels if self._is_meant(when, each))
        return Applying(policy, touched) if touched else None

    def _is_meant(self, when: When, label: str) -> bool:
        if label in when.labels:
            return True
        return bool(when.classes) and not when.classes.isdisjoint(self._classes.of(label))
