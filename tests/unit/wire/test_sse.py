"""Server-sent events: any split, any line end, bounded."""

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from headgate.core.errors import UpstreamGarbled
from headgate.wire import sse
from headgate.wire.sse import Event, EventDecoder, data_of, with_data

law = settings(deadline=None, derandomize=True)
lines = st.sampled_from(
    [b"data: {}", b"data:x", b"data", b": hi", b"event: e", b"id: 7", b"data: \xe2\x82\xac", b""]
)
ends = st.sampled_from([b"\n", b"\r\n", b"\r"])
streams = st.lists(st.tuples(lines, ends)).map(lambda pairs: b"".join(map(b"".join, pairs)))


def decoded(chunks: list[bytes]) -> list[Event]:
    decoder = EventDecoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)]


def cut(wire: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(wire) + 1) for place in places), len(wire)]
    return [wire[start:end] for start, end in pairwise(edges)]


@law
@given(streams, st.lists(st.integers(0, 500)))
@example(b"data: a\r\n\r\ndata: b\r\n\r\n", [10])
@example(b"data: a\r\r\ndata: b\n\n", [9])
def test_any_split_of_the_bytes_gives_the_same_events(wire, places):
    assert decoded(cut(wire, places)) == decoded([wire])
    assert decoded([wire[i : i + 1] for i in range(len(wire))]) == decoded([wire])


@law
@given(streams)
def test_the_events_put_together_are_the_bytes_that_came(wire):
    raw = b"".join(event.raw for event in decoded([wire]))
    assert wire.startswith(raw)


@law
@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"))),
    ends,
    st.integers(1, 7),
)
def test_what_was_sent_as_data_is_read_as_data(payloads, end, step):
    wire = b"".join(b"data: " + text.encode() + end + end for text in payloads)
    chunks = [wire[i : i + step] for i in range(0, len(wire), step)]
    assert [event.data for event in decoded(chunks)] == [text.encode() for text in payloads]


@pytest.mark.parametrize(
    ("wire", "data", "name"),
    [
        (b": ping\n\n", None, None),
        (b"event: ping\n\n", None, b"ping"),
        (b"event: delta\ndata: 1\n\n", b"1", b"delta"),
        (b"data: a\ndata: b\n\n", b"a\nb", None),
        (b"data:  two spaces\n\n", b" two spaces", None),
        (b"data:none\n\n", b"none", None),
        (b"data\n\n", b"", None),
        (b"data: a: b\n\n", b"a: b", None),
        (b"\xef\xbb\xbfdata: marked\n\n", b"marked", None),
        (b": a comment\ndata: 1\n\n", b"1", None),
        (b"\ndata: after a blank line\n\n", b"after a blank line", None),
        (b"\n\n", None, None),
        (b"retry: 3000\nid: 9\n\n", None, None),
    ],
)
def test_fields_mean_what_the_standard_says(wire, data, name):
    assert decoded([wire]) == [Event(wire, data, name)]


def test_a_terminator_is_not_held_back():
    decoder = EventDecoder()
    assert decoder.feed(b"data: [DONE]\n") == []
    assert decoder.feed(b"\n") == [Event(b"data: [DONE]\n\n", b"[DONE]")]
    assert EventDecoder().feed(b"data: [DONE]\r\n\r\n") != []
    assert EventDecoder().feed(b"data: [DONE]\r\r") != []


def test_an_event_without_end_is_given_up(monkeypatch):
    monkeypatch.setattr(sse, "MAX_BUFFER", 1000)
    decoder = EventDecoder()
    assert decoder.feed(b"data: " + b"x" * 990) == []
    with pytest.raises(UpstreamGarbled, match="over 1000 bytes"):
        decoder.feed(b"x" * 10)


def test_many_small_chunks_of_one_large_event_are_read_in_linear_time():
    # 300,000 searches from the beginning, or as many copies, would take minutes.
    decoder = EventDecoder()
    wire = b"data: " + b"x" * 300_000 + b"\n\n"
    events = [event for i in range(len(wire)) for event in decoder.feed(wire[i : i + 1])]
    assert [event.raw for event in events] == [wire]


def test_data_can_be_taken_out_and_put_back():
    raw = b'event: x\r\nid: 1\r\ndata: {"a":\r\ndata: 1}\r\n\r\n'
    assert data_of(raw) == b'{"a":\n1}'
    assert with_data(raw, b"{}") == b"event: x\r\nid: 1\r\ndata: {}\n\n"
    (event,) = EventDecoder().feed(with_data(raw, b"{}"))
    assert (event.event, event.data) == (b"x", b"{}")


def test_what_is_no_object_has_no_data():
    assert data_of(b": ping\n\n") is None
    assert data_of(b"data: [DONE]\n\n") is None
