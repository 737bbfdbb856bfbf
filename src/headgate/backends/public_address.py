"""Whether an IP address is anybody's on the Internet, and nobody's inside a network.

Pure. The standard library knows the registries of its day; what matters here is named again,
so that an older list does not let an address through: ranges that carry an IPv4 address
inside (they would reach it round the check), and addresses of clouds' metadata that lie in
public ranges.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_NEVER_IPV4 = tuple(
    IPv4Network(network)
    for network in (
        # Assignments of protocols; Oracle's metadata is in it.
        "192.0.0.0/24",
        # The way into 6to4, given up.
        "192.88.99.0/24",
        # Carriers' own networks; Alibaba's metadata is in it.
        "100.64.0.0/10",
        # Azure's own services for its machines, keys among them.
        "168.63.129.16/32",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_UNICAST = IPv6Network("2000::/3")
_NEVER_IPV6 = tuple(
    IPv6Network(network)
    for network in (
        # Protocols' own: Teredo and its like carry IPv4 addresses.
        "2001::/23",
        "2001:db8::/32",
        # 6to4 carries an IPv4 address, too.
        "2002::/16",
        "3fff::/20",
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
"""How a network without IPv4 names the IPv4 Internet; as public as the address inside."""


def is_public(address: str) -> bool:
    """Whether `address` may be connected to for somebody outside."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return _is_public_ipv4(parsed)
    return _is_public_ipv6(parsed)


def _is_public_ipv4(address: IPv4Address) -> bool:
    return address.is_global and not any(address in network for network in _NEVER_IPV4)


def _is_public_ipv6(address: IPv6Address) -> bool:
    if address.scope_id is not None:
        return False
    if address.ipv4_mapped is not None:
        return _is_public_ipv4(address.ipv4_mapped)
    if address in _NAT64:
        return _is_public_ipv4(IPv4Address(int(address) & 0xFFFF_FFFF))
    is_unicast = address in _UNICAST and address.is_global
    return is_unicast and not any(address in network for network in _NEVER_IPV6)
