"""Messages as Converse takes them: whose turn it is, thoughts, results, media, cache."""

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
from headgate.wire.bedrock.messages import cache_point, conversation
from headgate.wire.losses import Losses

HI = Message(role="user", parts=(TextPart("Hi"),))
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def messages(*said: Message, losses: Losses | None = None) -> Any:
    return conversation(said, losses or Losses()).messages


def called(*calls: ToolCall, **more: Any) -> Message:
    return Message(role="assistant", tool_calls=calls, **more)


def blocks(*parts: Any, losses: Losses | None = None) -> Any:
    (message,) = messages(Message(role="user", parts=parts), losses=losses)
    return message["content"]


def test_instructions_stand_apart_and_turns_of_one_speaker_are_one() -> None:
    said = conversation(
        (
            Message(role="system", parts=(TextPart("a", "5m"), TextPart(""))),
            HI,
            Message(role="developer", parts=(TextPart("b", "1h"),)),
            HI,
            Message(role="assistant", parts=(TextPart("c"), TextPart(""))),
            Message(role="assistant"),
        ),
        Losses(),
    )
    assert said.system == [
        {"text": "a"},
        {"cachePoint": {"type": "default"}},
        {"text": "b"},
        {"cachePoint": {"type": "default", "ttl": "1h"}},
    ]
    assert said.messages == [
        {"role": "user", "content": [{"text": "Hi"}, {"text": "Hi"}]},
        {"role": "assistant", "content": [{"text": "c"}]},
    ]


def test_a_call_and_its_result_are_said_by_each_side() -> None:
    picture = ImagePart(data="aQ==", media_type="image/jpg")
    said = conversation(
        (
            HI,
            called(ToolCall("1", "f", '{"a":1}'), ToolCall("2", "g", "", cache="5m")),
            Message(role="tool", parts=(TextPart("x", "5m"), picture), tool_call_id="1"),
            Message(role="tool", parts=(TextPart(""),), tool_call_id="2", is_error=True),
            HI,
        ),
        Losses(),
    )
    _, spoken, returned = said.messages
    assert spoken["content"] == [
        {"toolUse": {"toolUseId": "1", "name": "f", "input": {"a": 1}}},
        {"toolUse": {"toolUseId": "2", "name": "g", "input": {}}},
        {"cachePoint": {"type": "default"}},
    ]
    image = {"image": {"format": "jpeg", "source": {"bytes": "aQ=="}}}
    assert returned["content"] == [
        {"toolResult": {"toolUseId": "1", "content": [{"text": "x"}, image]}},
        {"toolResult": {"toolUseId": "2", "content": [], "status": "error"}},
        {"text": "Hi"},
    ]
    assert said.called == ("f", "g")


def test_an_id_that_is_too_long_or_strange_is_another_and_still_one() -> None:
    identity = "fc " + "x" * 90
    _, spoken, returned = messages(
        HI, called(ToolCall(identity, "f", "{}")), Message(role="tool", tool_call_id=identity)
    )
    made = spoken["content"][0]["toolUse"]["toolUseId"]
    assert made == returned["content"][0]["toolResult"]["toolUseId"]
    assert len(made) <= 64
    assert " " not in made
    other = messages(HI, called(ToolCall(identity + "y", "f", "{}")))[1]["content"][0]
    assert other["toolUse"]["toolUseId"] != made


def test_thoughts_go_first_and_back_as_they_came_if_they_can_be_proven() -> None:
    losses = Losses()
    thoughts = (Thought("a", "c2ln"), Thought(sealed="c2VhbGVk"), Thought("unproven"))
    message = called(
        ToolCall("1", "f", "{}", "Z2VtaW5p"), thoughts=thoughts, parts=(TextPart("b"),)
    )
    _, spoken = messages(HI, message, losses=losses)
    assert spoken["content"][:3] == [
        {"reasoningContent": {"reasoningText": {"text": "a", "signature": "c2ln"}}},
        {"reasoningContent": {"redactedContent": "c2VhbGVk"}},
        {"text": "b"},
    ]
    assert losses.names == ("messages[1].reasoning", "thought_signature")


@pytest.mark.parametrize("arguments", ["{", "[]", "7"])
def test_arguments_that_are_no_object_are_refused(arguments: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        messages(HI, called(ToolCall("1", "f", arguments)))
    assert caught.value.param == "messages[1].tool_calls[0].function.arguments"


def document(**more: Any) -> Any:
    return {"document": {"format": "pdf", "name": "document", **more}}


BYTES = {"source": {"bytes": "aQ=="}}
MEDIA: list[tuple[Any, Any]] = [
    (ImagePart(data="aQ=="), {"image": {"format": "png", **BYTES}}),
    (AudioPart("aQ==", "mp3"), {"audio": {"format": "mp3", **BYTES}}),
    (FilePart(data="aQ=="), document(**BYTES)),
    (
        FilePart(data="aQ==", media_type=WORD, name="a.b.docx"),
        document(format="docx", name="a b", **BYTES),
    ),
    (FilePart(data="aQ==", name="t.CSV"), document(format="csv", name="t", **BYTES)),
    (FilePart(data="aQ==", name="no ending"), document(name="no ending", **BYTES)),
    (FilePart(text="b", media_type="text/plain"), document(format="txt", source={"text": "b"})),
    (FilePart(text="b"), document(format="txt", source={"text": "b"})),
    (
        FilePart(text="b", name="x.md", wants_citations=True),
        document(format="md", name="x", source={"text": "b"}, citations={"enabled": True}),
    ),
]


@pytest.mark.parametrize(("part", "written"), MEDIA)
def test_media(part: Any, written: Any) -> None:
    assert blocks(part) == [written]


def test_no_two_documents_have_one_name() -> None:
    part = FilePart(data="aQ==", name="ä___ö.pdf")
    found = blocks(part, part, FilePart(data="aQ==", name="x" * 300))
    names = [block["document"]["name"] for block in found]
    assert names[:2] == ["document", "document 2"]
    assert len(names[2]) <= 200


def test_what_is_to_be_cached_ends_with_a_point() -> None:
    assert blocks(TextPart("a", "1h"), TextPart("", "5m"), ImagePart(data="aQ==")) == [
        {"text": "a"},
        {"cachePoint": {"type": "default", "ttl": "1h"}},
        {"cachePoint": {"type": "default"}},
        {"image": {"format": "png", **BYTES}},
    ]
    assert cache_point(None) == []


@pytest.mark.parametrize(
    "part",
    [
        ImagePart(url="https://a.example/a.png"),
        FilePart(url="https://a.example/a.pdf"),
        FilePart(file_id="file_1"),
    ],
)
def test_what_bedrock_cannot_reach_is_refused(part: Any) -> None:
    with pytest.raises(InvalidRequest, match="inline") as caught:
        blocks(part)
    assert caught.value.param == "messages[0].content[0]"


@pytest.mark.parametrize(
    "part",
    [
        OtherPart("video"),
        AudioPart("aQ==", "aiff"),
        ImagePart(data="aQ==", media_type="image/tiff"),
        FilePart(data="aQ==", media_type="application/zip"),
    ],
)
def test_what_has_no_word_is_refused_or_left_out(part: Any) -> None:
    with pytest.raises(InvalidRequest) as caught:
        blocks(part, TextPart("a"))
    assert caught.value.param == "messages[0].content[0]"
    losses = Losses(may_drop=True)
    assert blocks(part, TextPart("a"), losses=losses) == [{"text": "a"}]
    assert losses.names == ("messages[0].content[0]",)


def test_a_picture_is_no_instruction_and_sound_no_result() -> None:
    picture = Message(role="system", parts=(ImagePart(data="aQ=="),))
    sound = Message(role="tool", parts=(AudioPart("aQ==", "mp3"),), tool_call_id="1")
    for message in (picture, sound):
        with pytest.raises(InvalidRequest) as caught:
            messages(message, HI)
        assert caught.value.param == "messages[0].content[0]"


def test_what_changes_no_answer_is_named_and_left_out() -> None:
    losses = Losses()
    messages(
        Message(role="user", parts=(ImagePart(data="aQ==", detail="low"),), name="Ada"),
        losses=losses,
    )
    assert losses.names == ("messages[0].name", "messages[0].content[0].detail")


def test_somebody_must_say_something() -> None:
    with pytest.raises(InvalidRequest, match="no instruction"):
        messages(Message(role="system", parts=(TextPart("a"),)))
