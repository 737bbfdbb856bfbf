"""Keep personal data at home, or send it only as the route allows."""

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict, Veto
from headgate.policy.treatment import action_of

_FREE = Penalty("nothing in the request has to stay local")
_LOCAL = Penalty("local, where the request has to stay")


class Privacy:
    """A label that stays local keeps the whole request on local targets. No rule outvotes this."""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Veto a candidate that must not have what the request holds, in any form."""
        if candidate.actions or facts.actions:
            return _by_action(facts, candidate)
        if not facts.local_labels:
            return _FREE
        if candidate.is_local:
            return _LOCAL
        return Veto(f"not local, and the request holds {_listed(facts.local_labels)}")


def _by_action(facts: RequestFacts, candidate: Candidate) -> Verdict:
    by_action: dict[str, set[str]] = {}
    is_local = candidate.is_local
    for label in facts.labels:
        action = action_of(facts, candidate.actions, label, is_local=is_local)
        by_action.setdefault(action, set()).add(label)
    if denied := by_action.get("deny"):
        return Veto(f"the request holds {_listed(denied)}, which it must not be sent")
    if not is_local and (kept := by_action.get("local")):
        return Veto(f"not local, and the request holds {_listed(kept)}")
    said = [
        f"{words} {_listed(by_action[action])}"
        for action, words in (("mask", "gets pseudonyms for"), ("redact", "does not get"))
        if action in by_action
    ]
    return Penalty(" and ".join(said)) if said else (_LOCAL if is_local else _FREE)


def _listed(labels: set[str] | frozenset[str]) -> str:
    return ", ".join(f"`{label}`" for label in sorted(labels))


RULE = Privacy()
