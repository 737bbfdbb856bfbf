"""Whether data may go where an option would send it: the router's policies, asked in advance."""

from collections.abc import Mapping
from functools import lru_cache

from headgate.catalog.provider_facts import of_provider
from headgate.planner.option import Option, Setting
from headgate.planner.report import Outcome, RuleVerdict
from headgate.policy.compliance.builtin import classes, policies_of
from headgate.policy.compliance.evaluate import Situation, shortfalls
from headgate.policy.compliance.policy import Applying, Asked, Book
from headgate.policy.compliance.standing import Signed, standing

RENTAL = "rental"
"""In `signed`: the contracts with whoever rents out the machines."""
NEEDS: Mapping[str, tuple[str, str]] = {
    "hipaa": ("Health data under HIPAA", "a signed business associate agreement"),
    "financial": ("Regulated financial data", "a data processing agreement without retention"),
    "trade_secrets": (
        "Proprietary code or trade secrets",
        "a contract without training and retention",
    ),
    "gdpr": ("Personal data under the GDPR", "a data processing agreement that keeps it in the EU"),
    "air_gapped": ("An air-gapped environment", "nothing"),
    "government": ("Government or defence", "an accreditation"),
}
"""The seed's list of when one must go local: the title, and what would let a provider have it."""
POLICIES: Mapping[str, tuple[str, frozenset[str]]] = {
    "hipaa": ("hipaa", frozenset({"phi"})),
    "financial": ("glba", frozenset({"financial"})),
    "trade_secrets": ("trade-secret", frozenset({"trade_secret"})),
    "gdpr": ("gdpr-eu", frozenset({"personal"})),
    "air_gapped": ("air-gapped", frozenset()),
    "government": ("government", frozenset({"government"})),
}
"""By need, the policies that are in force, and what every request holds."""


def need_verdict(option: Option, setting: Setting, need: str, *, is_home: bool) -> RuleVerdict:
    """What the policies behind a need say of an option."""
    title, contract = NEEDS[need]
    if is_home:
        return RuleVerdict(rule=need, outcome="met", reason=f"{title}: stays on own hardware")
    holder = option.api.provider if option.api else RENTAL
    who = "the host of rented machines" if holder == RENTAL else holder
    figures = {} if option.api is None else of_provider(option.api.provider, option.api.model)
    known = standing(_signed(holder, setting), figures, setting.day, audit_log=True)
    applying = _applying(need)
    failed = shortfalls(applying, Situation(False, {}, frozenset(), known))
    if not failed:
        reason = f"{title}: you have signed {contract} with {who}"
        return RuleVerdict(rule=need, outcome="met", reason=reason)
    missing = "; ".join(f"{each.policy}: {'; '.join(each.missing)}" for each in failed)
    outcome: Outcome = "unproven" if all(each.is_unknown for each in failed) else "broken"
    reason = f"{title}: needs {contract} with {who}; {missing}"
    return RuleVerdict(rule=need, outcome=outcome, reason=reason)


@lru_cache(maxsize=16)
def _applying(need: str) -> tuple[Applying, ...]:
    name, labels = POLICIES[need]
    return Book(policies_of(name), classes()).applying(Asked(labels, route=""))


def _signed(holder: str, setting: Setting) -> Signed:
    """Whoever has "the contracts" has those that needs call for, and no accreditation."""
    question = setting.question
    if holder not in question.signed:
        return Signed(accredited=())
    return Signed(
        baa=True,
        baa_covers=True,
        dpa=True,
        transfer="as signed",
        zdr=True,
        no_training=True,
        # A contract names where it is fulfilled; which place that is, only a region asks.
        regions_inference=(question.region or "us",),
        accredited=(),
        opted_in=tuple(sorted(POLICIES["trade_secrets"][1])),
    )
