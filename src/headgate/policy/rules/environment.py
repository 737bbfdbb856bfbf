"""Keep each environment on its own targets."""

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict, Veto

_NO_ENVIRONMENT = Penalty("no environment is configured")
_BELONGS = Penalty("belongs to the environment")


class Environment:
    """Development must not reach production targets, nor production a developer's laptop."""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Veto a candidate outside the environment in force."""
        if facts.environment_targets is None:
            return _NO_ENVIRONMENT
        if candidate.name in facts.environment_targets:
            return _BELONGS
        return Veto(f"not a target of environment `{facts.environment}`")


RULE = Environment()
