"""Which network addresses are this machine, or a network of our own."""

from ipaddress import ip_address, ip_network

# RFC 1918, RFC 4193. `is_private` has more: documentation, benchmarks, link-local addresses,
# at which clouds serve their metadata.
_PRIVATE = tuple(
    ip_network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)


def is_own_address(host: str) -> bool:
    """Whether `host` is a loopback or private address, or `localhost`.

    Any other name is not: it might resolve anywhere, and looking it up asks a server.
    """
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or any(address in network for network in _PRIVATE)
