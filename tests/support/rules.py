"""Rules simple enough to see what they must decide.

In a file of their own, because a set of rules is known by the source of its modules.
"""

from dataclasses import dataclass

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict, Veto


@dataclass(frozen=True)
class ByPosition:
    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        return Penalty("its place", candidate.position)


@dataclass(frozen=True)
class OnlyLocal:
    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        return Penalty("local") if candidate.is_local else Veto("not local")
