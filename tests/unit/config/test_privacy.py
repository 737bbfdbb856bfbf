"""What a route may say about personal data."""

from typing import Any

import pytest
from pydantic import ValidationError

from headgate.config.privacy import Privacy
from headgate.privacy.scan import usual_labels


def test_said_nothing_identifiers_and_secrets_are_looked_for_and_kept() -> None:
    settings = Privacy()
    assert set(settings.detect) == usual_labels()
    assert not {"person", "place", "date"} & set(settings.detect)
    assert settings.actions == {}
    assert settings.targets == {}
    assert settings.stay_local_s == 86_400


def test_an_action_may_differ_by_target() -> None:
    settings = Privacy.model_validate(
        {"actions": {"email": "mask"}, "targets": {"gpt": {"email": "allow"}}}
    )
    assert settings.targets["gpt"]["email"] == "allow"


@pytest.mark.parametrize(
    "wrong",
    [
        {"actions": {"email": "hide"}},
        {"actions": ["email"]},
        {"targets": {"gpt": "allow"}},
        {"scan_mib": 0},
        {"scan_ms": -1},
        {"scan_ms": "soon"},
        {"labels": [""]},
        {"detects": ["email"]},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Privacy.model_validate(wrong)
