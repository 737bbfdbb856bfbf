"""Lines of JSON: any split, bounded."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.core.errors import UpstreamGarbled
from headgate.wire import ndjson
from headgate.wire.ndjson import Line, LineDecoder, data_of, with_data

law = settings(deadline=None, derandomize=True)
lines = st.sampled_from([b'{"a":1}', b"", b"  ", b'{"a":"\xe2\x82\xac"}\r', b"\r", b"[1, 2]"])


def decoded(chunks: list[bytes]) -> list[Line]:
    decoder = LineDecoder()
    return [line for chunk in chunks for line in decoder.feed(chunk)]


@law
@given(st.lists(lines), lines, st.integers(1, 9))
def test_any_split_of_the_bytes_gives_the_same_lines(whole, unfinished, step):
    wire = b"".join(line + b"\n" for line in whole) + unfinished
    found = decoded([wire[i : i + step] for i in range(0, len(wire), step)])
    assert found == decoded([wire])
    assert [line.raw for line in found] == [line + b"\n" for line in whole]


def test_blank_lines_say_nothing_and_line_ends_are_no_content():
    assert decoded([b'{"a":1}\r\n\n \n']) == [
        Line(b'{"a":1}\r\n', b'{"a":1}'),
        Line(b"\n", None),
        Line(b" \n", None),
    ]


def test_a_line_without_end_is_given_up(monkeypatch):
    monkeypatch.setattr(ndjson, "MAX_BUFFER", 1000)
    decoder = LineDecoder()
    assert decoder.feed(b"x" * 1000) == []
    with pytest.raises(UpstreamGarbled, match="over 1000 bytes"):
        decoder.feed(b"x")


def test_what_a_line_says_can_be_changed():
    assert data_of(b'{"a":1}\r\n') == b'{"a":1}'
    assert data_of(b"\n") is None
    assert with_data(b"x\n", b"{}") == b"{}\n"
