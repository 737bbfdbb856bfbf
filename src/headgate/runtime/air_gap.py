"""Nothing of this process goes out: the last line behind a configuration that says so.

Our own client refuses other addresses itself (`backends.dial`). This refuses them to
everything else that Python runs, libraries included: it is asked by the interpreter before
any socket connects, sends or looks up a name.
"""

import sys
from functools import cache
from typing import Any

from headgate.core.addresses import is_own_address

_WITH_ADDRESS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_LOOK_UPS = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})


@cache
def seal() -> None:
    """Refuse every address that is not our own, from now on and for good."""
    sys.addaudithook(_refuse_others)


def _refuse_others(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _WITH_ADDRESS:
        address = arguments[1]
        # Unix sockets have a path for an address; connected ones send to none.
        if isinstance(address, tuple) and address:
            _check(address[0])
    elif event in _LOOK_UPS and arguments[0] is not None:
        _check(arguments[0])


def _check(host: Any) -> None:
    name = host.decode("latin-1") if isinstance(host, bytes) else str(host)
    if name and not is_own_address(name):
        raise PermissionError(f"air-gapped: nothing is sent to `{name}`")
