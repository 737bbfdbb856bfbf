"""Pictures over real sockets: where they may come from, and what counts as one."""

import asyncio
import ssl
from base64 import b64decode, b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from headgate.backends.image_fetcher import AT_ONCE, MOST_REDIRECTS, HostedImages
from headgate.backends.image_hosts import image_hosts
from headgate.backends.images import FetchedImage
from headgate.backends.lookups import Lookups
from headgate.backends.public_address import is_public
from headgate.core.errors import InvalidRequest
from support.conversations import PIXEL
from support.names import Names
from unit.backends.conftest import Run
from unit.backends.scripted_server import Peer, Request, Script, Server, answer, sending, serving

LIMIT = 64 * 1024
SECRET = b"the inner secret"
HERE = "127.0.0.1"
OUTSIDE = "93.184.216.34"


def here_only(address: str) -> bool:
    """Stands in for "public" where the server is on this machine."""
    return address == HERE


def fetcher(server: Server, **more: Any) -> HostedImages:
    port = server.port
    hosts = image_hosts([f"http://images.test:{port}", f"http://other.test:{port}"])
    settings: dict[str, Any] = {
        "hosts": hosts,
        "limit_bytes": LIMIT,
        "within_s": 5.0,
        "resolve": Names([HERE]),
        "is_allowed": here_only,
    }
    return HostedImages(**settings | more)


async def refused(images: HostedImages, url: str) -> str:
    with pytest.raises(InvalidRequest) as caught:
        await images.fetch(url)
    assert SECRET.decode() not in f"{caught.value} {caught.value.hint}"
    return caught.value.message


def redirect(to: str, status: str = "302 Found") -> bytes:
    return answer(SECRET, status, (f"location: {to}",))


def picture(asked: list[Request]) -> Script:
    async def script(peer: Peer) -> None:
        asked.append(await peer.request())
        await peer.send(answer(b64decode(PIXEL), headers=("content-type: text/html",)))
        await peer.gone()

    return script


def test_a_picture_is_asked_for_with_nothing_of_the_client_s(run: Run) -> None:
    async def test() -> None:
        asked: list[Request] = []
        async with serving(picture(asked)) as server:
            url = f"http://images.test:{server.port}/a b.png?size=1#top"
            assert await fetcher(server).fetch(url) == FetchedImage(PIXEL, "image/png")
        assert asked == [
            Request(
                "GET",
                "/a%20b.png?size=1",
                {
                    "host": f"images.test:{server.port}",
                    "user-agent": "headgate",
                    "accept": "*/*",
                    "accept-encoding": "identity",
                },
                b"",
            )
        ]

    run(test)


def test_the_certificate_is_that_of_the_name_though_the_address_is_connected_to(
    run: Run, certificate: Path
) -> None:
    server_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_tls.load_cert_chain(certificate)
    named: list[str | None] = []
    server_tls.sni_callback = lambda _, name, __: named.append(name)

    async def test() -> None:
        async with serving(picture([]), tls=server_tls) as server:
            hosts = image_hosts([f"backend.test:{server.port}", f"other.test:{server.port}"])
            trusting = ssl.create_default_context(cafile=certificate)
            images = fetcher(server, hosts=hosts, tls=trusting)
            found = await images.fetch(f"https://backend.test:{server.port}/")
            assert found.media_type == "image/png"
        assert named == ["backend.test"]

    async def another_name() -> None:
        async def never(peer: Peer) -> None:
            await peer.gone()

        async with serving(never, tls=server_tls) as server:
            hosts = image_hosts([f"other.test:{server.port}"])
            trusting = ssl.create_default_context(cafile=certificate)
            url = f"https://other.test:{server.port}/"
            assert "did not send" in await refused(fetcher(server, hosts=hosts, tls=trusting), url)
            assert "did not send" in await refused(fetcher(server, hosts=hosts), url)

    run(test)
    run(another_name)


def test_a_host_that_is_not_listed_is_not_even_looked_up(run: Run) -> None:
    async def test() -> None:
        names = Names([HERE])
        images = fetcher(Server(port=1), resolve=names)
        for url in ("http://evil.test:1/", "https://images.test:1/", "http://images.test/"):
            assert "may not fetch pictures from" in await refused(images, url)
        for url in ("http://me:pw@images.test:1/", "file:///etc/passwd", "nothing"):
            await refused(images, url)
        assert names.asked == []

    run(test)


@pytest.mark.parametrize("inner", [HERE, "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1"])
def test_an_inner_address_is_never_connected_to_even_beside_a_public_one(
    run: Run, inner: str
) -> None:
    async def test() -> None:
        async with serving(sending(answer(SECRET))) as server:
            for found in ([inner], [OUTSIDE, inner], []):
                images = fetcher(server, resolve=Names(found), is_allowed=is_public)
                said = await refused(images, f"http://images.test:{server.port}/")
                assert said == "`images.test` has no address on the public Internet"
            assert server.peers == []

    run(test)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "localhost"])
def test_other_ways_of_writing_this_machine_come_to_the_same(run: Run, host: str) -> None:
    async def test() -> None:
        async with serving(sending(answer(SECRET))) as server:
            images = fetcher(
                server,
                hosts=image_hosts([f"http://*:{server.port}"]),
                resolve=Lookups(),
                is_allowed=is_public,
            )
            said = await refused(images, f"http://{host}:{server.port}/")
            assert said.endswith("has no address on the public Internet")
            assert server.peers == []

    run(test)


def test_a_name_is_looked_up_once_so_that_a_second_answer_cannot_lead_inside(run: Run) -> None:
    async def test() -> None:
        async with serving(picture([])) as server:
            names = Names([HERE], ["10.0.0.1"])
            # No system knows this name: whoever looked it up again would find nothing.
            images = fetcher(server, resolve=names)
            assert await images.fetch(f"http://images.test:{server.port}/")
            assert names.asked == ["images.test"]

    run(test)


def test_the_next_address_is_tried_when_one_cannot_be_reached(run: Run) -> None:
    async def test() -> None:
        async with serving(picture([])) as server:
            images = fetcher(
                server,
                resolve=Names(["127.0.0.2", HERE]),
                is_allowed={"127.0.0.2", HERE}.__contains__,
            )
            assert await images.fetch(f"http://images.test:{server.port}/")

    run(test)


@pytest.mark.parametrize("status", ["301 M", "302 F", "303 S", "307 T", "308 P"])
def test_a_redirect_is_followed_after_the_same_checks(run: Run, status: str) -> None:
    async def test() -> None:
        asked: list[Request] = []

        async def first(peer: Peer) -> None:
            await peer.request()
            await peer.send(redirect(f"http://other.test:{server.port}/b", status))
            await peer.gone()

        async with serving(first, picture(asked)) as server:
            names = Names([HERE])
            assert await fetcher(server, resolve=names).fetch(f"http://images.test:{server.port}/")
        assert names.asked == ["images.test", "other.test"]
        assert asked[0].target == "/b"
        assert asked[0].headers["host"] == f"other.test:{server.port}"

    run(test)


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("http://evil.test:{port}/", "may not fetch pictures from"),
        ("http://127.0.0.1:{port}/", "may not fetch pictures from"),
        ("file:///etc/passwd", "must begin with"),
        ("http://me:pw@images.test:{port}/", "no user name"),
        ("http://other.test:{port}/", "no address on the public Internet"),
        ("http://[", "did not send the picture"),
    ],
)
def test_a_redirect_leads_nowhere_that_a_client_may_not_name(run: Run, to: str, why: str) -> None:
    async def test() -> None:
        async def script(peer: Peer) -> None:
            await peer.request()
            await peer.send(redirect(to.format(port=server.port)))
            await peer.gone()

        async with serving(script) as server:
            # The first name is outside, the second one has moved inside.
            images = fetcher(server, resolve=Names([HERE], ["10.0.0.1"]))
            assert why in await refused(images, f"http://images.test:{server.port}/")
            assert len(server.peers) == 1

    run(test)


def test_redirects_in_a_circle_come_to_an_end(run: Run) -> None:
    async def test() -> None:
        async with serving(sending(redirect("/again"))) as server:
            said = await refused(fetcher(server), f"http://images.test:{server.port}/")
            assert said == f"the picture is behind more than {MOST_REDIRECTS} redirects"
            assert len(server.peers) == MOST_REDIRECTS + 1

    run(test)


@pytest.mark.parametrize(
    "huge",
    [
        answer(b"", headers=())[:-4].replace(b"content-length: 0", b"content-length: 999999999")
        + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n\x89PNG\r\n\x1a\n" + b"x" * (LIMIT + 1),
    ],
    ids=["declared", "sent"],
)
def test_what_is_too_large_is_dropped(run: Run, huge: bytes) -> None:
    async def test() -> None:
        async with serving(sending(huge)) as server:
            said = await refused(fetcher(server), f"http://images.test:{server.port}/")
            assert said == "the picture is over 0.0625 MiB"

    run(test)


@pytest.mark.parametrize(
    "beginning", [b"", b"HTTP/1.1 200 OK\r\n\r\n\x89PNG"], ids=["head", "body"]
)
def test_who_is_too_slow_is_left(run: Run, beginning: bytes) -> None:
    async def silent(peer: Peer) -> None:
        await peer.request()
        await peer.send(beginning)
        await peer.gone()

    async def test() -> None:
        async with serving(silent) as server:
            images = fetcher(server, within_s=0.05)
            said = await refused(images, f"http://images.test:{server.port}/")
            assert said == "the picture was not here within 0.05 s"

    run(test)


def test_a_name_server_that_is_silent_counts_too(run: Run) -> None:
    async def silent(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return [HERE]

    async def test() -> None:
        images = fetcher(Server(port=1), resolve=silent, within_s=0.05)
        assert "not here within" in await refused(images, "http://images.test:1/")

    run(test)


@pytest.mark.parametrize(
    "reply",
    [
        answer(SECRET, headers=("content-type: image/png",)),
        answer(b""),
        answer(b"\x89PNG" + SECRET),
        answer(b"<svg>" + SECRET, headers=("content-type: image/svg+xml",)),
        answer(b"RIFF\x00\x00\x00\x00WAVE" + SECRET),
        answer(SECRET, "404 Not Found"),
        answer(b64decode(PIXEL), "403 Forbidden"),
        answer(b64decode(PIXEL), "206 Partial Content"),
        answer(SECRET, "304 Not Modified"),
        answer(b64decode(PIXEL), headers=("content-encoding: gzip",)),
        b"SSH-2.0-" + SECRET + b"\r\n",
        answer(b64decode(PIXEL))[:-1],
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70_000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_picture_is_refused_and_not_repeated(run: Run, reply: bytes) -> None:
    async def test() -> None:
        async with serving(sending(reply, then="close")) as server:
            await refused(fetcher(server), f"http://images.test:{server.port}/")

    run(test)


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
    ],
)
def test_the_kind_is_what_the_bytes_say(run: Run, first: bytes, kind: str) -> None:
    data = first + bytes(100)

    async def test() -> None:
        reply = answer(data, headers=("content-type: application/json",))
        async with serving(sending(reply)) as server:
            found = await fetcher(server).fetch(f"http://images.test:{server.port}/")
            assert found == FetchedImage(b64encode(data).decode(), kind)

    run(test)


def test_a_proxy_of_the_environment_is_not_used(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    async def test() -> None:
        async with serving(picture([])) as server:
            assert await fetcher(server).fetch(f"http://images.test:{server.port}/")

    run(test)


def test_who_leaves_takes_the_connection_along(run: Run) -> None:
    async def test() -> None:
        arrived = asyncio.Event()

        async def silent(peer: Peer) -> None:
            await peer.request()
            arrived.set()
            await peer.gone()

        async with serving(silent) as server:
            url = f"http://images.test:{server.port}/"
            task = asyncio.ensure_future(fetcher(server).fetch(url))
            await arrived.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            async with asyncio.timeout(1):
                await server.done.get()

    run(test)


def test_only_so_many_are_fetched_at_once_and_the_others_wait(run: Run) -> None:
    async def test() -> None:
        full = asyncio.Event()
        waiting = 0

        async def script(peer: Peer) -> None:
            nonlocal waiting
            await peer.request()
            waiting += 1
            assert waiting <= AT_ONCE or full.is_set()
            if waiting == AT_ONCE:
                full.set()
            await full.wait()
            await peer.send(answer(b64decode(PIXEL)))
            await peer.gone()

        async with serving(script) as server:
            images = fetcher(server)
            url = f"http://images.test:{server.port}/"
            found = await asyncio.gather(*(images.fetch(url) for _ in range(AT_ONCE + 3)))
            assert len(found) == AT_ONCE + 3

    run(test)
