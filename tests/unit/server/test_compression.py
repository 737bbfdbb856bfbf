import asyncio
import gzip
import sys
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.core.errors import InvalidRequest, TooLarge
from headgate.server.compression import unpacked

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LIMIT = 100_000
law = settings(deadline=None, derandomize=True, max_examples=60)
PACKERS: dict[bytes, Callable[[bytes], bytes]] = {
    b"gzip": gzip.compress,
    b"x-gzip": gzip.compress,
    b"deflate": zlib.compress,
    b"zstd": zstd.compress,
}
codings = st.sampled_from(sorted(PACKERS))


def unpack(coding: bytes, body: bytes, limit: int = LIMIT) -> bytes:
    return asyncio.run(unpacked(coding, body, limit))


@law
@given(codings, st.binary(max_size=500))
def test_what_was_packed_comes_out_again(coding: bytes, body: bytes) -> None:
    assert unpack(coding, PACKERS[coding](body)) == body
    assert unpack(coding.upper(), PACKERS[coding](body)) == body


@law
@given(codings, st.binary(min_size=1, max_size=200), st.data())
def test_half_a_body_is_none(coding: bytes, body: bytes, data: st.DataObject) -> None:
    packed = PACKERS[coding](body)
    end = data.draw(st.integers(0, len(packed) - 1))
    with pytest.raises(InvalidRequest, match="not valid"):
        unpack(coding, packed[:end])


@law
@given(codings, st.binary(min_size=1, max_size=60))
def test_bytes_that_are_no_such_coding_are_refused_in_words(coding: bytes, body: bytes) -> None:
    try:
        unpack(coding, b"\0" + body)
    except InvalidRequest as error:
        assert "not valid" in str(error)  # noqa: PT017
    else:
        pytest.fail("it was taken for packed")


@pytest.mark.parametrize("coding", sorted(PACKERS))
def test_a_small_body_that_would_become_a_huge_one_is_stopped_at_the_limit(coding: bytes) -> None:
    bomb = PACKERS[coding](bytes(50 * LIMIT))
    assert len(bomb) < LIMIT
    with pytest.raises(TooLarge):
        unpack(coding, bomb)
    assert unpack(coding, PACKERS[coding](bytes(LIMIT))) == bytes(LIMIT)
    with pytest.raises(TooLarge):
        unpack(coding, PACKERS[coding](bytes(LIMIT + 1)))


@pytest.mark.parametrize("coding", [b"gzip", b"zstd"])
def test_several_parts_are_one_body(coding: bytes) -> None:
    packed = PACKERS[coding](b"one ") + PACKERS[coding](b"two")
    assert unpack(coding, packed) == b"one two"
    with pytest.raises(TooLarge):
        unpack(coding, PACKERS[coding](bytes(60)) + PACKERS[coding](bytes(60)), 100)


def test_a_plain_body_stays_and_an_unknown_coding_is_refused_by_its_name() -> None:
    assert unpack(b"identity", b"{}") == b"{}"
    for coding in (b"br", b"gzip, zstd"):
        with pytest.raises(InvalidRequest, match=coding.decode()) as caught:
            unpack(coding, b"{}")
        assert caught.value.http_status == 415
