"""Verdicts remembered: a rule that looks at nothing that varies need not be asked again.

Rules are pure: see `unseen` for how we know what a verdict depends on. What a future version
adds to facts or candidates counts as one of the fields that requests have to agree in, until it
is named here.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from headgate.planner.replay.policy import Resolved
from headgate.planner.replay.unseen import Seen
from headgate.policy.decision import Candidate, RequestFacts, Rule, Verdict, Veto

OF_THE_ROUTE = frozenset(
    {
        *("route", "environment", "environment_targets", "allowed_regions", "max_usd"),
        *("max_ttft_ms", "max_wait_ms", "slo_ttft_ms", "keeps_cache"),
    }
)
"""Facts that are the same for every request of a route."""
OF_THE_SEAT = frozenset(
    {
        *("name", "model", "provider", "is_local", "region", "position", "tier", "lacks"),
        *("context_tokens", "max_output_tokens", "known", "weight", "only_mirrors", "hours"),
    }
)
"""Fields that are the same for one target of a route, and one model."""
MOST_REMEMBERED = 20_000
"""Kinds of requests; tags and keys come from clients."""
Judge = Callable[[RequestFacts, Candidate], Verdict]


class Remembered(NamedTuple):
    """What holds for one kind of candidate and of request."""

    is_refused: bool
    steps: int
    usd: float
    asked: tuple[Judge, ...]
    """Those of rules that must be asked each time."""


class Verdicts:
    """Ranks candidates as `policy.decide` does, without a record of why."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        """Nothing remembered yet."""
        self._rules = tuple(rules.values())
        self._seen = Seen()
        self._kinds: dict[Any, list[dict[Any, Remembered]]] = {}
        self._start()

    def _start(self) -> None:
        """Remember by what has been seen."""
        self._kinds.clear()
        self._facts_key = _getter(self._seen.facts - OF_THE_ROUTE)
        self._candidate_key = _getter(self._seen.candidate - OF_THE_SEAT)
        self._known_or_not = _getter(self._seen.known_or_not)

    def order(
        self, facts: RequestFacts, candidates: Sequence[Candidate], resolved: Resolved
    ) -> dict[str, Candidate]:
        """Those that may be tried, best first; `candidates` as the route lists them."""
        ranked = []
        key_of = self._candidate_key
        for candidate, known in zip(candidates, self._known(facts, resolved), strict=True):
            found = known.get(key := key_of(candidate))
            if found is None:
                size = self._seen.size
                found = known[key] = self._asked(facts, candidate)
                if self._seen.size != size:
                    # It depends on more than it is remembered by.
                    self._start()
                    return self.order(facts, candidates, resolved)
            is_refused, steps, usd, asked = found
            if is_refused:
                continue
            for judge in asked:
                verdict = judge(facts, candidate)
                # As `policy.decide` does.
                if type(verdict) is Veto:
                    break
                steps += verdict.steps
                usd += verdict.usd
            else:
                # No two have one name: candidates are never compared.
                ranked.append((steps, usd, candidate.name, candidate))
        ranked.sort()
        return {name: candidate for _, _, name, candidate in ranked}

    def _known(self, facts: RequestFacts, resolved: Resolved) -> list[dict[Any, Remembered]]:
        given = self._known_or_not(facts)
        lacks = given is None if type(given) is not tuple else tuple([x is None for x in given])
        key = (facts.route, resolved.model, self._facts_key(facts), lacks)
        known = self._kinds.get(key)
        if known is None:
            if len(self._kinds) >= MOST_REMEMBERED:
                self._kinds.clear()
            known = self._kinds[key] = [{} for _ in resolved.route.seats]
        return known

    def _asked(self, facts: RequestFacts, candidate: Candidate) -> Remembered:
        steps, usd, is_refused = 0, 0.0, False
        asked: list[Judge] = []
        for rule in self._rules:
            verdict = self._seen.steady_verdict(rule, facts, candidate)
            if verdict is None:
                asked.append(rule.judge)
            elif isinstance(verdict, Veto):
                is_refused = True
            else:
                steps += verdict.steps
                usd += verdict.usd
        return Remembered(is_refused, steps, usd, tuple(asked))


def _getter(fields: set[str]) -> Callable[[Any], Any]:
    return attrgetter(*sorted(fields)) if fields else lambda _: None
