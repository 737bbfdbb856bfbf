"""Policies and their names, once the whole configuration is seen together."""

from collections.abc import Iterator

from headgate.config.complaints import did_you_mean
from headgate.config.in_force import known_names
from headgate.config.locate import Loc, Problem
from headgate.config.schema import Settings
from headgate.policy.compliance.builtin import classes, policy_of, policy_sets
from headgate.policy.compliance.requirement import FACTS, BadRequirement


def compliance_problems(settings: Settings) -> Iterator[Problem]:
    """Names of no policy, policies that say nothing sensible, and two of one name."""
    yield from _own(settings)
    known = known_names(settings)
    for loc, names in _named(settings):
        for index, name in enumerate(names):
            if name not in known:
                hint = did_you_mean(name, known) or "`headgate comply --policies` lists them"
                yield Problem((*loc, index), f"there is no policy `{name}`", hint)


def _named(settings: Settings) -> Iterator[tuple[Loc, tuple[str, ...]]]:
    yield ("compliance",), settings.compliance
    for name, route in settings.routes.items():
        yield ("routes", name, "compliance"), route.compliance
    for index, key in enumerate(settings.server.keys):
        yield ("server", "keys", index, "compliance"), key.compliance


def _own(settings: Settings) -> Iterator[Problem]:
    seen = set(policy_sets())
    keys = {key.name for key in settings.server.keys}
    for index, policy in enumerate(settings.policies):
        loc = ("policies", index)
        if policy.id in seen:
            yield Problem((*loc, "id"), "another policy has the same name")
        seen.add(policy.id)
        try:
            policy_of(policy.written())
        except BadRequirement as error:
            word = error.written
            is_label = word is not None and word in policy.when.labels
            words = [f"@{each}" for each in classes().names] if is_label else list(FACTS)
            hint = None if word is None else did_you_mean(word, words)
            yield Problem((*loc, "when" if is_label else "require"), str(error), hint)
        for position, route in enumerate(policy.when.routes):
            if route not in settings.routes:
                hint = did_you_mean(route, settings.routes)
                here = (*loc, "when", "routes", position)
                yield Problem(here, f"there is no route `{route}`", hint)
        for position, key in enumerate(policy.when.keys):
            if key not in keys:
                here = (*loc, "when", "keys", position)
                yield Problem(here, f"there is no key `{key}`", did_you_mean(key, keys))
