"""Refuse a target that cannot read the request with its answer, or write as much as is asked."""

from headgate.policy.decision import Candidate, Known, Penalty, RequestFacts, Verdict, Veto

_UNKNOWN = Penalty("its context length is unknown")
_FITS = Penalty("the request fits its context")
_ANSWERED = frozenset({"chat", "completion"})
"""Other requests hold many texts, each of which has the whole context."""


class Context:
    """Input and expected output against the context; both are estimates (`estimate.tokens`).

    The most that a client allows for an answer is no estimate: providers refuse a bound
    above what the model writes.
    """

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Veto a candidate known to be too short; an unknown length is no reason."""
        known = _of_one_text(facts, candidate)
        most, asked = candidate.max_output_tokens, facts.max_output_tokens
        if asked is not None and most is None and known is not None:
            most = known.max_output_tokens
        if most is not None and asked is not None and asked > most:
            source = _source(candidate.max_output_tokens, known)
            return Veto(f"up to {asked} tokens are asked for, it writes at most {most}{source}")
        context = candidate.context_tokens
        if context is None and known is not None:
            context = known.context_tokens
        if context is None:
            return _UNKNOWN
        needed = facts.input_tokens + facts.expected_output_tokens
        if needed <= context:
            return _FITS
        source = _source(candidate.context_tokens, known)
        return Veto(f"about {needed} tokens do not fit its context of {context}{source}")


def _source(configured: int | None, known: Known | None) -> str:
    return f" (catalogue, {known.checked})" if configured is None and known is not None else ""


def _of_one_text(facts: RequestFacts, candidate: Candidate) -> Known | None:
    """What the catalogue says, where the request is one text with one answer."""
    known = candidate.known
    is_one = known is not None and facts.operation in _ANSWERED and known.kind in _ANSWERED
    return known if is_one else None


RULE = Context()
