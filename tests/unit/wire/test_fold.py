"""Events add up to an answer."""

from headgate.core.chat import Thought
from headgate.core.stream import (
    Answer,
    Choice,
    Failed,
    Finished,
    ReasoningDelta,
    RefusalDelta,
    Started,
    StreamEvent,
    TextDelta,
    ToolCallMade,
    ToolDelta,
    Used,
)
from headgate.core.usage import Usage
from headgate.wire.fold import Folder


def folded(*events: StreamEvent) -> Answer:
    folder = Folder()
    for event in events:
        folder.add(event)
    return folder.answer()


def test_pieces_are_joined_for_each_choice():
    answer = folded(
        Started(id="x", model="m", created=5),
        TextDelta("b", 1),
        ReasoningDelta("think"),
        TextDelta("a"),
        TextDelta("b"),
        Finished("stop"),
        Finished("length", 1),
        Used(Usage(input_tokens=1)),
        Used(Usage(input_tokens=2)),
    )
    assert answer == Answer(
        id="x",
        model="m",
        created=5,
        choices=(
            Choice(text="ab", thoughts=(Thought("think"),), finish_reason="stop"),
            Choice(text="b", finish_reason="length"),
        ),
        usage=Usage(input_tokens=2),
    )


def test_tool_calls_are_put_together_by_position():
    answer = folded(
        ToolDelta(position=1, id="c2", name="g"),
        ToolDelta(position=0, id="c1", name="f", arguments='{"a"'),
        ToolDelta(position=1, arguments="{}"),
        ToolDelta(position=0, arguments=":1}"),
    )
    assert answer.choices[0].tool_calls == (
        ToolCallMade("c1", "f", '{"a":1}'),
        ToolCallMade("c2", "g", "{}"),
    )


def test_an_id_and_a_name_that_are_repeated_count_once():
    call = ToolDelta(position=0, id="c1", name="f", arguments="{")
    again = ToolDelta(position=0, id="c1", name="f", arguments="}")
    assert folded(call, again).choices[0].tool_calls == (ToolCallMade("c1", "f", "{}"),)


def test_a_stream_without_content_is_an_empty_answer():
    assert folded().choices == (Choice(),)


def test_a_refusal_is_kept_apart_and_a_failure_is_no_content():
    assert folded(RefusalDelta("no"), Failed("broken")).choices == (Choice(refusal="no"),)


def test_an_answer_may_be_asked_for_before_the_end():
    folder = Folder()
    folder.add(TextDelta("a"))
    assert folder.answer().choices[0].text == "a"
    folder.add(TextDelta("b"))
    assert folder.answer().choices[0].text == "ab"
