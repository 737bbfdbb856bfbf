"""A request at a target, as compliance policies look at it."""

from headgate.policy.compliance.evaluate import Situation
from headgate.policy.decision import Candidate, RequestFacts
from headgate.policy.treatment import changes_at


def situation_of(facts: RequestFacts, candidate: Candidate) -> Situation:
    """What of both some policy may ask for."""
    is_local = candidate.is_local
    return Situation(
        is_local,
        changes_at(facts, candidate.actions, is_local=is_local),
        facts.needs | {"batch"} if candidate.by_batch else facts.needs,
        candidate.standing,
    )
