"""Refuse a target whose context is too short for the request and its answer."""

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict, Veto

_UNKNOWN = Penalty("its context length is unknown")
_FITS = Penalty("the request fits its context")


class Context:
    """Input and expected output against the context; both are estimates (`estimate.tokens`)."""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Veto a candidate known to be too short; an unknown length is no reason."""
        if candidate.context_tokens is None:
            return _UNKNOWN
        needed = facts.input_tokens + facts.expected_output_tokens
        if needed <= candidate.context_tokens:
            return _FITS
        return Veto(f"about {needed} tokens do not fit its context of {candidate.context_tokens}")


RULE = Context()
