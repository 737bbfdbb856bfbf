"""A picture that OpenAI's SDK names by address, on its way to a backend that takes it inline.

The whole application inside the test, built as for the command; only the name server and what
counts as public are the test's, for its pictures come from this machine.
"""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import openai
import pytest
from openai import AsyncOpenAI

from headgate.backends.image_fetcher import HostedImages
from headgate.backends.public_address import is_public
from headgate.config.load import settings_from
from headgate.runtime.build import build
from headgate.server.app import create_app, dialect_endpoints
from headgate.server.auth import Keys
from support.conversations import PIXEL
from support.names import Names
from support.upstream import Upstream

HERE = "127.0.0.1"
INNER = "10.0.0.1"
INLINE = f"data:image/png;base64,{PIXEL}"


@dataclass(slots=True)
class Pictures:
    """A server of pictures, which sends whoever asks for `/moved` to another name."""

    port: int = 0
    asked: list[str] = field(default_factory=list)

    def url(self, path: str = "/a.png", host: str = "images.test") -> str:
        return f"http://{host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ")[1].decode()
        self.asked.append(path)
        data = b64decode(PIXEL)
        lines = ["HTTP/1.1 200 OK", "content-type: text/plain", f"content-length: {len(data)}"]
        if path == "/moved":
            to = self.url(host="inner.test")
            lines, data = ["HTTP/1.1 302 Found", f"location: {to}", "content-length: 0"], b""
        writer.write("\r\n".join([*lines, "", ""]).encode() + data)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def pictures() -> AsyncIterator[Pictures]:
    found = Pictures()
    server = await asyncio.start_server(found.serve, HERE, 0)
    found.port = server.sockets[0].getsockname()[1]
    async with server:
        yield found


@asynccontextmanager
async def sdk(data: dict[str, Any], names: Names) -> AsyncIterator[AsyncOpenAI]:
    """The SDK over an application with this configuration."""
    runtime = await build(settings_from(data, {}))
    try:
        images = runtime.gateway.sender.images
        if images is not None:
            assert isinstance(images, HostedImages)
            assert images.is_allowed is is_public
            images.resolve, images.is_allowed = names, HERE.__eq__
        keys = Keys(runtime.callers)
        app = create_app(runtime, keys, dialect_endpoints(runtime, keys))
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app))
        async with AsyncOpenAI(
            base_url="http://headgate.test/v1", api_key="any", http_client=http, max_retries=0
        ) as client:
            yield client
    finally:
        await runtime.close()


def config(upstream: Upstream, hosts: list[str]) -> dict[str, Any]:
    places = {"ollama_native": upstream.root_url, "ollama": upstream.base_url}
    return {
        "targets": {
            name: {"backend": name, "base_url": url, "model": "m"} for name, url in places.items()
        },
        "routes": {f"over_{name}": {"targets": [name]} for name in places},
        "ledger": {"enabled": False},
        "server": {"image_hosts": hosts},
    }


async def ask(client: AsyncOpenAI, model: str, url: str) -> str | None:
    text: Any = {"type": "text", "text": "What is it?"}
    picture: Any = {"type": "image_url", "image_url": {"url": url}}
    answer = await client.chat.completions.create(
        model=f"over_{model}", messages=[{"role": "user", "content": [text, picture]}]
    )
    return answer.choices[0].message.content


def run(story: Callable[[Pictures, Upstream], Awaitable[None]]) -> None:
    async def told() -> None:
        async with pictures() as server, asyncio.timeout(20):
            with Upstream() as upstream:
                await story(server, upstream)

    asyncio.run(told())


@pytest.mark.parametrize("model", ["ollama_native", "ollama"])
def test_the_picture_arrives_in_the_request_itself(model: str) -> None:
    async def story(server: Pictures, upstream: Upstream) -> None:
        names = Names([HERE])
        async with sdk(config(upstream, [f"http://images.test:{server.port}"]), names) as client:
            assert await ask(client, model, server.url())
        (sent,) = upstream.requests
        (message,) = sent.json["messages"]
        if model == "ollama":
            assert message["content"][1]["image_url"]["url"] == INLINE
        else:
            assert message["images"] == [PIXEL]
        assert (names.asked, server.asked) == (["images.test"], ["/a.png"])

    run(story)


@pytest.mark.parametrize("model", ["ollama_native", "ollama"])
@pytest.mark.parametrize(
    ("hosts", "path", "answers", "why"),
    [
        ([], "/a.png", [[HERE]], "may not fetch them"),
        (["http://other.test:{port}"], "/a.png", [[HERE]], "may not fetch pictures from"),
        (["http://*:{port}"], "/a.png", [[INNER]], "no address on the public Internet"),
        (["http://*:{port}"], "/moved", [[HERE], [INNER]], "no address on the public Internet"),
        (["http://images.test:{port}"], "/moved", [[HERE]], "may not fetch pictures from"),
    ],
    ids=["by default", "another host", "inner", "moved inside", "moved to another host"],
)
def test_where_it_may_not_come_from_the_request_is_refused_by_its_place(
    model: str, hosts: list[str], path: str, answers: list[list[str]], why: str
) -> None:
    async def story(server: Pictures, upstream: Upstream) -> None:
        allowed = [host.format(port=server.port) for host in hosts]
        async with sdk(config(upstream, allowed), Names(*answers)) as client:
            with pytest.raises(openai.BadRequestError, match=why) as caught:
                await ask(client, model, server.url(path))
        assert caught.value.param == "messages[0].content[1]"
        assert upstream.requests == []
        assert server.asked == ([path] if path == "/moved" else [])

    run(story)
