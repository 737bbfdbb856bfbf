"""What the audit log is told of a request: what left, to whom, what was kept or refused."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from headgate.ledger.audit import AuditEntry, Kind
from headgate.ledger.entry import Status

if TYPE_CHECKING:
    from headgate.gateway.job import Attempt, Job

ABOUT_DATA = frozenset({"privacy", "compliance", "residency"})
"""Rules that refuse a target because of what a request holds, or whose it is."""


def note_sent(attempt: "Attempt") -> None:
    """A target outside has been sent a request, or an answer to be judged."""
    job, target, masked = attempt.job, attempt.target, attempt.masked
    if job.route.policy is None or not attempt.was_sent or target.is_local:
        return
    if not job.facts.labels and not job.route.audits_all:
        return
    job.has_left = True
    job.recorder.record(
        AuditEntry(
            at=attempt.started_at,
            kind="sent",
            route=job.route.name,
            policy=job.route.policy,
            decision_id=job.id,
            key_name=job.key_name,
            role=attempt.role,
            target=target.name,
            provider=target.provider.name,
            region=target.region,
            labels=counted(job),
            masked={} if masked is None else masked.masking.masked,
            redacted={} if masked is None else masked.masking.redacted,
        )
    )


def note_end(job: "Job", status: Status, served_by: str | None) -> None:
    """A request is over; nothing is said twice of one that left."""
    if job.route.policy is None or job.has_left:
        return
    refused_by = tuple(sorted(ABOUT_DATA.intersection(job.vetoed_by)))
    kind: Kind
    if status == "refused" and refused_by:
        kind = "refused"
    elif job.facts.labels and served_by is not None:
        kind = "kept"
    else:
        return
    job.recorder.record(
        AuditEntry(
            at=job.started_at,
            kind=kind,
            route=job.route.name,
            policy=job.route.policy,
            decision_id=job.id,
            key_name=job.key_name,
            target=served_by,
            labels=counted(job),
            refused_by=refused_by,
        )
    )


def counted(job: "Job") -> Mapping[str, int]:
    """Labels of a request, each with how often it was found; 0 of what was declared."""
    return {label: job.found.get(label, 0) for label in sorted(job.facts.labels)}
