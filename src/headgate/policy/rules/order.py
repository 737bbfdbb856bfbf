"""Try targets in the order the route lists them."""

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict

_NOT_ASKED = Penalty("the route does not rank by order")
# Places people really use, made once.
_PLACES = tuple(Penalty(f"number {place + 1} of the route", place) for place in range(32))


class Order:
    """A step for each place down the list."""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Prefer what stands first, where the route ranks by order."""
        if facts.prefer != "order":
            return _NOT_ASKED
        place = candidate.position
        if place < len(_PLACES):
            return _PLACES[place]
        return Penalty(f"number {place + 1} of the route", place)


RULE = Order()
