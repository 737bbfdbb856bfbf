"""What of a configuration's compliance is valid, and still likely to surprise."""

from collections.abc import Iterator
from datetime import date

from headgate.config.in_force import dossier_of
from headgate.config.locate import Problem
from headgate.config.schema import Settings
from headgate.policy.compliance.standing import Signature
from headgate.runtime.compliance import NOTHING_FOUND, Compliance, Row, compliance_of


def compliance_findings(settings: Settings, day: date) -> Iterator[Problem]:
    """Data that policies let go nowhere, words that have run out or are denied, idle policies."""
    yield from _signed(settings, day)
    yield from _idle(settings)
    if _has_policies(settings):
        found = compliance_of(settings, day)
        yield from _nowhere(found)
        yield from _out_of_date(found)


def _has_policies(settings: Settings) -> bool:
    return any(True for _ in _names(settings))


def _names(settings: Settings) -> Iterator[str]:
    """Every name of a policy that is put in force somewhere."""
    yield from settings.compliance
    for route in settings.routes.values():
        yield from route.compliance
    for key in settings.server.keys:
        yield from key.compliance


def _nowhere(found: Compliance) -> Iterator[Problem]:
    """Once for each route, and each policy that closes it."""
    said: dict[tuple[str, tuple[str, ...]], list[Row]] = {}
    for row in found.rows:
        blamed = _blamed(row)
        if blamed:
            said.setdefault((row.route, blamed), []).append(row)
    closed = {row.route for rows in said.values() for row in rows if row.label == NOTHING_FOUND}
    for (route, policies), rows in said.items():
        everything = any(row.label == NOTHING_FOUND for row in rows)
        if route in closed and not everything:
            continue
        labels = ", ".join(dict.fromkeys(f"`{row.label}`" for row in rows))
        data = "any request" if everything else f"requests with {labels}"
        names = ", ".join(f"`{policy}`" for policy in policies)
        yield Problem(
            ("routes", route),
            f"no target may have {data}: policy {names}",
            "they are refused; `headgate comply` says what is missing",
            about_name=True,
        )


def _blamed(row: Row) -> tuple[str, ...]:
    """The policies without which somebody might have it; none where `deny` is what they are for."""
    if not row.goes_nowhere or not all(cell.shortfalls for cell in row.cells):
        return ()
    failed = [{each.policy for each in cell.shortfalls if not each.is_denied} for cell in row.cells]
    return tuple(sorted(set().union(*failed))) if all(failed) else ()


def _signed(settings: Settings, day: date) -> Iterator[Problem]:
    """Words that have run out, and words that the provider's own stand against."""
    for name, target in settings.targets.items():
        said, loc = target.compliance, ("targets", name, "compliance")
        if said is None:
            continue
        if said.until is not None and said.until < day:
            yield Problem((*loc, "until"), "has passed: everything here counts as not signed")
            continue
        published = dossier_of(target, audit_log=False).published(target.model)
        signatures: tuple[Signature, ...] = ("baa", "dpa", "zdr")
        for signature in signatures:
            figure = published.get(signature)
            is_said = getattr(said, signature) is not None
            if is_said and figure is not None and figure.value == "none":
                if signature in said.despite_published:
                    continue
                yield Problem(
                    (*loc, signature),
                    f"counts for nothing: the provider publishes that there is none "
                    f"({figure.source.at}, {figure.source.checked})",
                    f"write `despite_published: [{signature}]` where you have it all the same",
                )


def _idle(settings: Settings) -> Iterator[Problem]:
    named = set(_names(settings))
    for index, policy in enumerate(settings.policies):
        if policy.id not in named:
            yield Problem(
                ("policies", index), "is in force nowhere", f"write `compliance: [{policy.id}]`"
            )


def _out_of_date(found: Compliance) -> Iterator[Problem]:
    """Published figures that policies ask for, a target at a time."""
    by_target: dict[str, list[str]] = {}
    for each in found.out_of_date:
        if each.is_published:
            by_target.setdefault(each.target, []).append(each.fact)
    for name, facts in by_target.items():
        listed = ", ".join(f"`{fact}`" for fact in facts)
        yield Problem(
            ("targets", name),
            f"what its provider publishes of {listed} is out of date, and counts as unknown",
            "update Headgate, or say under `compliance` what you have",
            about_name=True,
        )
