"""Keep personal data at home."""

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict, Veto

_FREE = Penalty("nothing in the request has to stay local")
_LOCAL = Penalty("local, where the request has to stay")


class Privacy:
    """A label that stays local keeps the whole request on local targets. No rule outvotes this."""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Veto a candidate that is not local when a label of the request must be."""
        if not facts.local_labels:
            return _FREE
        if candidate.is_local:
            return _LOCAL
        labels = ", ".join(f"`{label}`" for label in sorted(facts.local_labels))
        return Veto(f"not local, and the request holds {labels}")


RULE = Privacy()
