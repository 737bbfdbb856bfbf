"""Turns as Cohere takes them, and the documents taken out of them."""

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
from headgate.wire.cohere.messages import written
from headgate.wire.losses import Losses

CALL = ToolCall("c1", "f", "{}")
SENT_CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


@pytest.mark.parametrize(
    ("message", "turn"),
    [
        (Message(role="developer", parts=(TextPart("a"),)), {"role": "system", "content": "a"}),
        (Message(role="user"), {"role": "user", "content": ""}),
        (
            Message(role="system", parts=(TextPart("a"), TextPart("b"))),
            {
                "role": "system",
                "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
            },
        ),
        (
            Message(role="assistant", thoughts=(Thought("hm"),), tool_calls=(CALL,)),
            {"role": "assistant", "tool_calls": [SENT_CALL], "tool_plan": "hm"},
        ),
        (
            Message(role="assistant", thoughts=(Thought("hm", "sig"),), parts=(TextPart("a"),)),
            {
                "role": "assistant",
                "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "a"}],
            },
        ),
        (
            Message(role="assistant", thoughts=(Thought(sealed="x"),), parts=(TextPart("a"),)),
            {"role": "assistant", "content": "a"},
        ),
        (
            Message(role="tool", parts=(TextPart("11"),), tool_call_id="c1", name="f"),
            {"role": "tool", "tool_call_id": "c1", "content": "11"},
        ),
        (
            Message(role="tool", parts=(FilePart(text="11", name="n"),), tool_call_id="c1"),
            {
                "role": "tool",
                "tool_call_id": "c1",
                "content": [
                    {"type": "document", "document": {"data": {"title": "n", "text": "11"}}}
                ],
            },
        ),
        (
            Message(role="user", parts=(ImagePart(data="AA==", detail="low"),)),
            {
                "role": "user",
                "content": [
                    {
                        "type": "image_url",
                        "image_url": {"url": "data:image/png;base64,AA==", "detail": "low"},
                    }
                ],
            },
        ),
    ],
)
def test_a_turn_is_written(message, turn):
    losses = Losses()
    assert written((message,), losses).messages == [turn]
    assert losses.names == ()


def test_documents_leave_the_turn_they_lay_in():
    parts = (
        FilePart(text="one"),
        TextPart("?"),
        FilePart(data="dHdv", media_type="text/markdown", name="b.md", wants_citations=True),
    )
    found = written((Message(role="user", parts=parts),), Losses())
    assert found.messages == [{"role": "user", "content": "?"}]
    assert found.documents == [
        {"data": {"text": "one"}},
        {"data": {"title": "b.md", "text": "two"}},
    ]
    assert found.wants_citations
    assert not written((Message(role="user", parts=parts[:2]),), Losses()).wants_citations


@pytest.mark.parametrize(
    ("role", "part"),
    [
        ("user", AudioPart("AA==", "wav")),
        ("user", OtherPart("video")),
        ("user", FilePart(url="https://a.example/a.pdf")),
        ("user", FilePart(file_id="file_1")),
        ("user", FilePart(data="AA==", media_type="application/pdf")),
        ("assistant", ImagePart(data="AA==")),
        ("system", FilePart(text="a")),
        ("tool", ImagePart(data="AA==")),
    ],
)
def test_what_cohere_cannot_be_shown_is_refused_or_left_out_where_allowed(role, part):
    message = Message(role=role, parts=(TextPart("a"), part))
    with pytest.raises(InvalidRequest) as caught:
        written((message,), Losses())
    assert caught.value.param == "messages[0].content[1]"
    lenient = Losses(may_drop=True)
    assert written((message,), lenient).messages[0]["content"] == "a"
    assert lenient.names == ("messages[0].content[1]",)


@pytest.mark.parametrize("data", ["/w==", "not base64"])
def test_a_text_file_that_holds_none_is_refused_even_so(data):
    part = FilePart(data=data, media_type="text/plain")
    with pytest.raises(InvalidRequest, match="not text in UTF-8"):
        written((Message(role="user", parts=(part,)),), Losses(may_drop=True))


def test_the_name_of_a_speaker_is_dropped_and_said():
    losses = Losses()
    written((Message(role="user", parts=(TextPart("a"),), name="jane"),), losses)
    assert losses.names == ("name",)
