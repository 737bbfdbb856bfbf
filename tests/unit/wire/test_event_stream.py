"""Binary messages from any split of their bytes; a bent one is refused at once."""

import struct
from contextlib import suppress
from typing import Any
from zlib import crc32

import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.core.errors import UpstreamGarbled
from headgate.wire.event_stream import MAX_MESSAGE, Message, MessageDecoder
from support.event_stream import message

law = settings(deadline=None, derandomize=True)
HEADERS = st.dictionaries(
    st.text(st.characters(codec="ascii"), min_size=1, max_size=20), st.text(max_size=20), max_size=4
)
MESSAGES = st.lists(st.tuples(HEADERS, st.binary(max_size=60)), max_size=5)


def framed(prelude: bytes, rest: bytes) -> bytes:
    """A message of these parts with right checksums."""
    whole = prelude + struct.pack(">I", crc32(prelude)) + rest
    return whole + struct.pack(">I", crc32(whole))


def with_headers(written: bytes) -> bytes:
    return framed(struct.pack(">II", 16 + len(written), len(written)), written)


@law
@given(MESSAGES, st.integers(1, 9))
def test_any_split_gives_the_messages_that_were_written(messages, step):
    wire = b"".join(message(headers, payload) for headers, payload in messages)
    decoder = MessageDecoder()
    chunks = [wire[i : i + step] for i in range(0, len(wire), step)]
    found = [each for chunk in chunks for each in decoder.feed(chunk)]
    assert [(m.headers, m.payload) for m in found] == messages
    assert b"".join(m.raw for m in found) == wire
    assert MessageDecoder().feed(wire) == found


@law
@given(MESSAGES)
def test_awss_own_reader_finds_the_same(messages):
    wire = b"".join(message(headers, payload) for headers, payload in messages)
    theirs = EventStreamBuffer()
    theirs.add_data(wire)
    ours = MessageDecoder().feed(wire)
    assert [(m.headers, m.payload) for m in ours] == [(m.headers, m.payload) for m in theirs]


@law
@given(MESSAGES.filter(bool), st.data())
def test_one_wrong_bit_anywhere_is_noticed(messages, data):
    wire = bytearray(b"".join(message(headers, payload) for headers, payload in messages))
    place = data.draw(st.integers(0, len(wire) - 1))
    wire[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(UpstreamGarbled):
        MessageDecoder().feed(bytes(wire))


@law
@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(noise):
    with suppress(UpstreamGarbled):
        MessageDecoder().feed(noise)


def test_headers_of_other_types_are_stepped_over():
    values = [b"\x00", b"\x01", b"\x02a", b"\x03ab", b"\x04abcd", b"\x05abcdefgh"]
    values += [b"\x06\x00\x02ab", b"\x08abcdefgh", b"\x09abcdefghijklmnop"]
    written = b"".join(b"\x01x" + value for value in values) + b"\x01y\x07\x00\x01z"
    (found,) = MessageDecoder().feed(with_headers(written))
    assert found.headers == {"y": "z"}


BROKEN: dict[str, bytes] = {
    "unknown type": b"\x01x\x0a",
    "name cut": b"\x05x",
    "type missing": b"\x01x",
    "size cut": b"\x01x\x07\x00",
    "value cut": b"\x01x\x07\x00\x05ab",
    "number cut": b"\x01x\x04ab",
    "not UTF-8": b"\x01x\x07\x00\x01\xff",
}


@pytest.mark.parametrize("written", BROKEN.values(), ids=BROKEN)
def test_a_broken_header_is_garbled(written: bytes):
    with pytest.raises(UpstreamGarbled, match="header"):
        MessageDecoder().feed(with_headers(written))


@pytest.mark.parametrize(
    ("lengths", "why"),
    [((MAX_MESSAGE + 1, 0), "over"), ((15, 0), "shorter"), ((20, 5), "shorter")],
)
def test_a_length_that_cannot_be_is_refused_before_anything_is_waited_for(lengths: Any, why: str):
    prelude = struct.pack(">II", *lengths)
    with pytest.raises(UpstreamGarbled, match=why):
        MessageDecoder().feed(prelude + struct.pack(">I", crc32(prelude)))


def test_a_message_that_has_not_ended_waits():
    wire = message({":event-type": "x"}, b"{}")
    decoder = MessageDecoder()
    assert decoder.feed(wire[:-1]) == []
    assert decoder.feed(wire[-1:]) == [Message(wire, {":event-type": "x"}, b"{}")]
