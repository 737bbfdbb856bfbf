"""Verdicts remembered: a rule that looks at nothing that varies need not be asked again.

Rules are pure, so a verdict depends on the fields that a rule has read and on nothing else.
Each is asked once with watched values; if it read none of the fields that vary from request
to request, its verdict holds for all requests that agree in the others. What a future version
adds to facts or candidates counts as one of those, until it is named here.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from msgspec import Struct

from headgate.planner.replay.policy import Resolved
from headgate.policy.decision import Candidate, RequestFacts, Rule, Verdict, Veto

VARYING_FACTS = frozenset(
    {
        *("input_tokens", "expected_output_tokens", "max_output_tokens", "complexity", "gain"),
        *("session", "draw", "deadline_ms"),
    }
)
OF_THE_ROUTE = frozenset(
    {
        *("route", "environment", "environment_targets", "allowed_regions", "max_usd"),
        *("max_ttft_ms", "max_wait_ms", "slo_ttft_ms", "keeps_cache"),
    }
)
"""Facts that are the same for every request of a route."""
VARYING_CANDIDATE = frozenset(
    {
        *("in_flight", "ttft_ms", "output_tokens_per_s", "p95_ttft_ms", "waiting", "wait_ms"),
        *("load_ms", "cached_tokens", "saved_ms", "usd_per_input_mtok", "usd_per_output_mtok"),
    }
)
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
_facts_key: Callable[[RequestFacts], Any] = attrgetter(
    *sorted(set(RequestFacts.__struct_fields__) - VARYING_FACTS - OF_THE_ROUTE)
)
_candidate_key: Callable[[Candidate], Any] = attrgetter(
    *sorted(set(Candidate.__struct_fields__) - VARYING_CANDIDATE - OF_THE_SEAT)
)


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
        self._kinds: dict[Any, list[dict[Any, Remembered]]] = {}

    def order(
        self, facts: RequestFacts, candidates: Sequence[Candidate], resolved: Resolved
    ) -> dict[str, Candidate]:
        """Those that may be tried, best first; `candidates` as the route lists them."""
        ranked = []
        for candidate, known in zip(candidates, self._known(facts, resolved), strict=True):
            key = _candidate_key(candidate)
            found = known.get(key)
            if found is None:
                found = known[key] = _remembered(facts, candidate, self._rules)
            is_refused, steps, usd, asked = found
            if is_refused:
                continue
            for judge in asked:
                verdict = judge(facts, candidate)
                if isinstance(verdict, Veto):
                    break
                steps += verdict.steps
                usd += verdict.usd
            else:
                # No two have one name: candidates are never compared.
                ranked.append((steps, usd, candidate.name, candidate))
        ranked.sort()
        return {name: candidate for _, _, name, candidate in ranked}

    def _known(self, facts: RequestFacts, resolved: Resolved) -> list[dict[Any, Remembered]]:
        key = (facts.route, resolved.model, _facts_key(facts))
        known = self._kinds.get(key)
        if known is None:
            if len(self._kinds) >= MOST_REMEMBERED:
                self._kinds.clear()
            known = self._kinds[key] = [{} for _ in resolved.route.seats]
        return known


class _Watched:
    """Stands for a value, and notes when a field that varies is read."""

    def __init__(self, value: Struct, varying: frozenset[str]) -> None:
        self._value = value
        self._varying = varying
        self.has_varied = False

    def __getattr__(self, name: str) -> Any:
        # What is no field is made from fields, whichever.
        if name in self._varying or name not in self._value.__struct_fields__:
            self.has_varied = True
        return getattr(self._value, name)


def _remembered(facts: RequestFacts, candidate: Candidate, rules: Sequence[Rule]) -> Remembered:
    steps, usd, is_refused = 0, 0.0, False
    asked: list[Judge] = []
    for rule in rules:
        seen_facts: Any = _Watched(facts, VARYING_FACTS)
        seen: Any = _Watched(candidate, VARYING_CANDIDATE)
        verdict = rule.judge(seen_facts, seen)
        if seen_facts.has_varied or seen.has_varied:
            asked.append(rule.judge)
        elif isinstance(verdict, Veto):
            is_refused = True
        else:
            steps += verdict.steps
            usd += verdict.usd
    return Remembered(is_refused, steps, usd, tuple(asked))
