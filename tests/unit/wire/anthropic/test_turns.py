"""A conversation as turns of this API."""

from base64 import b64encode
from typing import Any

import msgspec
import pytest

from headgate.core.chat import (
    AudioPart,
    FilePart,
    ImagePart,
    Message,
    OtherPart,
    Part,
    TextPart,
    Thought,
    ToolCall,
)
from headgate.core.errors import InvalidRequest
from headgate.wire.anthropic.turns import cache_control, conversation_of
from headgate.wire.losses import Losses


def turns(*messages: Message, late: bool = False, losses: Losses | None = None) -> tuple[Any, Any]:
    said = conversation_of(messages, losses or Losses(), takes_late_instructions=late)
    encoded = msgspec.json.decode(msgspec.json.encode(said))
    return encoded["system"], encoded["turns"]


def user(*parts: Part | str, **more: Any) -> Message:
    said = tuple(TextPart(part) if isinstance(part, str) else part for part in parts)
    return Message(role="user", parts=said, **more)


def content(part: Part, losses: Losses | None = None) -> Any:
    """What becomes of one part of a user's message."""
    (_, (turn, *_)) = turns(user("a", part), losses=losses)
    return turn["content"][1:] if isinstance(turn["content"], list) else []


def instructions(text: str, role: Any = "system") -> Message:
    return Message(role=role, parts=(TextPart(text),))


ASKS = Message(
    role="assistant",
    parts=(TextPart("Let me look."),),
    tool_calls=(ToolCall("a", "f", '{"x": 1.50}'), ToolCall("b", "g", "")),
)


def test_instructions_stand_on_top_whatever_they_are_called() -> None:
    system, said = turns(instructions("a"), instructions("b", "developer"), user("Hi"))
    assert system == [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    assert said == [{"role": "user", "content": "Hi"}]


def test_results_of_tools_are_one_turn_of_the_user_before_what_the_user_says() -> None:
    _, said = turns(
        user("Hi"),
        ASKS,
        user("Well?"),
        Message(role="tool", parts=(TextPart("11"),), tool_call_id="a"),
        Message(role="tool", tool_call_id="b", is_error=True),
        user("And now?"),
    )
    assert [turn["role"] for turn in said] == ["user", "assistant", "user"]
    assert said[1]["content"] == [
        {"type": "text", "text": "Let me look."},
        {"type": "tool_use", "id": "a", "name": "f", "input": {"x": 1.5}},
        {"type": "tool_use", "id": "b", "name": "g", "input": {}},
    ]
    assert said[2]["content"] == [
        {"type": "tool_result", "tool_use_id": "a", "content": "11"},
        {"type": "tool_result", "tool_use_id": "b", "is_error": True},
        {"type": "text", "text": "Well?"},
        {"type": "text", "text": "And now?"},
    ]


def test_turns_of_one_speaker_become_one_and_silence_is_left_out() -> None:
    _, said = turns(
        user("a"), user("b"), Message(role="assistant"), user(" \n"), user(TextPart("c", "1h"))
    )
    assert said == [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "a"},
                {"type": "text", "text": "b"},
                {
                    "type": "text",
                    "text": "c",
                    "cache_control": {"type": "ephemeral", "ttl": "1h"},
                },
            ],
        }
    ]


def test_late_instructions_stay_where_the_model_and_the_place_allow_it() -> None:
    messages = (
        user("a"),
        instructions("In French."),
        Message(role="assistant", parts=(TextPart("b"),)),
    )
    losses = Losses()
    _, said = turns(*messages, user("c"), instructions("x", "developer"), late=True, losses=losses)
    assert [turn["role"] for turn in said] == ["user", "system", "assistant", "user", "system"]
    assert losses.names == ()


@pytest.mark.parametrize("late", [True, False])
def test_late_instructions_elsewhere_are_heard_first_and_the_client_is_told(late: bool) -> None:
    losses = Losses()
    answer = Message(role="assistant", parts=(TextPart("b"),))
    system, said = turns(
        user("a"), answer, instructions("In French."), user("c"), late=late, losses=losses
    )
    assert system == [{"type": "text", "text": "In French."}]
    assert [turn["role"] for turn in said] == ["user", "assistant", "user"]
    assert losses.names == ("messages[2].role",)


def test_only_thoughts_with_a_proof_go_back() -> None:
    losses = Losses()
    thoughts = (Thought("a", "s+/="), Thought(sealed="x"), Thought("unsigned"))
    spoken = Message(role="assistant", thoughts=thoughts, parts=(TextPart("b"),))
    _, (_, said) = turns(user("Hi"), spoken, losses=losses)
    assert said["content"] == [
        {"type": "thinking", "thinking": "a", "signature": "s+/="},
        {"type": "redacted_thinking", "data": "x"},
        {"type": "text", "text": "b"},
    ]
    assert losses.names == ("messages[1].reasoning",)


def test_pictures() -> None:
    assert content(ImagePart(url="https://a.example", cache="5m")) == [
        {
            "type": "image",
            "source": {"type": "url", "url": "https://a.example"},
            "cache_control": {"type": "ephemeral"},
        }
    ]
    losses = Losses()
    assert content(ImagePart(data="aGk=", detail="low"), losses) == [
        {
            "type": "image",
            "source": {"type": "base64", "media_type": "image/png", "data": "aGk="},
        }
    ]
    assert losses.names == ("messages[0].content[1].detail",)


@pytest.mark.parametrize(
    ("part", "kind", "source"),
    [
        (
            FilePart(data="JVBE", media_type="application/pdf"),
            "document",
            {"type": "base64", "media_type": "application/pdf", "data": "JVBE"},
        ),
        (
            FilePart(data="JVBE"),
            "document",
            {"type": "base64", "media_type": "application/pdf", "data": "JVBE"},
        ),
        (
            FilePart(text="a"),
            "document",
            {"type": "text", "media_type": "text/plain", "data": "a"},
        ),
        (
            FilePart(data=b64encode("ü".encode()).decode(), media_type="text/csv"),
            "document",
            {"type": "text", "media_type": "text/plain", "data": "ü"},
        ),
        (FilePart(url="u"), "document", {"type": "url", "url": "u"}),
        (FilePart(file_id="f"), "document", {"type": "file", "file_id": "f"}),
        (
            FilePart(file_id="f", media_type="image/*"),
            "image",
            {"type": "file", "file_id": "f"},
        ),
        (
            FilePart(data="aGk=", media_type="image/gif"),
            "image",
            {"type": "base64", "media_type": "image/gif", "data": "aGk="},
        ),
    ],
)
def test_files(part: FilePart, kind: str, source: Any) -> None:
    assert content(part) == [{"type": kind, "source": source}]


def test_a_document_keeps_its_name_and_may_be_cited() -> None:
    (said,) = content(FilePart(text="a", name="notes", wants_citations=True))
    assert (said["title"], said["citations"]) == ("notes", {"enabled": True})


@pytest.mark.parametrize(
    "part",
    [
        AudioPart("aGk=", "wav"),
        OtherPart("video"),
        FilePart(data="aGk=", media_type="application/msword"),
    ],
)
def test_what_cannot_be_said_is_refused_by_its_place_or_left_out(part: Part) -> None:
    with pytest.raises(InvalidRequest) as caught:
        content(part)
    assert caught.value.param == "messages[0].content[1]"
    losses = Losses(may_drop=True)
    assert content(part, losses) == []
    assert losses.names == ("messages[0].content[1]",)


def test_the_assistant_and_instructions_have_only_words() -> None:
    for role in ("assistant", "system"):
        picture = Message(role=role, parts=(ImagePart(url="u"),))  # type: ignore[arg-type]
        with pytest.raises(InvalidRequest, match=r"messages\[0\].content\[0\]: .*only text"):
            turns(picture, user("a"))


def test_a_breakpoint_at_the_end_of_a_result_is_the_results_own() -> None:
    parts = (TextPart("a", "5m"), TextPart("b", "1h"))
    _, (said,) = turns(Message(role="tool", parts=parts, tool_call_id="a"))
    assert said["content"] == [
        {
            "type": "tool_result",
            "tool_use_id": "a",
            "content": [
                {"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}},
                {"type": "text", "text": "b"},
            ],
            "cache_control": {"type": "ephemeral", "ttl": "1h"},
        }
    ]


def test_ids_of_calls_are_made_fit_alike_in_call_and_result() -> None:
    call = ToolCall("functions.f:0", "f", "{}")
    _, said = turns(
        user("a"),
        Message(role="assistant", tool_calls=(call,)),
        Message(role="tool", tool_call_id="functions.f:0"),
    )
    (used,), (result,) = said[1]["content"], said[2]["content"]
    assert used["id"] == result["tool_use_id"] == "functions_f_0"


@pytest.mark.parametrize("arguments", ['{"a":', "[1]", "7"])
def test_arguments_that_are_no_object_are_the_callers_mistake(arguments: str) -> None:
    asks = Message(role="assistant", tool_calls=(ToolCall("a", "f", arguments),))
    with pytest.raises(InvalidRequest, match=r"messages\[1\].tool_calls\[0\].function.arguments"):
        turns(user("a"), asks)


def test_a_file_that_says_it_is_text_and_is_none_is_refused() -> None:
    for data in ("/w==", "?"):
        with pytest.raises(InvalidRequest, match="no UTF-8 text"):
            content(FilePart(data=data, media_type="text/plain"))


def test_somebody_must_say_something() -> None:
    with pytest.raises(InvalidRequest, match="messages: at least one"):
        turns(instructions("a"), user(""))


def test_the_name_of_a_speaker_is_left_out_and_the_client_is_told() -> None:
    losses = Losses()
    turns(user("a", name="ada"), losses=losses)
    assert losses.names == ("messages[0].name",)


def test_breakpoints() -> None:
    assert cache_control(None) == {}
    assert cache_control("5m") == {"cache_control": {"type": "ephemeral"}}
    assert cache_control("1h") == {"cache_control": {"type": "ephemeral", "ttl": "1h"}}
