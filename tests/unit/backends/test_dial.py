"""Ways to a backend: Unix sockets, TLS, proxies."""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from headgate.backends.client import HttpClient
from headgate.backends.exchange import Endpoint, Timeouts
from headgate.core.errors import Timeout, UpstreamUnavailable
from unit.backends.conftest import Run
from unit.backends.scripted_server import (
    BODY,
    PATH,
    QUICK,
    Peer,
    Request,
    answer,
    answering,
    serving,
)

SHORT = 0.05


def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def client_tls(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate)


async def fetch(client: HttpClient, endpoint: Endpoint, timeouts: Timeouts = QUICK) -> bytes:
    exchange = await client.post(endpoint, PATH, BODY, timeouts=timeouts, stream=False)
    body = await exchange.read(1 << 20)
    exchange.close()
    return body


def test_a_unix_socket_stands_in_for_the_host(run: Run, tmp_path: Path) -> None:
    asked: list[Request] = []

    async def script(peer: Peer) -> None:
        asked.append(await peer.request())
        await peer.send(answer(b"local"))
        await peer.gone()

    async def test() -> None:
        client = HttpClient({"HTTP_PROXY": "http://127.0.0.1:1"})
        async with serving(script, uds=str(tmp_path / "engine.sock")) as server:
            assert await fetch(client, server.endpoint("http://engine/v1")) == b"local"
            await client.close()
        assert asked[0].headers["host"] == "engine"

    run(test)


def test_a_missing_unix_socket_is_named(run: Run, tmp_path: Path) -> None:
    async def test() -> None:
        endpoint = Endpoint(base_url="http://engine/v1", uds=str(tmp_path / "none.sock"))
        with pytest.raises(UpstreamUnavailable, match=r"none\.sock.*cannot be reached"):
            await fetch(HttpClient(), endpoint)

    run(test)


def test_tls_connections_are_reused(run: Run, certificate: Path) -> None:
    async def test() -> None:
        client = HttpClient(tls=client_tls(certificate))
        big = b"x" * 1_000_000
        async with serving(answering(big, b"two"), tls=server_tls(certificate)) as server:
            endpoint = server.endpoint("https://localhost:{port}/v1")
            assert await fetch(client, endpoint) == big
            assert await fetch(client, endpoint) == b"two"
            await client.close()
            assert len(server.peers) == 1

    run(test)


def test_leaving_in_the_middle_closes_a_tls_connection_too(run: Run, certificate: Path) -> None:
    async def test() -> None:
        client = HttpClient(tls=client_tls(certificate))
        arrived = asyncio.Event()

        async def script(peer: Peer) -> None:
            await peer.request()
            arrived.set()
            await peer.gone()

        async with serving(script, tls=server_tls(certificate)) as server:
            endpoint = server.endpoint("https://localhost:{port}/v1")
            task = asyncio.ensure_future(fetch(client, endpoint))
            await arrived.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            async with asyncio.timeout(0.5):
                await server.done.get()

    run(test)


def test_an_untrusted_certificate_is_refused_with_the_way_out(run: Run, certificate: Path) -> None:
    async def test() -> None:
        async with serving(answering(), tls=server_tls(certificate)) as server:
            with pytest.raises(UpstreamUnavailable, match="is not trusted") as caught:
                await fetch(HttpClient(), server.endpoint("https://localhost:{port}/v1"))
            assert "SSL_CERT_FILE" in (caught.value.hint or "")

    run(test)


def test_ssl_cert_file_names_more_certificates_to_trust(
    run: Run, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    async def test() -> None:
        client = HttpClient()
        async with serving(answering(b"ok"), tls=server_tls(certificate)) as server:
            assert await fetch(client, server.endpoint("https://localhost:{port}/v1")) == b"ok"
            await client.close()

    run(test)


def test_a_certificate_for_another_name_is_refused(
    run: Run, certificate: Path, tmp_path: Path
) -> None:
    async def test() -> None:
        client = HttpClient(tls=client_tls(certificate))
        uds = str(tmp_path / "tls.sock")
        async with serving(answering(b"ok"), uds=uds, tls=server_tls(certificate)) as server:
            with pytest.raises(UpstreamUnavailable, match="is not trusted"):
                await fetch(client, server.endpoint("https://other.test/v1"))
            assert await fetch(client, server.endpoint("https://backend.test/v1")) == b"ok"
            await client.close()

    run(test)


def test_tls_to_a_server_that_speaks_none_is_unavailable(run: Run) -> None:
    async def plain(peer: Peer) -> None:
        await peer.send(b"hello, I am no TLS server\r\n")
        await peer.gone()

    async def test() -> None:
        async with serving(plain) as server:
            with pytest.raises(UpstreamUnavailable, match="cannot be reached"):
                await fetch(HttpClient(), server.endpoint("https://localhost:{port}/v1"))

    run(test)


def test_a_tls_handshake_that_never_ends_runs_into_the_connect_limit(run: Run) -> None:
    async def silent(peer: Peer) -> None:
        await peer.gone()

    async def test() -> None:
        async with serving(silent) as server:
            endpoint = server.endpoint("https://localhost:{port}/v1")
            with pytest.raises(Timeout) as caught:
                await fetch(HttpClient(), endpoint, Timeouts(connect_s=SHORT))
            assert caught.value.phase == "connect"

    run(test)


def proxied(port: int, scheme: str, user: str = "") -> Mapping[str, str]:
    return {f"{scheme.upper()}_PROXY": f"http://{user}127.0.0.1:{port}"}


def test_https_goes_through_a_tunnel(run: Run, certificate: Path) -> None:
    asked: list[Request] = []

    async def proxy(peer: Peer) -> None:
        asked.append(await peer.request())
        await peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await peer.secure(server_tls(certificate))
        asked.append(await peer.request())
        await peer.send(answer(b"through"))
        await peer.gone()

    async def test() -> None:
        async with serving(proxy) as server:
            environ = proxied(server.port, "https", "me:p%40ss@")
            client = HttpClient(environ, tls=client_tls(certificate))
            endpoint = Endpoint(
                base_url="https://backend.test/v1", headers={"authorization": "Bearer key"}
            )
            assert await fetch(client, endpoint) == b"through"
            await client.close()
        tunnel, inner = asked
        assert (tunnel.method, tunnel.target) == ("CONNECT", "backend.test:443")
        # The proxy learns its own password and nothing of ours.
        assert tunnel.headers == {
            "host": "backend.test:443",
            "proxy-authorization": "Basic " + b64encode(b"me:p@ss").decode(),
        }
        assert (inner.target, inner.headers["host"]) == ("/v1/chat/completions", "backend.test")
        assert "proxy-authorization" not in inner.headers

    run(test)


def test_the_backend_behind_a_tunnel_must_prove_its_name(run: Run, certificate: Path) -> None:
    async def proxy(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            await peer.secure(server_tls(certificate))
        except (ssl.SSLError, ConnectionError):
            return

    async def test() -> None:
        async with serving(proxy) as server:
            environ = proxied(server.port, "https")
            client = HttpClient(environ, tls=client_tls(certificate))
            with pytest.raises(UpstreamUnavailable, match="is not trusted"):
                await fetch(client, Endpoint(base_url="https://other.test/v1"))

    run(test)


def test_plain_http_names_the_whole_url_to_the_proxy(run: Run) -> None:
    asked: list[Request] = []

    async def proxy(peer: Peer) -> None:
        asked.append(await peer.request())
        await peer.send(answer(b"through"))
        await peer.gone()

    async def test() -> None:
        async with serving(proxy) as server:
            client = HttpClient(proxied(server.port, "http", "me:secret@"))
            assert await fetch(client, Endpoint(base_url="http://backend.test:81/v1")) == b"through"
            await client.close()
        assert asked[0].target == "http://backend.test:81/v1/chat/completions"
        assert asked[0].headers["host"] == "backend.test:81"
        assert asked[0].headers["proxy-authorization"].startswith("Basic ")

    run(test)


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nbytes before the backend could say any",
        b"garbage\r\n\r\n",
        b"x" * 20_000,
        b"",
    ],
    ids=["407", "too much", "garbage", "endless", "nothing"],
)
def test_a_proxy_that_does_not_open_the_tunnel_makes_the_backend_unavailable(
    run: Run, said: bytes
) -> None:
    async def proxy(peer: Peer) -> None:
        await peer.request()
        await peer.send(said)
        if said:
            await peer.gone()
        else:
            peer.close()

    async def test() -> None:
        async with serving(proxy) as server:
            client = HttpClient(proxied(server.port, "https", "me:secret@"))
            with pytest.raises(UpstreamUnavailable, match="does not let us through") as caught:
                await fetch(client, Endpoint(base_url="https://backend.test/v1"))
            assert "secret" not in str(caught.value)

    run(test)


def test_a_proxy_that_says_nothing_runs_into_the_connect_limit(run: Run) -> None:
    async def proxy(peer: Peer) -> None:
        # On a busy machine the limit may be over before anything was said.
        with suppress(asyncio.IncompleteReadError):
            await peer.request()
            await peer.gone()

    async def test() -> None:
        async with serving(proxy) as server:
            client = HttpClient(proxied(server.port, "https"))
            endpoint = Endpoint(base_url="https://backend.test/v1")
            with pytest.raises(Timeout) as caught:
                await fetch(client, endpoint, Timeouts(connect_s=SHORT))
            assert caught.value.phase == "connect"

    run(test)


def test_an_unreachable_proxy_is_named(run: Run) -> None:
    async def test() -> None:
        async with serving(answering()) as server:
            pass
        client = HttpClient(proxied(server.port, "https"))
        with pytest.raises(UpstreamUnavailable, match="through the proxy") as caught:
            await fetch(client, Endpoint(base_url="https://backend.test/v1"))
        assert str(server.port) in str(caught.value)

    run(test)
