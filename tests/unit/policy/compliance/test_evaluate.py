"""Three values, and the law that not knowing never helps: tried out to the last combination."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.catalog.provider_facts import published
from headgate.policy.compliance.builtin import classes, policies_of, policy_sets
from headgate.policy.compliance.evaluate import Known, Situation, shortfalls
from headgate.policy.compliance.policy import Applying, Asked, Book, Policy
from headgate.policy.compliance.requirement import (
    FACTS,
    AnyOf,
    AtMost,
    Every,
    Is,
    Some,
    SubsetOf,
)
from headgate.policy.compliance.standing import NOTHING_SIGNED, Fact, Signed, Standing, standing

DAY = date(2026, 11, 28)
EVERY = [policy for name in policy_sets() for policy in policies_of(name)]
LABELS = ("phi", "email", "card", "cvv", "iban", "privileged", "cui", "classified")
LABELS += ("trade_secret", "secret", "attachment", "unscanned", "local_session", "board")
VALUES: Mapping[str, tuple[Any, ...]] = {
    "flag": (None, True, False),
    "places": (None, (), ("eu",), ("us",), ("de", "fr"), ("eu", "us"), ("cn",)),
    "words": (None, (), ("il6",), ("fedramp-high",), ("trade_secret",)),
    "number": (None, 0, 30, 90),
}
OF_THE_REQUEST = {"masked", "redacted", "local", "never"}
BEHIND = {"features_eligible": ("baa_excludes", (None, (), ("file",)))}
BEHIND |= {"opted_in": ("opted_in", (None, (), ("trade_secret",), ("trade_secret", "source_code")))}


def inputs_of(policy: Policy) -> dict[str, tuple[Any, ...]]:
    """The facts of a target that a policy asks for, with every value to try."""
    found: dict[str, tuple[Any, ...]] = {}
    for name in sorted(policy.facts - OF_THE_REQUEST):
        behind, values = BEHIND.get(name, (name, VALUES[FACTS[name].kind]))
        found[behind] = values
    return found


def situation(values: Mapping[str, Any], **more: Any) -> Situation:
    said = tuple((name, Fact(value, "operator", "here")) for name, value in values.items())
    known: dict[str, Any] = {"is_local": False, "changes": {}, "features": frozenset()}
    return Situation(**(known | more), standing=Standing(str(DAY), said))


def is_allowed(applying: Applying, values: Mapping[str, Any], **more: Any) -> bool:
    return not shortfalls([applying], situation(values, **more))


def every_request(policy: Policy) -> Iterator[tuple[Applying, dict[str, Any]]]:
    """Each label that brings it in, alone and all together, changed or not, here or there."""
    book = Book([policy], classes())
    sets = [frozenset(), *(frozenset({label}) for label in LABELS), frozenset(LABELS)]
    for labels in sets:
        for applying in book.applying(Asked(labels, "r")):
            for is_local, change, features in product(
                (False, True), (None, "mask", "redact"), (frozenset(), frozenset({"file"}))
            ):
                changes = {} if change is None else dict.fromkeys(labels, change)
                yield applying, {"is_local": is_local, "changes": changes, "features": features}


@pytest.mark.parametrize("policy", EVERY, ids=lambda policy: policy.id)
def test_no_unknown_ever_turns_a_deny_into_an_allow(policy: Policy) -> None:
    """Over every request, and every combination of known and unknown facts."""
    inputs = inputs_of(policy)
    tried = 0
    for applying, request in every_request(policy):
        allowed = {
            combination: is_allowed(
                applying, dict(zip(inputs, combination, strict=True)), **request
            )
            for combination in product(*inputs.values())
        }
        for combination, may in allowed.items():
            for place, value in enumerate(combination):
                forgotten = (*combination[:place], None, *combination[place + 1 :])
                assert value is None or may or not allowed[forgotten], (applying.labels, forgotten)
                tried += 1
    assert tried or not inputs


@pytest.mark.parametrize("policy", EVERY, ids=lambda policy: policy.id)
def test_a_target_that_nothing_is_known_of_gets_only_what_is_changed_enough(policy: Policy) -> None:
    for applying, request in every_request(policy):
        may = not shortfalls([applying], Situation(**request, standing=None))
        if not may or (request["is_local"] and policy.otherwise == "local"):
            continue
        assert policy.facts & {"masked", "redacted"}
        assert applying.labels
        assert applying.labels <= request["changes"].keys()


leaves = st.one_of(
    st.builds(Is, st.sampled_from(["baa", "dpa", "zdr"])),
    st.builds(
        SubsetOf, st.just("regions_inference"), st.frozensets(st.sampled_from("abc"), min_size=1)
    ),
    st.builds(AnyOf, st.just("accredited"), st.frozensets(st.sampled_from("abc"), min_size=1)),
    st.builds(AtMost, st.just("retention_days"), st.integers(0, 3)),
)
requirements = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda kind, parts: kind(tuple(parts)),
        st.sampled_from([Every, Some]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=8,
)
some_words = st.lists(st.sampled_from("abc"), max_size=3).map(tuple)
known_values = st.fixed_dictionaries(
    {
        "baa": st.booleans(),
        "dpa": st.booleans(),
        "zdr": st.booleans(),
        "regions_inference": some_words,
        "accredited": some_words,
        "retention_days": st.integers(0, 4),
    }
)


@given(requirements, known_values, st.data())
def test_forgetting_facts_makes_any_requirement_unknown_or_leaves_it(
    requirement: Any, values: dict[str, Any], data: st.DataObject
) -> None:
    forgotten = data.draw(st.sets(st.sampled_from(sorted(values))))
    less = {name: None if name in forgotten else value for name, value in values.items()}
    before = Known(situation(values), frozenset()).truth(requirement)
    after = Known(situation(less), frozenset()).truth(requirement)
    assert after in (before, None)


@given(requirements, known_values)
def test_what_is_missing_is_named_exactly_where_something_is(
    requirement: Any, values: dict[str, Any]
) -> None:
    known = Known(situation(values), frozenset())
    if known.truth(requirement) is not True:
        assert known.missing(requirement)


@pytest.mark.parametrize("wrong", ["yes", 1, ("x",)])
def test_a_value_of_the_wrong_kind_meets_nothing(wrong: Any) -> None:
    assert Known(situation({"baa": wrong}), frozenset()).truth(Is("baa")) is None


def test_a_reason_names_the_fact_its_source_and_its_age() -> None:
    known = standing(NOTHING_SIGNED, published("api.openai.com", "gpt-4o"), DAY, audit_log=True)
    asked = Situation(False, {}, frozenset(), known)
    assert shortfalls([Applying(policies_of("soc2")[0])], asked) == ()
    [failed] = shortfalls(
        Book(policies_of("glba"), classes()).applying(Asked(frozenset({"iban"}), "r")), asked
    )
    assert failed.policy == "glba"
    assert failed.is_unknown
    assert failed.cites == ("16 CFR 314.4(f)",)
    assert (
        "`zdr`: not active; published: approval "
        "(https://developers.openai.com/api/docs/guides/your-data, 2026-11-28, 0 days old)"
    ) in failed.missing


GATES = {
    "HIPAA-covered health data": ("hipaa", "phi"),
    "Financial data with regulatory requirements": ("glba", "iban"),
    "Proprietary code or trade secrets": ("trade-secret", "trade_secret"),
    "EU data residency requirements (GDPR)": ("gdpr-eu", "email"),
    "Air-gapped environments": ("air-gapped", "email"),
    "Government/defense applications": ("government", "cui"),
}
"""The seed's list of when one must go local."""
HOSTS = {
    "openai": "api.openai.com",
    "anthropic": "api.anthropic.com",
    "cohere": "api.cohere.com",
    "azure": "x.openai.azure.com",
    "bedrock": "bedrock-runtime.eu-central-1.amazonaws.com",
    "vertex": "europe-west4-aiplatform.googleapis.com",
    "gemini": "generativelanguage.googleapis.com",
    "mistral": "api.mistral.ai",
    "together": "api.together.ai",
    "groq": "api.groq.com",
    "deepseek": "api.deepseek.com",
    "openrouter": "openrouter.ai",
}
PAPERS = Signed(
    baa=True,
    baa_covers=True,
    dpa=True,
    zdr=True,
    no_training=True,
    regions_inference=("eu",),
    regions_storage=("eu",),
    opted_in=("trade_secret",),
)


def verdict(
    gate: str, host: str, signed: Signed, *, model: str = "m", is_local: bool = False
) -> bool:
    name, label = GATES[gate]
    known = standing(signed, published(host, model), DAY, audit_log=True)
    applying = Book(policies_of(name), classes()).applying(Asked(frozenset({label}), "r"))
    assert applying
    return not shortfalls(applying, Situation(is_local, {}, frozenset(), known))


@pytest.mark.parametrize("gate", GATES)
def test_what_must_go_local_goes_to_no_provider_by_what_it_publishes(gate: str) -> None:
    assert [name for name, host in HOSTS.items() if verdict(gate, host, NOTHING_SIGNED)] == []
    assert verdict(gate, "127.0.0.1", NOTHING_SIGNED, is_local=True)


NOT_WITH_PAPERS = {
    "HIPAA-covered health data": {"cohere", "deepseek"},
    "Financial data with regulatory requirements": {"deepseek", "openrouter"},
    "Proprietary code or trade secrets": {"deepseek"},
    "EU data residency requirements (GDPR)": {"openrouter"},
    "Air-gapped environments": set(HOSTS),
    "Government/defense applications": set(HOSTS),
}
"""Whom a signature does not help, by the golden table of what is published on that day."""


@pytest.mark.parametrize("gate", GATES)
def test_with_every_paper_signed_it_goes_where_the_provider_publishes_nothing_against_it(
    gate: str,
) -> None:
    refused = {name for name, host in HOSTS.items() if not verdict(gate, host, PAPERS)}
    assert refused == NOT_WITH_PAPERS[gate]


def test_no_agreement_on_zero_retention_reaches_the_models_that_are_covered() -> None:
    for host in (HOSTS["anthropic"], HOSTS["bedrock"], HOSTS["vertex"]):
        assert verdict("Proprietary code or trade secrets", host, PAPERS, model="claude-sonnet-5")
        for model in ("claude-fable-5-1", "us.anthropic.claude-mythos-5", "Claude-Fable-5"):
            assert not verdict("Proprietary code or trade secrets", host, PAPERS, model=model)


def test_masked_health_data_is_health_data_and_masked_cards_are_none() -> None:
    unknown = {"is_local": False, "features": frozenset(), "standing": None}
    for name, label, may in (
        ("hipaa", "mrn", False),
        ("pci", "card", True),
        ("gdpr-eu", "email", False),
        ("gdpr-eu-pseudonymised", "email", True),
    ):
        applying = Book(policies_of(name), classes()).applying(Asked(frozenset({label}), "r"))
        masked = Situation(changes={label: "mask"}, **unknown)
        assert (not shortfalls(applying, masked)) == may, name
        as_found = Situation(changes={}, **unknown)
        assert shortfalls(applying, as_found), name


def test_security_codes_go_nowhere_unless_they_are_blacked_out() -> None:
    applying = Book(policies_of("pci"), classes()).applying(Asked(frozenset({"cvv"}), "r"))
    for is_local, change in product((False, True), (None, "mask", "redact")):
        changes = {} if change is None else {"cvv": change}
        failed = shortfalls(applying, Situation(is_local, changes, frozenset(), None))
        assert bool(failed) == (change != "redact")
        assert all(each.is_denied for each in failed)
