"""What the interpreter is told to refuse; tests/end_to_end/test_air_gapped.py seals a process."""

import pytest

from headgate.runtime.air_gap import _refuse_others


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("socket.connect", (None, ("203.0.113.9", 443))),
        ("socket.connect", (None, ("2001:db8::1", 443, 0, 0))),
        ("socket.sendto", (None, ("8.8.8.8", 53))),
        ("socket.sendmsg", (None, ("8.8.8.8", 53))),
        ("socket.getaddrinfo", ("api.openai.com", 443, 0, 0, 0)),
        ("socket.getaddrinfo", (b"api.openai.com", 443, 0, 0, 0)),
        ("socket.gethostbyname", ("example.com",)),
    ],
)
def test_other_addresses_and_names_are_refused(event, arguments):
    with pytest.raises(PermissionError, match="air-gapped: nothing is sent to"):
        _refuse_others(event, arguments)


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("socket.connect", (None, ("127.0.0.1", 80))),
        ("socket.connect", (None, ("10.0.0.5", 80))),
        ("socket.connect", (None, "/run/a.sock")),
        ("socket.sendmsg", (None, None)),
        ("socket.getaddrinfo", (None, 0, 0, 0, 0)),
        ("socket.getaddrinfo", ("localhost", 80, 0, 0, 0)),
        ("open", ("/etc/hosts", "r", 0)),
    ],
)
def test_our_own_and_everything_else_pass(event, arguments):
    _refuse_others(event, arguments)
