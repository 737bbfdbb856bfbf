import asyncio
import gzip
import os
import sys
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.core.errors import InvalidRequest, TooLarge
from headgate.server.compression import (
    AT_ONCE_BYTES,
    MOST_PARTS,
    is_packed,
    read_unpacked,
    unpacked,
)

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


@pytest.mark.parametrize("coding", sorted(PACKERS))
def test_a_body_of_ever_so_many_parts_is_refused_however_little_they_hold(coding: bytes) -> None:
    empty, some = PACKERS[coding](b""), PACKERS[coding](b"some")
    assert unpack(coding, empty * (MOST_PARTS - 1) + some) == b"some"
    with pytest.raises(InvalidRequest, match=f"more than {MOST_PARTS} parts"):
        # Copying what is left after each part would take hours.
        unpack(coding, empty * 1_000_000)


@law
@given(codings, st.integers(0, 3), st.binary(max_size=50), st.integers(1, 2 * AT_ONCE_BYTES))
def test_parts_may_end_anywhere(coding: bytes, parts: int, body: bytes, size: int) -> None:
    first = (body * (size // len(body) + 1))[:size] if body else b""
    packed = PACKERS[coding](first) + parts * PACKERS[coding](body)
    assert unpack(coding, packed, 10 * LIMIT) == first + parts * body


class Threads(ThreadPoolExecutor):
    """Counts what is done beside the event loop."""

    used = 0

    def submit(self, *args: Any, **more: Any) -> Any:
        self.used += 1
        return super().submit(*args, **more)


@pytest.mark.parametrize(
    ("body", "threads"),
    [
        (b'{"model":"m"}', 0),
        (bytes(AT_ONCE_BYTES), 0),
        (bytes(AT_ONCE_BYTES + 1), 1),
        (os.urandom(AT_ONCE_BYTES), 1),
    ],
    ids=["small", "at the limit", "large", "packs badly"],
)
@pytest.mark.parametrize("coding", [b"gzip", b"zstd"])
def test_nobody_waits_for_a_large_body_and_a_small_one_for_no_thread(
    coding: bytes, body: bytes, threads: int
) -> None:
    async def story() -> None:
        with Threads(1) as counted:
            asyncio.get_running_loop().set_default_executor(counted)
            assert await unpacked(coding, PACKERS[coding](body), LIMIT) == body
            assert counted.used == threads

    asyncio.run(story())


@pytest.mark.parametrize(
    ("headers", "sent"),
    [({}, b"{}"), ({b"content-encoding": b"gzip"}, gzip.compress(b"{}"))],
    ids=["plain", "packed"],
)
def test_a_request_is_read_without_its_packing(headers: dict[bytes, bytes], sent: bytes) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": sent}

    assert is_packed(headers) == bool(headers)
    assert asyncio.run(read_unpacked(headers, receive, LIMIT)) == b"{}"


def test_a_plain_body_stays_and_an_unknown_coding_is_refused_by_its_name() -> None:
    for plain in (b"identity", b" Identity ", b""):
        assert unpack(plain, b"{}") == b"{}"
        assert not is_packed({b"content-encoding": plain})
    for coding in (b"br", b"gzip, zstd"):
        with pytest.raises(InvalidRequest, match=coding.decode()) as caught:
            unpack(coding, b"{}")
        assert caught.value.http_status == 415
