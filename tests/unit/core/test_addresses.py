import pytest

from headgate.core.addresses import is_own_address


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.9.9.9", "::1", "10.1.2.3", "192.168.0.9", "fd00::1"]
)
def test_this_machine_and_private_networks_are_our_own(host: str):
    assert is_own_address(host)


@pytest.mark.parametrize(
    "host",
    [
        *(
            "8.8.8.8",
            "2001:4860:4860::8888",
            "203.0.113.9",
            "0.0.0.0",
            "169.254.169.254",
            "fe80::1",
            "fe80::1%eth0",
        ),
        *("box.lan", "localhost.example.com", "", "api.openai.com", "0x7f000001"),
    ],
)
def test_nothing_else_is(host: str):
    assert not is_own_address(host)
