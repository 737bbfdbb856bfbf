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
    source = f"(catalogue, {known.checked})"
    if facts.operation not in OPERATIONS[known.kind]:
        return Veto(
            f"`{candidate.model}` is a model for {known.kind}, not for {facts.operation} {source}"
        )
    if known.lacks and not facts.needs.isdisjoint(known.lacks):
        return Veto(f"`{candidate.model}` has no {_listed(facts.needs & known.lacks)} {source}")
    return _OFFERED


def _listed(needs: frozenset[str]) -> str:
    return ", ".join(f"`{need}`" for need in sorted(needs))


RULE = Capability()
