from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import ValidationError

from headgate.config.complaints import complaints, did_you_mean, known_settings
from headgate.config.report import dotted
from headgate.config.schema import Settings


def complaints_about(data):
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate(data)
    return complaints(caught.value)


@dataclass(frozen=True)
class Case:
    """A section `a` of `targets` or `routes`, or one at the top, with one thing wrong."""

    id: str
    section: str
    settings: dict[str, Any]
    said: str
    hint: str | None = None


UNKNOWN = "unknown setting"
CASES = [
    Case("misspelt", "targets", {"modle": "x"}, f"targets.a.modle: {UNKNOWN}", "model"),
    Case("like nothing", "targets", {"xyzzy": 1}, f"targets.a.xyzzy: {UNKNOWN}"),
    Case(
        "misspelt deep down",
        "targets",
        {"timeouts": {"stall": 3}},
        f"targets.a.timeouts.stall: {UNKNOWN}",
        "stall_s",
    ),
    Case(
        "misspelt in a choice of forms",
        "routes",
        {"fallback": {"chekcs": []}},
        f"routes.a.fallback.chekcs: {UNKNOWN}",
        "checks",
    ),
    Case(
        "misspelt in a list",
        "routes",
        {"tiers": [{"upto": 0.5, "targets": ["a"]}, {"targets": ["a"]}]},
        f"routes.a.tiers[0].upto: {UNKNOWN}",
        "up_to",
    ),
    Case(
        "misspelt word",
        "routes",
        {"fallback": {"checks": ["emty"]}},
        "routes.a.fallback.checks[0]: must be `empty`, `truncated`, `refusal`, `invalid_json`, "
        "`invalid_tool_call`, `repetition` or `wrong_language`",
        "empty",
    ),
    Case("number for text", "targets", {"model": 4}, "targets.a.model: must be text"),
    Case(
        "text for number",
        "targets",
        {"retries": "two"},
        "targets.a.retries: must be a whole number",
    ),
    Case(
        "switch for number",
        "targets",
        {"retries": True},
        "targets.a.retries: a number is needed, not true or false",
    ),
    Case("too small", "targets", {"retries": -1}, "targets.a.retries: must be at least 0"),
    Case("too large", "targets", {"retries": 99}, "targets.a.retries: must be at most 10"),
    Case(
        "text for list",
        "routes",
        {"targets": "a"},
        "routes.a.targets: must be a list",
    ),
    Case("empty list", "routes", {"targets": []}, "routes.a.targets: needs at least 1"),
    Case(
        "text for section",
        "targets",
        {"timeouts": "long"},
        "targets.a.timeouts: must be a mapping of settings",
    ),
    Case(
        "true for never",
        "routes",
        {"fallback": True},
        "routes.a.fallback: must be a mapping of settings, or `false`",
    ),
    Case(
        "missing",
        "targets",
        {"price": {"input_usd_per_mtok": 1}},
        "targets.a.price.output_usd_per_mtok: is missing",
    ),
    Case(
        "region",
        "targets",
        {"region": "US"},
        "targets.a.region: must be a region in small letters, like `eu` or `us-east-1`",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_each_mistake_is_told_once_in_a_sentence_with_its_path(case):
    good = {"targets": {"backend": "openai"}, "routes": {"targets": ["a"]}}
    data = {section: {"a": settings} for section, settings in good.items()}
    data[case.section]["a"] |= case.settings
    [problem] = complaints_about(data)
    assert f"{dotted(problem.loc)}: {problem.message}" == case.said
    if case.hint is not None:
        assert problem.hint == f"did you mean `{case.hint}`?"


def test_a_name_that_is_no_name_is_about_the_name():
    [problem] = complaints_about({"targets": {"My Laptop": {"backend": "openai"}}})
    assert problem.loc == ("targets", "My Laptop")
    assert problem.about_name
    assert problem.message.startswith("a name may only hold")


@pytest.mark.parametrize(
    "target",
    [
        {"api_key": "sk-hunter2"},
        {"base_url": "http://u:hunter2@x/v1"},
        {"retries": "hunter2"},
        {"auth": "hunter2"},
        {"region": "hunter2 "},
        {"local": "hunter2"},
    ],
)
def test_no_complaint_repeats_a_value(target):
    [problem] = complaints_about({"targets": {"a": {"backend": "openai"} | target}})
    assert "hunter2" not in repr(problem)


def test_the_settings_of_every_section_are_known():
    assert "targets" in known_settings(())
    assert "model" in known_settings(("targets", "any"))
    assert "hold_stream" in known_settings(("routes", "any", "fallback"))
    assert known_settings(("server", "keys", 0)) == [
        *("name", "hash", "labels", "team", "tags", "routes", "compliance")
    ]
    assert known_settings(("nowhere",)) == []


def test_a_hint_names_the_closest_or_the_few_there_are():
    assert did_you_mean("opena", ["openai", "ollama"]) == "did you mean `openai`?"
    assert did_you_mean("x", ["openai", "ollama"]) == "there is `openai`, `ollama`"
    assert did_you_mean("x", [str(number) for number in range(10, 30)]) is None
    assert did_you_mean("x", []) is None
