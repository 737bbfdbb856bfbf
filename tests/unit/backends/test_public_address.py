"""Only what anybody on the Internet may reach is reached."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.backends.public_address import is_public

# Written down again, from IANA's registries of special addresses, not taken from the code.
INNER_IPV4 = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
    *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15"),
    *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "192.88.99.0/24"),
)
INNER_IPV6 = (
    *("::/96", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16"),
    *("64:ff9b:1::/48", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "4000::/2", "8000::/2"),
)
PUBLIC_IPV4 = ("1.0.0.0/8", "8.8.8.0/24", "93.184.0.0/16", "151.101.0.0/16", "208.80.152.0/22")
PUBLIC_IPV6 = ("2606:4700::/32", "2a00:1450::/32", "2620:0:860::/46", "2400:cb00::/32")


def ipv4_of(networks: tuple[str, ...]) -> st.SearchStrategy[IPv4Address]:
    return st.sampled_from(networks).flatmap(
        lambda network: st.ip_addresses(v=4, network=IPv4Network(network))
    )


def ipv6_of(networks: tuple[str, ...]) -> st.SearchStrategy[IPv6Address]:
    return st.sampled_from(networks).flatmap(
        lambda network: st.ip_addresses(v=6, network=IPv6Network(network))
    )


def carrying(address: IPv4Address) -> list[str]:
    """Ways to write an IPv4 address in IPv6 that some machine on the way would undo."""
    number = int(address)
    return [
        str(IPv6Address((0xFFFF << 32) | number)),
        str(IPv6Address(number)),
        str(IPv6Address((0x0064_FF9B << 96) | number)),
        str(IPv6Address((0x0064_FF9B_0001 << 80) | number)),
        str(IPv6Address((0x2002 << 112) | (number << 80) | 1)),
        # Teredo: the server's address, and the client's with every bit turned.
        str(IPv6Address((0x2001_0000 << 96) | (number << 64) | 0xF7F7_F7F7)),
        str(IPv6Address((0x2001_0000 << 96) | (0x0808_0808 << 64) | (number ^ 0xFFFF_FFFF))),
    ]


@given(ipv4_of(INNER_IPV4))
def test_no_inner_ipv4_address_passes_and_none_that_is_carried_in_ipv6(
    address: IPv4Address,
) -> None:
    assert not is_public(str(address))
    assert [way for way in carrying(address) if is_public(way)] == []


@given(ipv6_of(INNER_IPV6))
def test_no_inner_ipv6_address_passes(address: IPv6Address) -> None:
    assert not is_public(str(address))


@given(ipv4_of(PUBLIC_IPV4) | ipv6_of(PUBLIC_IPV6))
def test_what_is_public_passes(address: IPv4Address | IPv6Address) -> None:
    assert is_public(str(address))


@given(ipv4_of(PUBLIC_IPV4))
def test_a_network_without_ipv4_may_name_public_ipv4(address: IPv4Address) -> None:
    assert is_public(str(IPv6Address((0x0064_FF9B << 96) | int(address))))
    assert is_public(f"::ffff:{address}")


@pytest.mark.parametrize(
    "metadata",
    [
        *("169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192"),
        *("fd00:ec2::254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe"),
    ],
)
def test_no_cloud_s_metadata_is_public(metadata: str) -> None:
    assert not is_public(metadata)


@given(st.text(max_size=40))
def test_what_is_no_address_is_not_public(text: str) -> None:
    if is_public(text):
        assert IPv4Address(text).is_global or IPv6Address(text).is_global


@pytest.mark.parametrize(
    "odd", ["", "0", "127.1", "0x7f.0.0.1", "2130706433", "2606:4700::1%eth0", "1.1.1.1/32"]
)
def test_other_ways_of_writing_are_not_understood(odd: str) -> None:
    assert not is_public(odd)
