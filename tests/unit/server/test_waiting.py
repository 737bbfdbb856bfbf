"""What a client hears while a model is loaded for it, in a world where sleeping is counted."""

import asyncio
from collections.abc import Awaitable, Callable

from headgate.server.asgi import Headers
from headgate.server.waiting import Waiting

EVERY_S = 0.001
COMMENT = b": loading\n\n"
TYPE = (b"content-type", b"text/event-stream")


class Client:
    """A responder that tells when it was written to."""

    def __init__(self) -> None:
        self.headers: Headers = []
        self.written: list[bytes] = []
        self.heard = asyncio.Event()
        self.taken = asyncio.Event()
        """It takes what it is sent; not set, it lets the beginning wait."""
        self.taken.set()

    async def whole(self, status: int, headers: Headers, body: bytes) -> None:
        raise AssertionError("an answer that waits is a stream")

    async def start(self, headers: Headers) -> None:
        assert not self.headers, "it began twice"
        if not self.taken.is_set():
            self.heard.set()
        await self.taken.wait()
        self.headers = headers

    async def write(self, data: bytes) -> None:
        assert self.headers, "written before it began"
        self.written.append(data)
        if len(self.written) == 3:
            self.heard.set()

    async def end(self) -> None:
        raise AssertionError("whoever has the answer ends it")


def run(story: Callable[[Client, Waiting], Awaitable[None]], every_s: float = EVERY_S) -> None:
    async def told() -> None:
        client = Client()
        waiting = Waiting(client, lambda: [TYPE], COMMENT, every_s)
        await story(client, waiting)
        for _ in range(3):
            await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(told())


def test_a_client_that_waits_hears_comments_until_there_is_an_answer() -> None:
    async def story(client: Client, waiting: Waiting) -> None:
        waiting.begin("id-1")
        waiting.begin("id-1")
        await client.heard.wait()
        waiting.end()
        count = len(client.written)
        assert waiting.has_begun
        assert set(client.written) == {COMMENT}
        assert (b"x-headgate-decision", b"id-1") in client.headers
        assert TYPE in client.headers
        await asyncio.sleep(3 * EVERY_S)
        assert len(client.written) == count

    run(story)


def test_an_answer_that_is_there_in_time_begins_by_itself() -> None:
    async def story(client: Client, waiting: Waiting) -> None:
        waiting.begin("id-1")
        await asyncio.sleep(0)
        waiting.end()
        assert not waiting.has_begun
        assert not client.headers

    run(story, every_s=3600)


def test_nobody_who_never_waited_hears_anything() -> None:
    async def story(client: Client, waiting: Waiting) -> None:
        waiting.end()
        assert not waiting.has_begun
        assert client.written == []

    run(story)


def test_a_beginning_that_was_never_written_is_none() -> None:
    async def story(client: Client, waiting: Waiting) -> None:
        client.taken.clear()
        waiting.begin("id-1")
        await client.heard.wait()
        waiting.end()
        assert not waiting.has_begun
        assert not client.headers

    run(story)
