from dataclasses import FrozenInstanceError, fields

import pytest

from headgate.backends.provider import OPENAI_PATHS, Provider

PLAIN = Provider(name="plain", dialect="openai_chat", docs="https://a.test")


def test_a_provider_says_only_what_differs_from_plain_openai() -> None:
    assert PLAIN.paths == OPENAI_PATHS
    assert (PLAIN.auth, PLAIN.needs_key, PLAIN.models_path) == ("bearer", True, "/models")
    given = {"name", "dialect", "docs"}
    assert PLAIN.forces_tools == "named"
    plain = {"paths", "auth", "needs_key", "models_path", "reports_stream_usage", "takes_reasoning"}
    plain |= {"forces_tools"}
    for field in fields(Provider):
        if field.name not in given | plain:
            assert not getattr(PLAIN, field.name), field.name


def test_a_provider_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        PLAIN.name = "other"  # type: ignore[misc]
