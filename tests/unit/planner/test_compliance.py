"""What a plan may recommend is what the router would send."""

import pytest

from headgate.planner.compliance import NEEDS, POLICIES
from headgate.policy.compliance.builtin import policies_of
from support.plans import MINI, ask, option_of, verdicts_of


def said(api, need, *signed):
    report = ask(needs=[need], apis=[api], machines=[], signed=signed)
    [verdict] = [each for each in option_of(report, api).verdicts if each.rule == need]
    return verdict


def an_api_of(provider):
    from headgate.catalog.apis import hosted_models

    return next(e.id for e in hosted_models().values() if e.provider == provider and not e.retired)


def test_every_need_is_a_policy_of_the_router():
    assert POLICIES.keys() == NEEDS.keys()
    assert all(policies_of(name) for name, _ in POLICIES.values())


def test_a_refusal_names_the_policy_the_fact_and_its_source():
    verdict = said(MINI, "hipaa")
    assert verdict.outcome == "unproven"
    assert "hipaa-baa: `baa`: not signed; published: case by case (https://" in verdict.reason
    assert verdict.reason.startswith("Health data under HIPAA: needs a signed business associate")


@pytest.mark.parametrize(
    ("provider", "need", "outcome"),
    [
        ("openai", "hipaa", "met"),
        ("deepseek", "hipaa", "broken"),
        ("cohere", "hipaa", "broken"),
        ("deepseek", "trade_secrets", "broken"),
        ("openai", "trade_secrets", "met"),
        ("mistral", "gdpr", "met"),
    ],
)
def test_a_signature_does_not_help_where_the_provider_publishes_that_there_is_none(
    provider, need, outcome
):
    assert said(an_api_of(provider), need, provider).outcome == outcome


def test_who_trains_on_data_breaks_what_others_only_do_not_prove():
    assert said(an_api_of("cohere"), "gdpr").outcome == "broken"
    assert said(MINI, "gdpr").outcome == "unproven"


def test_a_provider_that_nothing_is_published_of_is_unproven():
    assert said(an_api_of("cerebras"), "hipaa").outcome == "unproven"
    assert (
        verdicts_of(
            option_of(
                ask(
                    needs=["hipaa"], apis=[an_api_of("cerebras")], machines=[], signed=["cerebras"]
                ),
                an_api_of("cerebras"),
            )
        )["hipaa"]
        == "met"
    )
