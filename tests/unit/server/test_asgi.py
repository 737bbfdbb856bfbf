"""The pieces of ASGI on the request path."""

import asyncio
from collections.abc import Callable

import pytest

from headgate.core.errors import TooLarge
from headgate.server.asgi import AsgiResponder, ClientGone, Message, by_name, read_body


def arriving(*messages: Message) -> Callable[[], object]:
    """A `receive` that gives these, and fails when asked for more."""
    left = iter(messages)

    async def receive() -> Message:
        return next(left)

    return receive


def part(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


GONE: Message = {"type": "http.disconnect"}


def read(headers: dict[bytes, bytes], *messages: Message, limit: int = 8) -> bytes:
    return asyncio.run(read_body(headers, arriving(*messages), limit))  # type: ignore[arg-type]


def test_the_parts_of_a_body_are_put_together() -> None:
    assert read({}, part(b"ab", more=True), part(b"", more=True), part(b"cd")) == b"abcd"
    assert read({}, {"type": "http.request"}) == b""


def test_a_body_may_be_exactly_as_long_as_the_limit() -> None:
    assert read({b"content-length": b"8"}, part(b"12345678")) == b"12345678"


def test_a_declared_length_over_the_limit_is_refused_before_anything_is_read() -> None:
    with pytest.raises(TooLarge) as refusal:
        read({b"content-length": b"9"})
    assert refusal.value.http_status == 413
    assert "limits.body_mib" in (refusal.value.hint or "")


@pytest.mark.parametrize("declared", [b"1", b"0", b"", b"-5", b"many", b"\xb2"])
def test_a_lie_about_the_length_does_not_get_past_the_limit(declared: bytes) -> None:
    with pytest.raises(TooLarge):
        read({b"content-length": declared}, part(b"12345", more=True), part(b"6789", more=True))


def test_the_limit_is_said_in_mebibytes() -> None:
    with pytest.raises(TooLarge, match=r"over 1\.5 MiB"):
        read({b"content-length": b"99999999"}, limit=3 * 512 * 1024)


def test_a_client_that_leaves_before_its_body_is_complete_is_told_apart() -> None:
    with pytest.raises(ClientGone):
        read({}, part(b"ab", more=True), GONE)


def test_headers_sent_more_than_once_are_joined_so_that_none_hides_another() -> None:
    lines = [(b"x-headgate-label", b"phi"), (b"accept", b"*/*"), (b"x-headgate-label", b"none")]
    assert by_name(lines) == {b"x-headgate-label": b"phi,none", b"accept": b"*/*"}


def sent_by(answer: Callable[[AsgiResponder], object]) -> list[Message]:
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    asyncio.run(answer(AsgiResponder(send)))  # type: ignore[arg-type]
    return messages


def test_a_whole_answer_has_its_length() -> None:
    start, body = sent_by(lambda out: out.whole(404, [(b"x-a", b"1")], b"none"))
    assert start == {
        "type": "http.response.start",
        "status": 404,
        "headers": [(b"x-a", b"1"), (b"content-length", b"4")],
    }
    assert body == {"type": "http.response.body", "body": b"none"}


def test_a_streamed_answer_ends_with_its_last_piece() -> None:
    async def stream(out: AsgiResponder) -> None:
        await out.start([(b"x-a", b"1")])
        await out.write(b"one")
        await out.end()

    start, *pieces = sent_by(stream)
    assert start["status"] == 200
    assert [(p["body"], p.get("more_body", False)) for p in pieces] == [
        (b"one", True),
        (b"", False),
    ]
