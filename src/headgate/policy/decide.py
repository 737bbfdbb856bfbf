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
    """Ask every rule about one candidate; a single veto refuses it, whatever the others say."""
    verdicts: dict[str, Verdict] = {}
    steps, usd, is_refused = 0, 0.0, False
    for name, rule in rules.items():
        verdict = verdicts[name] = rule.judge(facts, candidate)
        if isinstance(verdict, Veto):
            is_refused = True
        else:
            steps += verdict.steps
            usd += verdict.usd
    return Assessment(candidate, verdicts, steps, usd, is_refused)


def decide(
    facts: RequestFacts, candidates: Sequence[Candidate], rules: Mapping[str, Rule]
) -> Decision:
    """Rank `candidates`: fewest steps, then fewest dollars, ties broken by name."""
    allowed: list[Assessment] = []
    refused: list[Assessment] = []
    for candidate in candidates:
        item = assess(facts, candidate, rules)
        (refused if item.is_refused else allowed).append(item)
    allowed.sort(key=_rank)
    refused.sort(key=_name)
    return Decision(ranked=tuple(allowed), refused=tuple(refused))


def _rank(item: Assessment) -> tuple[int, float, str]:
    return item.steps, item.usd, item.candidate.name


def _name(item: Assessment) -> str:
    return item.candidate.name
