import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.backends.exchange import Endpoint
from headgate.backends.place import Place, header_lines, place_of, request_head
from headgate.backends.proxies import Proxies
from headgate.core.errors import ConfigError

NONE = Proxies({})


def place(url: str) -> Place:
    return place_of(Endpoint(base_url=url), NONE)


@pytest.mark.parametrize(
    ("url", "found", "authority"),
    [
        ("https://api.test/v1", Place("https", "api.test", 443), "api.test"),
        ("https://api.test:443/v1", Place("https", "api.test", 443), "api.test"),
        ("http://API.test", Place("http", "api.test", 80), "api.test"),
        ("http://127.0.0.1:8080/v1", Place("http", "127.0.0.1", 8080), "127.0.0.1:8080"),
        ("http://[::1]:8080/v1", Place("http", "::1", 8080), "[::1]:8080"),
        ("https://bücher.test", Place("https", "xn--bcher-kva.test", 443), "xn--bcher-kva.test"),
    ],
)
def test_a_base_url_says_where_to_connect(url: str, found: Place, authority: str) -> None:
    assert place(url) == found
    assert found.authority == authority


def test_endpoints_that_differ_in_path_and_key_share_a_place() -> None:
    one = Endpoint(base_url="https://api.test/v1", headers={"authorization": "Bearer one"})
    two = Endpoint(base_url="https://api.test/openai", headers={"authorization": "Bearer two"})
    assert place_of(one, NONE) == place_of(two, NONE)


def test_a_socket_is_a_place_of_its_own_and_needs_no_proxy() -> None:
    proxies = Proxies({"HTTP_PROXY": "http://proxy:1"})
    found = place_of(Endpoint(base_url="http://engine/v1", uds="/run/e.sock"), proxies)
    assert found == Place("http", "engine", 80, uds="/run/e.sock")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.test/v1",
        "ftp://api.test",
        "http://",
        "http://a..b",
        "http://api.test:99999",
        "http://[::1",
        "http://me:secret@api.test",
        "http://api.test?key=secret",
    ],
)
def test_what_is_no_base_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        place(url)
    assert "secret" not in str(caught.value)


def head(path: str, base_url: str = "https://api.test/v1", **headers: str) -> bytes:
    endpoint = Endpoint(base_url=base_url, headers=headers)
    return request_head("POST", endpoint, place_of(endpoint, NONE), path)


def test_a_path_follows_the_base_url() -> None:
    assert head("/chat").startswith(b"POST /v1/chat HTTP/1.1\r\nhost: api.test\r\n")
    assert head("/chat", "https://api.test/").startswith(b"POST /chat HTTP/1.1\r\n")


def test_headers_of_the_endpoint_win_over_our_own() -> None:
    lines = head("/chat", **{"User-Agent": "other"}).decode().split("\r\n")
    assert [line for line in lines if line.startswith("user-agent")] == ["user-agent: other"]


@pytest.mark.parametrize("path", ["/a b", "/a\r\nx: y", "/a\n", "a", "", "/ü", "/a\x00"])
def test_a_path_cannot_leave_its_line(path: str) -> None:
    with pytest.raises(ConfigError):
        head(path, "https://api.test")


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=40), max_size=3))
def test_a_header_stays_in_its_line_or_is_refused(headers: dict[str, str]) -> None:
    try:
        lines = header_lines(headers)
    except ConfigError:
        return
    assert lines.count(b"\r\n") == lines.count(b"\n") == lines.count(b"\r") == len(headers)
