import json
from typing import Any

import pytest
from msgspec import Raw

from headgate.backends.provider import Provider
from headgate.core.errors import InvalidRequest
from headgate.gateway.tool_choice import fit_tool_choice
from headgate.wire.losses import Losses
from support.request_shapes import OTHER_TOOL, TOOL

NAMED = {"type": "function", "function": {"name": "get_time"}}
ALLOWED = {
    "type": "allowed_tools",
    "allowed_tools": {"mode": "auto", "tools": [NAMED]},
}


def provider(forces: Any) -> Provider:
    return Provider(name="some", dialect="openai_chat", docs="", forces_tools=forces)


def fitted(choice: Any, forces: Any, losses: Losses | None = None) -> dict[str, Any]:
    fields = {"tool_choice": choice, "tools": [TOOL, OTHER_TOOL]}
    raw = {name: Raw(json.dumps(value).encode()) for name, value in fields.items()}
    changes = fit_tool_choice(fields, provider(forces), losses or Losses())
    assert fit_tool_choice(raw, provider(forces), losses or Losses()) == changes
    return changes


@pytest.mark.parametrize("choice", ["auto", "none", "required", None, NAMED, ALLOWED])
def test_a_backend_that_reads_names_is_told_what_the_client_said(choice: Any) -> None:
    assert fitted(choice, "named") == {}


@pytest.mark.parametrize("choice", ["auto", "none", "required", None])
def test_plain_words_stay_where_they_are_read(choice: Any) -> None:
    assert fitted(choice, "required") == {}


def test_a_named_tool_is_the_only_one_offered_and_required() -> None:
    assert fitted(NAMED, "required") == {"tool_choice": "required", "tools": [OTHER_TOOL]}


def test_of_allowed_tools_only_those_are_offered() -> None:
    assert fitted(ALLOWED, "required") == {"tool_choice": None, "tools": [OTHER_TOOL]}
    assert fitted(ALLOWED, "never") == {"tool_choice": None, "tools": [OTHER_TOOL]}


@pytest.mark.parametrize("choice", ["required", NAMED])
def test_a_backend_that_cannot_be_made_to_call_refuses(choice: Any) -> None:
    with pytest.raises(InvalidRequest, match="tool_choice: this backend cannot be made to call"):
        fitted(choice, "never")


def test_where_the_route_allows_the_force_is_dropped_and_named() -> None:
    losses = Losses(may_drop=True)
    assert fitted("required", "never", losses) == {"tool_choice": None}
    assert fitted(NAMED, "never", losses) == {"tool_choice": None, "tools": [OTHER_TOOL]}
    assert losses.names == ("tool_choice",)


def test_no_tools_are_offered_to_a_backend_that_would_not_read_none() -> None:
    assert fitted("none", "never") == {"tool_choice": None, "tools": None}


@pytest.mark.parametrize("forces", ["required", "never"])
@pytest.mark.parametrize(
    "choice", [7, [], {"type": "custom", "custom": {"name": "x"}}, {"type": "function"}]
)
def test_what_is_not_understood_is_left_to_the_backend(choice: Any, forces: Any) -> None:
    assert fitted(choice, forces) == {}


def test_a_body_without_a_choice_is_left_alone() -> None:
    assert fit_tool_choice({"tools": [TOOL]}, provider("never"), Losses()) == {}
    broken = {"tool_choice": Raw(b'"none"'), "tools": Raw(b"[" * 100_000)}
    assert fit_tool_choice(broken, provider("never"), Losses()) == {}
