"""Tools and the choice among them, as every other API has them."""

from typing import Any

import pytest

from headgate.core.chat import ToolChoice
from headgate.core.errors import InvalidRequest
from headgate.wire.responses.inputs import Tool
from headgate.wire.responses.tools import chosen

TOOLS = [Tool(name="a"), Tool(name="b", description="B", strict=True), Tool(name="c", strict=False)]


def allowed(mode: str, *tools: dict[str, Any]) -> dict[str, Any]:
    return {"type": "allowed_tools", "mode": mode, "tools": list(tools)}


def test_functions_keep_what_they_say():
    tools, choice = chosen(TOOLS, None)
    assert [(t.name, t.description, t.strict) for t in tools] == [
        ("a", None, None),
        ("b", "B", True),
        ("c", None, None),
    ]
    assert choice is None


@pytest.mark.parametrize(
    ("given", "choice", "names"),
    [
        ("auto", ToolChoice("auto"), "abc"),
        ("none", ToolChoice("none"), "abc"),
        ("required", ToolChoice("required"), "abc"),
        ({"type": "function", "name": "b"}, ToolChoice("named", "b"), "abc"),
        (allowed("auto", {"type": "function", "name": "c"}), ToolChoice("auto"), "c"),
        (
            allowed("required", *({"type": "function", "name": n} for n in "ca")),
            ToolChoice("required"),
            "ac",
        ),
    ],
)
def test_choices(given, choice, names):
    tools, found = chosen(TOOLS, given)
    assert found == choice
    assert "".join(tool.name for tool in tools) == names


@pytest.mark.parametrize(
    "given",
    [
        "some",
        7,
        {"type": "function"},
        {"type": "mcp", "server_label": "x"},
        {"type": "web_search"},
        allowed("never"),
        allowed("auto", {"type": "mcp", "server_label": "x"}),
        allowed("auto", {"name": "a"}),
    ],
)
def test_other_choices_are_refused(given):
    with pytest.raises(InvalidRequest) as caught:
        chosen(TOOLS, given)
    assert str(caught.value.param).startswith("tool_choice")


@pytest.mark.parametrize(
    ("tool", "param"),
    [
        (Tool(type="web_search"), "tools[0]"),
        (Tool(type="custom", name="x"), "tools[0]"),
        (Tool(name=None), "tools[0].name"),
        (Tool(name="a", defer_loading=True), "tools[0].defer_loading"),
    ],
)
def test_other_tools_are_refused_by_name(tool, param):
    with pytest.raises(InvalidRequest) as caught:
        chosen([tool], None)
    assert caught.value.param == param
