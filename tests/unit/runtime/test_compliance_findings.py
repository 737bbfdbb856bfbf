"""What `headgate check` says about compliance."""

from datetime import date
from typing import Any

import pytest

from headgate.config.load import settings_from
from headgate.config.report import dotted
from headgate.runtime.compliance_findings import compliance_findings

DAY = date(2026, 11, 28)
GPT = {"gpt": {"backend": "openai", "model": "gpt-4o"}}
BOX = {"box": {"backend": "vllm", "model": "m"}}
DEEP: dict[str, Any] = {"backend": "deepseek", "model": "deepseek-chat"}


def said(targets: dict[str, Any], day: date = DAY, **more: Any) -> list[str]:
    settings = settings_from({"targets": targets, **more}, {})
    return [f"{dotted(each.loc)}: {each.message}" for each in compliance_findings(settings, day)]


def test_without_policies_there_is_nothing_to_say() -> None:
    assert said(GPT) == []


def test_data_that_policies_let_nobody_have_is_named_with_the_policy() -> None:
    assert said(GPT | BOX, compliance=["hipaa"]) == []
    [found] = said(GPT, compliance=["hipaa"])
    assert found == (
        "routes.default: no target may have requests with `phi`, `personal`, `attachment`: "
        "policy `hipaa-baa`"
    )


def test_a_policy_that_closes_a_route_is_said_once() -> None:
    assert said(GPT, compliance=["air-gapped", "hipaa"]) == [
        "routes.default: no target may have any request: policy `air-gapped`"
    ]


def test_what_a_policy_is_there_to_deny_is_no_surprise() -> None:
    assert said(GPT | BOX, compliance=["pci"]) == []


def test_words_that_have_run_out_are_said() -> None:
    target = {**GPT["gpt"], "compliance": {"baa": "signed", "until": "2026-11-27"}}
    message = "has passed: everything here counts as not signed"
    assert said({"gpt": target}) == [f"targets.gpt.compliance.until: {message}"]
    assert said({"gpt": target}, date(2026, 11, 27)) == []


@pytest.mark.parametrize(("despite", "count"), [([], 1), (["baa"], 0)])
def test_a_word_that_the_provider_publishes_the_opposite_of_is_said(
    despite: list[str], count: int
) -> None:
    target = {**DEEP, "compliance": {"baa": "signed", "despite_published": despite}}
    found = said({"deep": target})
    assert len(found) == count
    assert all(each.startswith("targets.deep.compliance.baa: counts for nothing") for each in found)


def test_a_policy_that_nobody_puts_in_force_is_said() -> None:
    policies = [{"id": "mine", "require": "baa"}]
    assert said(BOX, policies=policies) == ["policies[0]: is in force nowhere"]
    assert said(BOX, policies=policies, compliance=["mine"]) == []


def test_published_facts_that_policies_ask_for_and_that_are_out_of_date_are_said() -> None:
    together = {"tog": {"backend": "together", "model": "x/y"}} | BOX
    [found] = said(together, compliance=["soc2"])
    assert found == (
        "targets.tog: what its provider publishes of `soc2` is out of date, and counts as unknown"
    )
    assert said(together, date(2026, 8, 30), compliance=["soc2"]) == []
    assert said(together, compliance=["pci"]) == []
