"""How requirements are written, and what is none."""

import re
from pathlib import Path

import msgspec
import pytest

from headgate.policy.compliance.requirement import (
    FACTS,
    MOST_DEEP,
    AnyOf,
    AtMost,
    BadRequirement,
    Every,
    Is,
    Requirement,
    Some,
    SubsetOf,
    facts_of,
    parse,
)

PLACES = {"eu": ("de", "fr")}
WRITTEN = {
    "all": [
        "baa",
        {"any": ["zdr", {"retention_days": {"at_most": 30}}]},
        {"regions_storage": {"subset_of": ["@eu", "uk"]}},
        {"accredited": {"any_of": ["il5"]}},
    ]
}
UNDERSTOOD = Every(
    (
        Is("baa"),
        Some((Is("zdr"), AtMost("retention_days", 30))),
        SubsetOf("regions_storage", frozenset({"@eu", "uk"})),
        AnyOf("accredited", frozenset({"il5"})),
    )
)


def test_what_is_written_is_understood() -> None:
    assert parse(WRITTEN, PLACES) == UNDERSTOOD


def test_the_ledger_keeps_it() -> None:
    stored = msgspec.json.encode(UNDERSTOOD)
    assert msgspec.json.decode(stored, type=Requirement) == UNDERSTOOD


def test_the_facts_it_asks_for_are_known() -> None:
    names = {"baa", "zdr", "retention_days", "regions_storage", "accredited"}
    assert facts_of(UNDERSTOOD) == names <= FACTS.keys()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (["baa", "zdr"], "must be a fact"),
        ({"baa": True, "zdr": True}, "must be a fact"),
        (3, "must be a fact"),
        ("bba", "`bba` is no fact"),
        ("accredited", "`accredited` needs a condition: `any_of`"),
        ({"baa": {"at_most": 3}}, "`baa` takes no condition"),
        ({"not": ["baa"]}, "`not` is no fact"),
        ({"all": []}, "`all` needs a list"),
        ({"any": "baa"}, "`any` needs a list"),
        ({"regions_storage": {"any_of": ["eu"]}}, "`regions_storage` takes `subset_of`"),
        ({"regions_storage": {"subset_of": "eu"}}, "must be a list of words"),
        ({"regions_storage": {"subset_of": []}}, "must not be empty"),
        ({"regions_storage": {"subset_of": ["@ue"]}}, "`@ue` stands for no places"),
        ({"accredited": {"any_of": ["@eu"]}}, "`@eu` stands for no places"),
        ({"retention_days": {"at_most": True}}, "must be a whole number"),
        ({"retention_days": {"at_most": -1}}, "must be a whole number"),
    ],
)
def test_what_is_no_requirement_is_refused(written: object, said: str) -> None:
    with pytest.raises(BadRequirement, match=said):
        parse(written, PLACES)


def test_nothing_is_nested_without_end() -> None:
    written: object = "baa"
    for _ in range(MOST_DEEP + 1):
        written = {"all": [written]}
    with pytest.raises(BadRequirement, match="nested too deep"):
        parse(written, PLACES)


def test_the_guide_lists_every_fact_as_it_is() -> None:
    guide = (Path(__file__).parents[4] / "docs/guides/comply.md").read_text("utf-8")
    listed = re.findall(r"^\| `(\w+)` \| (?:`\w+`)? ?\| (.*) \|$", guide, re.MULTILINE)
    assert listed == [(name, kind.help) for name, kind in FACTS.items()]
