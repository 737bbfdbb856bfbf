"""Labels nobody looks for, and actions that nobody can do."""

from typing import Any

import pytest

from headgate.config.crosscheck import crosscheck
from headgate.config.report import dotted
from headgate.config.schema import Settings


def said(**privacy: Any) -> list[str]:
    settings = Settings.model_validate(
        {
            "targets": {
                "box": {"backend": "vllm", "base_url": "http://127.0.0.1:8000/v1", "model": "m"},
                "gpt": {"backend": "openai", "model": "gpt-4o"},
                "other": {"backend": "openai", "model": "gpt-4o-mini"},
            },
            "routes": {"r": {"targets": ["box", "gpt"], "privacy": privacy}},
        }
    )
    return [
        f"{dotted(problem.loc)}: {problem.message} ({problem.hint})"
        for problem in crosscheck(settings)
    ]


@pytest.mark.parametrize(
    "privacy",
    [
        {},
        {"actions": {"email": "mask", "secret": "redact", "card": "deny"}},
        {"actions": {"attachment": "allow", "unscanned": "deny"}},
        {"actions": {"unscanned": "local", "phi": "deny"}},
        {"detect": ["person"], "actions": {"person": "mask"}},
        {"detect": [], "labels": ["phi"]},
        {"targets": {"gpt": {"email": "allow", "card": "redact"}}},
    ],
    ids=str,
)
def test_what_makes_sense_is_taken(privacy: dict[str, Any]) -> None:
    assert said(**privacy) == []


@pytest.mark.parametrize(
    ("privacy", "problem"),
    [
        (
            {"detect": ["emial"]},
            "routes.r.privacy.detect[0]: there is no detector `emial` (did you mean `email`?)",
        ),
        (
            {"targets": {"other": {"email": "allow"}}},
            "routes.r.privacy.targets.other: the route has no target `other` "
            "(there is `box`, `gpt`)",
        ),
        (
            {"actions": {"unscanned": "mask"}},
            "routes.r.privacy.actions.unscanned: what could not be scanned cannot be sent out: "
            "`mask` is not possible (`local` or `deny`)",
        ),
        (
            {"targets": {"gpt": {"unscanned": "allow"}}},
            "routes.r.privacy.targets.gpt.unscanned: what could not be scanned cannot be sent "
            "out: `allow` is not possible (`local` or `deny`)",
        ),
        (
            {"actions": {"attachment": "redact"}},
            "routes.r.privacy.actions.attachment: nobody here reads pictures, sound and files, "
            "so nobody can redact them (`local`, `deny` or `allow`)",
        ),
        (
            {"detect": ["email"], "actions": {"card": "mask"}},
            "routes.r.privacy.actions.card: `card` is not looked for, so nobody knows what to "
            "mask (add it to `detect`, if there is a detector for it)",
        ),
    ],
    ids=lambda each: str(each)[:40],
)
def test_what_cannot_be_done_is_said_where_it_stands(privacy: dict[str, Any], problem: str) -> None:
    assert said(**privacy) == [problem]
