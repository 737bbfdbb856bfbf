"""The policies that come with Headgate."""

from typing import Any

import pytest

from headgate.core.plugins import names
from headgate.policy.compliance.builtin import (
    WrittenPolicy,
    WrittenWhen,
    classes,
    policies_of,
    policy_of,
    policy_sets,
    regions,
)
from headgate.policy.compliance.requirement import FACTS, BadRequirement

EVERY = [policy for name in policy_sets() for policy in policies_of(name)]
UNCITED = {"air-gapped", "sticky-local"}
"""The operator's own decision, and no rule's."""


def test_there_is_a_policy_for_each_row_of_the_decision_table() -> None:
    assert set(policy_sets()) >= {
        *("hipaa", "pci", "gdpr-eu", "glba", "legal", "government", "trade-secret"),
        *("air-gapped", "soc2", "secrets", "sticky-local"),
    }


@pytest.mark.parametrize("policy", EVERY, ids=lambda policy: policy.id)
def test_every_policy_says_why_cites_and_asks_for_known_facts(policy: Any) -> None:
    assert policy.message
    assert bool(policy.cites) != (policy.id in UNCITED)
    assert policy.facts <= FACTS.keys()
    assert policy.when.classes <= classes().names


def test_ids_are_unique() -> None:
    ids = [policy.id for policy in EVERY]
    assert len(ids) == len(set(ids))


def test_what_any_detector_finds_is_sorted_or_counts_as_personal() -> None:
    known = classes()
    for label in names("headgate.privacy.detectors"):
        assert known.of(label) & {"personal", *known.not_personal}, label
    assert "personal" in known.of("email") & known.of("card") & known.of("nobody-sorted-this")
    assert known.of("secret") == {"secret"}


def test_places_are_in_one_bloc_only_and_none_is_a_switch() -> None:
    every = [place for places in regions().values() for place in places]
    assert all(isinstance(place, str) for place in every)
    assert len(every) == len(set(every))
    assert "no" in regions()["eu"]


def test_an_unknown_class_is_refused() -> None:
    with pytest.raises(BadRequirement, match="`@helth` is no class of labels"):
        policy_of(WrittenPolicy(id="p", when=WrittenWhen(labels=("@helth",)), require="baa"))
