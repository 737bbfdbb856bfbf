"""Refuse a target that is known not to offer what the request needs."""

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict, Veto

_OFFERED = Penalty("offers what is asked")


class Capability:
    """The operation, and what the request uses of it: tools, images, a schema, …"""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Veto a candidate without the operation, or lacking something needed."""
        if facts.operation not in candidate.operations:
            return Veto(f"does not offer `{facts.operation}`")
        if candidate.lacks and not facts.needs.isdisjoint(candidate.lacks):
            missing = ", ".join(f"`{need}`" for need in sorted(facts.needs & candidate.lacks))
            return Veto(f"does not support {missing}")
        return _OFFERED


RULE = Capability()
