"""The decision: pure, so that the ledger can make it again."""

from collections.abc import Mapping, Sequence

from headgate.policy.decision import (
    Assessment,
    Candidate,
    Decision,
    RequestFacts,
    Rule,
    Verdict,
    Veto,
)


def assess(facts: RequestFacts, candidate: Candidate, rules: Mapping[str, Rule]) -> Assessment:
    """Ask every rule about one candidate."""
    verdicts: dict[str, Verdict] = {}
    steps, usd = 0, 0.0
    for name, rule in rules.items():
        verdict = verdicts[name] = rule.judge(facts, candidate)
        if not isinstance(verdict, Veto):
            steps += verdict.steps
            usd += verdict.usd
    return Assessment(candidate, verdicts, steps, usd)


def decide(
    facts: RequestFacts, candidates: Sequence[Candidate], rules: Mapping[str, Rule]
) -> Decision:
    """Rank `candidates`: fewest steps, then fewest dollars, ties broken by name."""
    assessments = [assess(facts, candidate, rules) for candidate in candidates]
    allowed = [item for item in assessments if not item.vetoes]
    allowed.sort(key=lambda item: (item.steps, item.usd, item.candidate.name))
    refused = [item for item in assessments if item.vetoes]
    refused.sort(key=lambda item: item.candidate.name)
    return Decision(ranked=tuple(allowed), refused=tuple(refused))
