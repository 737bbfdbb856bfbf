import pytest

from headgate.backends.proxies import Proxies, Proxy, is_loopback
from headgate.core.errors import UpstreamUnavailable

BOTH = {"HTTP_PROXY": "http://plain:3128", "HTTPS_PROXY": "http://secure:3129"}


def test_each_scheme_has_its_own_proxy() -> None:
    proxies = Proxies(BOTH)
    assert proxies.between("http", "api.test", 80) == Proxy("plain", 3128)
    assert proxies.between("https", "api.test", 443) == Proxy("secure", 3129)
    assert Proxies({}).between("https", "api.test", 443) is None


def test_lower_case_counts_and_comes_first() -> None:
    environ = {"https_proxy": "http://lower:1", "HTTPS_PROXY": "http://upper:2"}
    assert Proxies(environ).between("https", "api.test", 443) == Proxy("lower", 1)


def test_later_changes_of_the_environment_have_no_effect() -> None:
    environ = dict(BOTH)
    proxies = Proxies(environ)
    environ.clear()
    assert proxies.between("https", "api.test", 443) is not None


@pytest.mark.parametrize("host", ["localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_this_machine_is_never_reached_through_a_proxy(host: str) -> None:
    assert is_loopback(host)
    assert Proxies(BOTH).between("http", host, 80) is None


@pytest.mark.parametrize(
    ("exempt", "host", "is_direct"),
    [
        ("*", "api.test", True),
        ("api.test", "api.test", True),
        ("API.test", "api.TEST", True),
        ("api.test", "eu.api.test", True),
        (".api.test", "eu.api.test", True),
        (".api.test", "api.test", True),
        ("*.api.test", "eu.api.test", True),
        ("api.test", "myapi.test", False),
        ("other.test, api.test", "api.test", True),
        ("api.test:443", "api.test", True),
        ("api.test:8443", "api.test", False),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.3", True),
        ("0.0.1", "10.0.0.1", False),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.0.0.0/8", "fe80::1", False),
        ("fe80::/10", "fe80::1", True),
        ("[fe80::1]:443", "fe80::1", True),
        (" , ,", "api.test", False),
        ("*.", "api.test", False),
    ],
)
def test_no_proxy_lists_names_domains_addresses_and_networks(
    exempt: str, host: str, is_direct: bool
) -> None:
    proxies = Proxies({**BOTH, "NO_PROXY": exempt})
    assert (proxies.between("https", host, 443) is None) is is_direct


def test_a_password_is_sent_and_not_shown() -> None:
    proxy = Proxies({"https_proxy": "http://me:s%3Acret@proxy:1"}).between("https", "a.test", 443)
    assert proxy == Proxy("proxy", 1, "Basic bWU6czpjcmV0")
    assert "bWU6" not in repr(proxy)


def test_a_proxy_without_scheme_or_port_is_plain_http_at_80() -> None:
    assert Proxies({"https_proxy": "proxy"}).between("https", "a.test", 443) == Proxy("proxy", 80)


@pytest.mark.parametrize("url", ["socks5://me:secret@proxy:1", "https://proxy", "http://", "h:x"])
def test_a_proxy_we_cannot_speak_to_is_an_error_when_it_is_needed(url: str) -> None:
    proxies = Proxies({"HTTPS_PROXY": url})
    assert proxies.between("http", "a.test", 80) is None
    with pytest.raises(UpstreamUnavailable, match="HTTPS_PROXY") as caught:
        proxies.between("https", "a.test", 443)
    assert "secret" not in str(caught.value)
