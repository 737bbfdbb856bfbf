"""Messages as Gemini's contents: whose turn it is, proofs, results, media."""

from typing import Any

import pytest

from headgate.core.chat import (
    AudioPart,
    FilePart,
    ImagePart,
    Message,
    OtherPart,
    TextPart,
    Thought,
    ToolCall,
)
from headgate.core.errors import InvalidRequest
from headgate.wire.gemini.contents import conversation
from headgate.wire.gemini.models import UNSIGNED_CALL
from headgate.wire.losses import Losses

HI = Message(role="user", parts=(TextPart("Hi"),))


def contents(*messages: Message, signs_calls: bool = False, losses: Losses | None = None) -> Any:
    return conversation(messages, losses or Losses(), signs_calls=signs_calls).contents


def called(*calls: ToolCall, **more: Any) -> Message:
    return Message(role="assistant", tool_calls=calls, **more)


def result(identity: str | None, text: str = "11", **more: Any) -> Message:
    return Message(role="tool", parts=(TextPart(text),), tool_call_id=identity, **more)


def one(part: Any, losses: Losses | None = None) -> Any:
    (content,) = contents(Message(role="user", parts=(part,)), losses=losses)
    return content["parts"][0]


def test_instructions_stand_apart_and_turns_of_one_speaker_are_one() -> None:
    said = conversation(
        (
            Message(role="system", parts=(TextPart("a"),)),
            HI,
            Message(role="developer", parts=(TextPart("b"),)),
            HI,
            Message(role="assistant", parts=(TextPart("c"), TextPart(""))),
            Message(role="assistant"),
        ),
        Losses(),
        signs_calls=False,
    )
    assert said.instruction == {"parts": [{"text": "a"}, {"text": "b"}]}
    assert said.contents == [
        {"role": "user", "parts": [{"text": "Hi"}, {"text": "Hi"}]},
        {"role": "model", "parts": [{"text": "c"}]},
    ]


def test_results_are_a_turn_of_their_own_with_the_names_of_the_tools() -> None:
    calls = (ToolCall("1", "f", '{"a":1}'), ToolCall("2", "g", ""))
    _, spoken, returned, asked = contents(
        HI, called(*calls), result("2"), result("1", "no", is_error=True), HI
    )
    assert spoken["parts"] == [
        {"functionCall": {"id": "1", "name": "f", "args": {"a": 1}}},
        {"functionCall": {"id": "2", "name": "g", "args": {}}},
    ]
    assert [part["functionResponse"] for part in returned["parts"]] == [
        {"id": "2", "name": "g", "response": {"output": "11"}},
        {"id": "1", "name": "f", "response": {"error": "no"}},
    ]
    assert asked == {"role": "user", "parts": [{"text": "Hi"}]}


def test_a_result_may_show_pictures() -> None:
    shown = Message(
        role="tool",
        parts=(TextPart("see"), ImagePart(data="aQ==", media_type="image/gif")),
        name="f",
    )
    part = contents(HI, called(ToolCall("", "f", "{}")), shown)[2]["parts"][0]
    assert part["functionResponse"] == {
        "name": "f",
        "response": {"output": "see"},
        "parts": [{"inlineData": {"mimeType": "image/gif", "data": "aQ=="}}],
    }


def test_a_result_of_no_call_is_refused() -> None:
    with pytest.raises(InvalidRequest) as caught:
        contents(HI, result("unknown"))
    assert caught.value.param == "messages[1].tool_call_id"


def test_proofs_go_back_as_they_came() -> None:
    message = called(
        ToolCall("1", "f", "{}", "c2ln"),
        ToolCall("2", "f", "{}"),
        thoughts=(Thought("Hm."), Thought("So.", "cHJvb2Y=")),
        parts=(TextPart("I call."),),
    )
    _, spoken = contents(HI, message, signs_calls=True)
    assert spoken["parts"] == [
        {"text": "Hm.", "thought": True},
        {"text": "So.", "thought": True},
        {"text": "I call."},
        {"text": "", "thoughtSignature": "cHJvb2Y="},
        {"functionCall": {"id": "1", "name": "f", "args": {}}, "thoughtSignature": "c2ln"},
        {"functionCall": {"id": "2", "name": "f", "args": {}}},
    ]


def test_a_call_without_proof_gets_the_one_that_stands_for_none() -> None:
    message = called(ToolCall("1", "f", "{}"), ToolCall("2", "f", "{}"))
    first, second = contents(HI, message, signs_calls=True)[1]["parts"]
    assert first["thoughtSignature"] == UNSIGNED_CALL
    assert "thoughtSignature" not in second
    assert "thoughtSignature" not in contents(HI, message)[1]["parts"][0]


@pytest.mark.parametrize("arguments", ["{", "[]", "7"])
def test_arguments_that_are_no_object_are_refused(arguments: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        contents(HI, called(ToolCall("1", "f", arguments)))
    assert caught.value.param == "messages[1].tool_calls[0].function.arguments"


MEDIA: list[tuple[Any, Any]] = [
    (ImagePart(data="aQ=="), {"inlineData": {"mimeType": "image/png", "data": "aQ=="}}),
    (AudioPart("aQ==", "mp3"), {"inlineData": {"mimeType": "audio/mp3", "data": "aQ=="}}),
    (FilePart(data="aQ=="), {"inlineData": {"mimeType": "application/pdf", "data": "aQ=="}}),
    (
        FilePart(data="aQ==", name="a.CSV"),
        {"inlineData": {"mimeType": "text/csv", "data": "aQ=="}},
    ),
    (FilePart(text="b", name="a.txt"), {"text": "a.txt\n\nb"}),
    (FilePart(text="b"), {"text": "b"}),
    (
        FilePart(url="https://a.example/b.pdf"),
        {"fileData": {"fileUri": "https://a.example/b.pdf", "mimeType": "application/pdf"}},
    ),
    (FilePart(url="https://a.example/b"), {"fileData": {"fileUri": "https://a.example/b"}}),
    (
        FilePart(file_id="files/abc", media_type="video/mp4"),
        {
            "fileData": {
                "fileUri": "https://generativelanguage.googleapis.com/v1beta/files/abc",
                "mimeType": "video/mp4",
            }
        },
    ),
]


@pytest.mark.parametrize(("part", "written"), MEDIA)
def test_media(part: Any, written: Any) -> None:
    assert one(part) == written


@pytest.mark.parametrize(
    "part", [ImagePart(url="https://a.example/a.png"), FilePart(file_id="file_1")]
)
def test_what_gemini_cannot_reach_is_refused(part: Any) -> None:
    with pytest.raises(InvalidRequest) as caught:
        one(part)
    assert caught.value.param == "messages[0].content[0]"
    assert caught.value.hint


def test_what_has_no_word_is_refused_or_left_out() -> None:
    parts = (OtherPart("video"), FilePart(text="b", wants_citations=True))
    with pytest.raises(InvalidRequest, match="`video`"):
        contents(Message(role="user", parts=parts))
    losses = Losses(may_drop=True)
    assert contents(Message(role="user", parts=parts), losses=losses)[0]["parts"] == [{"text": "b"}]
    assert losses.names == ("messages[0].content[0]", "messages[0].content[1].citations")


def test_what_changes_no_answer_is_named_and_left_out() -> None:
    losses = Losses()
    image = ImagePart(data="aQ==", detail="low", cache="5m")
    thoughts = (Thought(sealed="c2VhbGVk"),)
    contents(
        Message(role="user", parts=(image,), name="Ada"),
        called(ToolCall("1", "f", "{}", cache="1h"), thoughts=thoughts),
        losses=losses,
    )
    assert losses.names == (
        "messages[0].name",
        "cache_control",
        "messages[0].content[0].detail",
        "messages[1].reasoning",
    )


@pytest.mark.parametrize("messages", [(), (Message(role="system", parts=(TextPart("a"),)),)])
def test_somebody_must_say_something(messages: Any) -> None:
    with pytest.raises(InvalidRequest, match="no instruction"):
        contents(*messages)
