"""Do as the route's own rules say."""

from headgate.policy.decision import Applied, Candidate, Penalty, RequestFacts, Verdict, Veto
from headgate.policy.weights import MOST_WISHES, PREFER_STEPS

_NONE = Penalty("no rule of the route applies")


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
    steps = 0
    for place, rule in enumerate(reversed(wishes)):
        # Twice as much for each rule that stands before another: the first has the last word.
        steps += 0 if name in rule.prefer else PREFER_STEPS << min(place, MOST_WISHES)
    if not wishes:
        return Penalty("the rules of the route leave it in")
    unwished = [rule.name for rule in wishes if name not in rule.prefer]
    if not unwished:
        return Penalty(f"rule `{wishes[0].name}` prefers it")
    return Penalty(f"rule `{unwished[0]}` prefers others", steps)


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "none"


RULE = Condition()
