"""Refuse a target that is known not to offer what the request needs."""

from headgate.catalog.capabilities import OPERATIONS
from headgate.policy.decision import Candidate, Known, Penalty, RequestFacts, Verdict, Veto

_OFFERED = Penalty("offers what is asked")


class Capability:
    """The operation, and what the request uses of it: tools, images, a schema, …"""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Veto a candidate without the operation, or lacking something needed."""
        if facts.operation not in candidate.operations:
            return Veto(f"does not offer `{facts.operation}`")
        if candidate.lacks and not facts.needs.isdisjoint(candidate.lacks):
            return Veto(f"does not support {_listed(facts.needs & candidate.lacks)}")
        if candidate.known is not None:
            return _by_catalogue(facts, candidate, candidate.known)
        return _OFFERED


def _by_catalogue(facts: RequestFacts, candidate: Candidate, known: Known) -> Verdict:
    if facts.operation not in OPERATIONS[known.kind]:
        why = f"is a model for {known.kind}, not for {facts.operation}"
    elif known.lacks and not facts.needs.isdisjoint(known.lacks):
        why = f"has no {_listed(facts.needs & known.lacks)}"
    else:
        return _OFFERED
    return Veto(f"`{candidate.model}` {why} (catalogue, {known.checked})")


def _listed(needs: frozenset[str]) -> str:
    return ", ".join(f"`{need}`" for need in sorted(needs))


RULE = Capability()
