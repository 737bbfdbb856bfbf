"""Do as the route's own rules say."""

from headgate.policy.decision import Applied, Candidate, Penalty, RequestFacts, Verdict, Veto
from headgate.policy.weights import MOST_WISHES, PREFER_STEPS

_NONE = Penalty("no rule of the route applies")
_LEFT_IN = Penalty("the rules of the route leave it in")


class Condition:
    """Rules of the configuration whose conditions hold: all `only` and `refuse`, then `prefer`."""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Veto what a rule leaves out; prefer what one prefers, the first rule most."""
        if not facts.applied:
            return _NONE
        name = candidate.name
        for rule in facts.applied:
            if rule.only is not None and name not in rule.only:
                return Veto(f"rule `{rule.name}` allows only {_listed(rule.only)}")
            if name in rule.refuse:
                return Veto(f"rule `{rule.name}` refuses it")
        return _preferred(facts.applied, name)


def _preferred(applied: tuple[Applied, ...], name: str) -> Penalty:
    wishes = [rule for rule in applied if rule.prefer]
    if not wishes:
        return _LEFT_IN
    unwished = [rule.name for rule in wishes if name not in rule.prefer]
    if not unwished:
        return Penalty(f"rule `{wishes[0].name}` prefers it")
    return Penalty(f"rule `{unwished[0]}` prefers others", _wish_steps(wishes, name))


def _wish_steps(wishes: list[Applied], name: str) -> int:
    """Twice as much for each rule that stands before another: the first has the last word.

    What comes after the first rules counts as one wish, however many rules it is, so that no
    number of rules outweighs a budget.
    """
    told, rest = wishes[: MOST_WISHES - 1], wishes[MOST_WISHES - 1 :]
    steps = 0
    for rule in told:
        steps = 2 * steps + (name not in rule.prefer)
    if rest:
        steps = 2 * steps + any(name not in rule.prefer for rule in rest)
    return steps * PREFER_STEPS


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "none"


RULE = Condition()
