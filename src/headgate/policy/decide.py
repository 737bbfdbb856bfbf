"""The decision: pure, so that the ledger can make it again."""

from collections.abc import Callable, Mapping, Sequence

from headgate.policy.decision import (
    Assessment,
    Candidate,
    Decision,
    RequestFacts,
    Rule,
    Verdict,
    Veto,
)

_Judges = list[tuple[str, Callable[[RequestFacts, Candidate], Verdict]]]


def assess(facts: RequestFacts, candidate: Candidate, rules: Mapping[str, Rule]) -> Assessment:
    """Ask every rule about one candidate; a single veto refuses it, whatever the others say."""
    return _assessed(facts, candidate, _judges(rules))


def decide(
    facts: RequestFacts, candidates: Sequence[Candidate], rules: Mapping[str, Rule]
) -> Decision:
    """Rank `candidates`: fewest steps, then fewest dollars, ties broken by name."""
    allowed: list[Assessment] = []
    refused: list[Assessment] = []
    judges = _judges(rules)
    for candidate in candidates:
        item = _assessed(facts, candidate, judges)
        (refused if item.is_refused else allowed).append(item)
    allowed.sort(key=_rank)
    refused.sort(key=_name)
    return Decision(ranked=tuple(allowed), refused=tuple(refused))


def _judges(rules: Mapping[str, Rule]) -> _Judges:
    """Looked up once, and not for each candidate."""
    return [(name, rule.judge) for name, rule in rules.items()]


def _assessed(facts: RequestFacts, candidate: Candidate, judges: _Judges) -> Assessment:
    verdicts: dict[str, Verdict] = {}
    steps, usd, is_refused = 0, 0.0, False
    for name, judge in judges:
        verdict = verdicts[name] = judge(facts, candidate)
        # `isinstance` takes as long as a rule, and nothing derives from a verdict.
        if type(verdict) is Veto:
            is_refused = True
        else:
            steps += verdict.steps
            usd += verdict.usd
    return Assessment(candidate, verdicts, steps, usd, is_refused)


def _rank(item: Assessment) -> tuple[int, float, str]:
    return item.steps, item.usd, item.candidate.name


def _name(item: Assessment) -> str:
    return item.candidate.name
