"""Let data go only where the policies in force allow it."""

from headgate.policy.compliance.evaluate import Shortfall, Situation, shortfalls
from headgate.policy.compliance.policy import Applying
from headgate.policy.compliance.standing import Standing
from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict, Veto
from headgate.policy.situation import situation_of

_FREE = Penalty("no compliance policy is about the request")
MOST_REMEMBERED = 4096
_Remembered = tuple[tuple[Applying, ...], Standing | None, Verdict]


class Compliance:
    """Every policy must be met. What is unknown, expired or not signed does not meet one.

    Verdicts are remembered by the very objects they were made of: comparing whole policies would
    take longer than judging by them.
    """

    def __init__(self) -> None:
        """Nothing judged yet."""
        self._known: dict[object, _Remembered] = {}

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Veto a candidate that some policy keeps the request from."""
        policies = facts.policies
        if not policies:
            return _FREE
        situation = situation_of(facts, candidate)
        standing = situation.standing
        asked = (
            id(policies),
            id(standing),
            situation.is_local,
            situation.features,
            tuple(situation.changes.items()),
        )
        found = self._known.get(asked)
        if found is not None and found[0] is policies and found[1] is standing:
            return found[2]
        verdict = _judged(policies, situation)
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[asked] = (policies, standing, verdict)
        return verdict


def _judged(policies: tuple[Applying, ...], situation: Situation) -> Verdict:
    failed = shortfalls(policies, situation)
    if not failed:
        names = ", ".join(f"`{each.policy.id}`" for each in policies)
        return Penalty(f"meets {names}")
    return Veto("; ".join(map(_sentence, failed)))


def _sentence(failed: Shortfall) -> str:
    missing = "; ".join(failed.missing)
    return f"policy `{failed.policy}`: {missing}"


RULE = Compliance()
