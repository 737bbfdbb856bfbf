"""Placeholders in events."""

from headgate.core.stream import (
    Citation,
    Cited,
    Failed,
    Finished,
    ReasoningDelta,
    ReasoningSignature,
    RefusalDelta,
    Source,
    StreamEvent,
    TextDelta,
    ToolDelta,
)
from headgate.privacy.events import Events
from headgate.privacy.pseudonyms import Pseudonyms

NAMES = Pseudonyms(b"0123456789abcdef")
ADA = NAMES.name_of("email", 'ada"@x.io')
CUT = ADA[:7]


def said(*events: StreamEvent) -> list[StreamEvent]:
    restorer = Events(NAMES)
    out = [each for event in events for each in restorer.restored((event,))]
    return [*out, *restorer.end()]


def test_events_without_placeholders_are_the_same_objects():
    events = (TextDelta("Hi"), ToolDelta(position=0, id="c", name="get_it"), Finished("stop"))
    assert Events(NAMES).restored(events) is events


def test_each_kind_of_words_is_a_lane_of_its_own():
    kinds = (TextDelta, ReasoningDelta, RefusalDelta)
    for kind in kinds:
        assert said(kind(CUT), kind(ADA[7:])) == [kind(""), kind('ada"@x.io')]


def test_choices_do_not_mix():
    assert said(TextDelta(CUT, 0), TextDelta("x", 1), TextDelta(ADA[7:], 0)) == [
        TextDelta("", 0),
        TextDelta("x", 1),
        TextDelta('ada"@x.io', 0),
    ]


def test_the_arguments_of_calls_are_escaped_and_may_alternate():
    pieces = [
        ToolDelta(position=0, id="a", name="n", arguments='{"to":"' + CUT),
        ToolDelta(position=1, id="b", name="n", arguments="{"),
        ToolDelta(position=0, arguments=ADA[7:] + '"}'),
    ]
    assert [event.arguments for event in said(*pieces) if isinstance(event, ToolDelta)] == [
        '{"to":"',
        "{",
        'ada\\"@x.io"}',
    ]


def test_the_name_of_a_tool_is_restored():
    assert said(ToolDelta(position=0, name=ADA)) == [ToolDelta(position=0, name='ada"@x.io')]


def test_what_is_kept_back_comes_before_what_follows_it():
    tool = ToolDelta(position=0, id="c", name="n")
    assert said(TextDelta(CUT), tool) == [TextDelta(""), TextDelta(CUT), tool]
    proof = ReasoningSignature("x")
    assert said(ReasoningDelta(CUT), proof) == [ReasoningDelta(""), ReasoningDelta(CUT), proof]
    ends: tuple[StreamEvent, ...] = (Finished("length"), Failed("no"))
    for end in ends:
        assert said(TextDelta(CUT), end) == [TextDelta(""), TextDelta(CUT), end]
    half = ToolDelta(position=0, arguments=CUT)
    assert said(half)[1:] == [ToolDelta(position=0, arguments=CUT)]
    assert said(TextDelta(CUT), TextDelta("", 0), Finished("stop", 1))[-1] == TextDelta(CUT)


def test_errors_are_restored():
    assert said(Failed(f"bad {ADA}", 400)) == [Failed('bad ada"@x.io', 400)]


def test_citations_move_with_the_text():
    text = f"{ADA} says so"
    start = text.index("says")
    source = Source(id="1", title=ADA, url="u", text=None)
    cited = Cited(Citation(text="says", start=start, end=start + 4, sources=(source,)))
    out = said(TextDelta(text), cited)
    assert isinstance(out[0], TextDelta)
    assert isinstance(out[1], Cited)
    citation = out[1].citation
    assert citation.start is not None
    assert out[0].text[citation.start : citation.end] == "says"
    assert citation.sources[0].title == 'ada"@x.io'


def test_an_answer_that_was_to_be_json_is_escaped():
    events = Events(NAMES, is_json_asked=True).restored((TextDelta(f'"{ADA}"'),))
    assert events == (TextDelta('"ada\\"@x.io"'),)


def test_what_is_not_restored_is_counted():
    events = Events(NAMES)
    events.restored((TextDelta(ADA.replace("_", " ")), ReasoningDelta("EMAIL_BCDFGHJKM ")))
    assert events.unrestored == 2
