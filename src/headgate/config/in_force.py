"""What of the configuration's compliance is in force: policies by route, facts by target."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from msgspec.structs import replace

from headgate.backends.provider import Provider
from headgate.backends.registry import provider
from headgate.config.compliance import TargetCompliance
from headgate.config.schema import RouteSettings, Settings, TargetSettings
from headgate.policy.compliance.builtin import classes, policies_of, policy_of, policy_sets
from headgate.policy.compliance.dossier import Dossier
from headgate.policy.compliance.policy import Book, Policy

ANY_REGION = "any-region"
"""Stands in a cloud's address where the region is found out when it is called."""


def book_of(settings: Settings, route: RouteSettings) -> Book | None:
    """The policies that requests of a route are subject to, whoever sends them."""
    found = dict.fromkeys(_in_force(settings, route))
    return Book(found, classes()) if found else None


def policies_named(settings: Settings, name: str) -> tuple[Policy, ...]:
    """The policies that a name in `compliance` stands for: one of your own, or a set."""
    own = [policy_of(each.written()) for each in settings.policies if each.id == name]
    return tuple(own) or policies_of(name)


def known_names(settings: Settings) -> tuple[str, ...]:
    """What may stand in `compliance`."""
    return (*(each.id for each in settings.policies), *policy_sets())


def _in_force(settings: Settings, route: RouteSettings) -> Iterator[Policy]:
    for name in dict.fromkeys((*settings.compliance, *route.compliance)):
        yield from policies_named(settings, name)
    for key in settings.server.keys:
        for name in key.compliance:
            for policy in policies_named(settings, name):
                if not policy.when.keys or key.name in policy.when.keys:
                    when = replace(policy.when, keys=frozenset({key.name}))
                    yield replace(policy, when=when)


def dossier_of(
    target: TargetSettings, aws_region: str | None = None, *, audit_log: bool
) -> Dossier:
    """What is known of a target; `aws_region` is the one that it is called in, if that is known."""
    kind = provider(target.backend)
    return Dossier(
        (target.compliance or TargetCompliance()).signed(target.region),
        host=host_of(kind, target, aws_region),
        paths=(
            *kind.paths.values(),
            *(path for paths in kind.also.values() for path in paths.values()),
        ),
        audit_log=audit_log,
    )


def host_of(kind: Provider, target: TargetSettings, aws_region: str | None = None) -> str | None:
    """Who receives what is sent to a target; `None` where that is a machine of one's own."""
    url = target.base_url or kind.base_url
    if url is None or kind.is_embedded:
        return None
    region = aws_region or target.aws_region or ANY_REGION
    return urlsplit(url.replace("{region}", region)).hostname
