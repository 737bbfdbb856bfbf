"""What a configuration says about data, spelled out for the audit log, and reports from it."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct

from headgate.config.in_force import book_of
from headgate.config.schema import RouteSettings, Settings
from headgate.core.plugins import load
from headgate.core.ports import Recorder
from headgate.gateway.route import Route
from headgate.ledger.audit import AuditEntry, Row
from headgate.policy.registry import rules_version
from headgate.privacy.scan import DETECTORS

HASH_CHARS = 16


class Policy(Struct, frozen=True):
    """What a route says about data."""

    hash: str
    detail: str
    """As JSON: its settings, the versions of detectors and rules, the compliance policies."""


def policy_of(settings: Settings, route: RouteSettings) -> Policy:
    """The same settings have the same hash, on every machine."""
    privacy, book = route.privacy, book_of(settings, route)
    said: dict[str, Any] = {
        "rules": rules_version(),
        "privacy": None if privacy is None else privacy.model_dump(mode="json"),
        "detectors": _versions(privacy.detect if privacy else ()),
        "labels": sorted(route.labels),
        "regions": sorted(route.regions or ()),
        "compliance": [] if book is None else [msgspec.to_builtins(p) for p in book.policies],
    }
    detail = msgspec.json.encode(said, order="deterministic")
    return Policy(sha256(detail).hexdigest()[:HASH_CHARS], detail.decode())


def announce(settings: Settings, routes: Iterable[Route], recorder: Recorder, now: float) -> None:
    """Write what is in force from now on."""
    for route in routes:
        if route.audits_all and route.policy is not None:
            policy = policy_of(settings, settings.routes[route.name])
            entry = AuditEntry(
                at=now, kind="policy", route=route.name, policy=policy.hash, detail=policy.detail
            )
            recorder.record(entry)


def _versions(detectors: Iterable[str]) -> Mapping[str, int]:
    return {name: load(DETECTORS, name, "DETECTOR").version for name in sorted(detectors)}


class Left(Struct, frozen=True, kw_only=True):
    """What one target outside was sent in a period."""

    target: str
    provider: str
    region: str | None
    requests: int
    with_labels: int
    """Requests that hold something."""
    plain: Mapping[str, int]
    """By label, requests in which it left as it was."""
    masked: Mapping[str, int]
    """By label, values that left as pseudonyms."""
    redacted: Mapping[str, int]


class Report(Struct, frozen=True, kw_only=True):
    """What left in a period, what was kept, what was refused."""

    left: tuple[Left, ...]
    kept: Mapping[str, int]
    """By label, requests that were answered at home."""
    refused: Mapping[str, int]
    """By label, requests that nobody got."""
    policies: Mapping[str, tuple[str, ...]]
    """Hashes in force, by route, in the order they came."""


def report(rows: Iterable[Row]) -> Report:
    """Rows of the audit log, summed up."""
    left: dict[tuple[str, str, str | None], dict[str, Any]] = {}
    kept: dict[str, int] = {}
    refused: dict[str, int] = {}
    policies: dict[str, dict[str, None]] = {}
    for row in rows:
        entry = row.entry
        policies.setdefault(entry.route, {})[entry.policy] = None
        if entry.kind == "sent":
            place = (entry.target or "", entry.provider or "", entry.region)
            _add_sent(left.setdefault(place, _nothing_left()), entry)
        elif entry.kind in {"kept", "refused"}:
            _count(kept if entry.kind == "kept" else refused, dict.fromkeys(entry.labels, 1))
    return Report(
        left=tuple(
            Left(target=target, provider=provider, region=region, **sums)
            for (target, provider, region), sums in sorted(left.items(), key=lambda i: i[0][:2])
        ),
        kept=dict(sorted(kept.items())),
        refused=dict(sorted(refused.items())),
        policies={route: tuple(hashes) for route, hashes in sorted(policies.items())},
    )


def _nothing_left() -> dict[str, Any]:
    return {"requests": 0, "with_labels": 0, "plain": {}, "masked": {}, "redacted": {}}


def _add_sent(sums: dict[str, Any], entry: AuditEntry) -> None:
    sums["requests"] += 1
    sums["with_labels"] += bool(entry.labels)
    changed = entry.masked.keys() | entry.redacted.keys()
    _count(sums["plain"], dict.fromkeys(entry.labels.keys() - changed, 1))
    _count(sums["masked"], entry.masked)
    _count(sums["redacted"], entry.redacted)


def _count(sums: dict[str, int], more: Mapping[str, int]) -> None:
    for label, count in sorted(more.items()):
        sums[label] = sums.get(label, 0) + count
