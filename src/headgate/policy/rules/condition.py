"""Do as the route's own rules say."""

from functools import lru_cache

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
    """Twice as much for each rule that stands before another: the first has the last word.

    What comes after the first rules counts as one wish, however many rules it is, so that no
    number of rules outweighs a budget.
    """
    first = unwished = None
    steps = wishes = 0
    for rule in applied:
        if not rule.prefer:
            continue
        wishes += 1
        is_unwished = name not in rule.prefer
        steps = 2 * steps + is_unwished if wishes <= MOST_WISHES else steps | is_unwished
        if first is None:
            first = rule.name
        if is_unwished and unwished is None:
            unwished = rule.name
    if first is None:
        return _LEFT_IN
    return _prefers_it(first) if unwished is None else _prefers_others(unwished, steps)


# Rules are configured, and wishes few.
@lru_cache(maxsize=1024)
def _prefers_it(rule: str) -> Penalty:
    return Penalty(f"rule `{rule}` prefers it")


@lru_cache(maxsize=4096)
def _prefers_others(rule: str, steps: int) -> Penalty:
    return Penalty(f"rule `{rule}` prefers others", steps * PREFER_STEPS)


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "none"


RULE = Condition()
