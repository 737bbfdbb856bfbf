"""Which addresses an entry of `server.image_hosts` means."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.backends.image_hosts import IMAGE_HOST, LONGEST_URL, image_hosts, located
from headgate.core.errors import InvalidRequest


def admits(entry: str, url: str) -> bool:
    (host,) = image_hosts([entry])
    return host.admits(located(url))


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("images.example.com", "https://images.example.com/a.png"),
        ("images.example.com", "HTTPS://Images.Example.COM.:443/a.png?x=1#here"),
        ("*.example.com", "https://a.b.example.com/"),
        ("*", "https://anywhere.example/"),
        ("*", "https://[2606:4700::1]/a.png"),
        ("http://plain.example", "http://plain.example/a.png"),
        ("http://*", "http://plain.example/a.png"),
        ("images.example.com:8443", "https://images.example.com:8443/a.png"),
        ("xn--bcher-kva.example", "https://bücher.example/a.png"),
    ],
)
def test_what_an_entry_means(entry: str, url: str) -> None:
    assert admits(entry, url)


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("images.example.com", "https://example.com/"),
        ("images.example.com", "https://a.images.example.com/"),
        ("images.example.com", "https://images.example.com.evil.test/"),
        ("images.example.com", "http://images.example.com/"),
        ("images.example.com", "https://images.example.com:8443/"),
        ("images.example.com", "https://evil.test/images.example.com"),
        ("images.example.com", "https://evil.test?images.example.com"),
        ("images.example.com", "https://evil.test#images.example.com"),
        ("*.example.com", "https://example.com/"),
        ("*.example.com", "https://badexample.com/"),
        ("*", "http://anywhere.example/"),
        ("*", "https://anywhere.example:22/"),
        ("http://plain.example", "https://plain.example/"),
        ("http://plain.example", "http://plain.example:8080/"),
    ],
)
def test_what_it_does_not_mean(entry: str, url: str) -> None:
    assert not admits(entry, url)


@pytest.mark.parametrize(
    "url",
    [
        *("", "images.example.com/a.png", "//images.example.com/a.png", "https://", "https:///x"),
        *("file:///etc/passwd", "ftp://a.test/x", "gopher://a.test/", "data:image/png;base64,AA"),
        *("https://me:secret@a.test/", "https://@a.test/", "https://a.test\\@b.test/"),
        *("https://a.test:port/", "https://a.test:99999/", "https://a..test/", "https://[::1/"),
        *("https://a b.test/", "https://a\x00.test/", "https://[fe80::1%25eth0]/"),
        *("https://" + "a" * 70 + ".test/", "https://a.test/" + "a" * LONGEST_URL),
    ],
)
def test_what_is_no_address_of_a_picture_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        located(url)
    assert "secret" not in caught.value.message


@given(st.text(max_size=60))
def test_any_text_is_refused_or_makes_a_request_line(text: str) -> None:
    for url in (text, f"https://{text}", f"https://a.test/{text}"):
        try:
            found = located(url)
        except InvalidRequest:
            continue
        assert re.fullmatch(r"/[\x21-\x7e]*", found.path)
        assert re.fullmatch(r"https?://[a-z0-9_.:\[\]-]+:[0-9]+", found.base_url)


def test_a_path_keeps_what_is_quoted_and_quotes_the_rest() -> None:
    assert located("https://a.test/a%2Fb/ü c?q=ä b&x=%20#no").path == (
        "/a%2Fb/%C3%BC%20c?q=%C3%A4%20b&x=%20"
    )
    assert located("https://a.test").path == "/"


@pytest.mark.parametrize("entry", ["", "*.", "a*.test", "https://a.test", "a.test/x", "a..b", "A"])
def test_what_no_entry_is(entry: str) -> None:
    assert not re.search(IMAGE_HOST, entry)
