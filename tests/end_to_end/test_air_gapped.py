"""Air-gapped, not one packet is sent anywhere else, whatever a request holds.

In a network namespace of its own every address but loopback is routed to an interface that
leads nowhere, and counts. Looking up a name counts, too.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.headgate_server import COMMAND, HeadgateServer, isolated_environment

NAMESPACE = ["unshare", "--net", "--map-root-user"]
OUTSIDE = """
set -e
ip link set lo up
ip link add out type veth peer name nowhere
for each in out nowhere; do
  sysctl -qw net.ipv6.conf.$each.disable_ipv6=1
  ip link set $each arp off up
done
ip addr add 198.51.100.1/24 dev out
ip route add default dev out
grep out: /proc/net/dev
set +e
"$@"
echo "code $?"
grep out: /proc/net/dev
"""
PHRASES = "ada@example.com, 4111 1111 1111 1111, https://example.com/x?k=1, DE89370400440532013000"


def can_isolate() -> bool:
    if not all(shutil.which(name) for name in ("unshare", "ip", "sysctl")):
        return False
    made = subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False)
    return made.returncode == 0


isolated = pytest.mark.skipif(not can_isolate(), reason="no network namespaces on this machine")


def packets_of(code: str, folder: Path) -> tuple[int, str]:
    """How many packets left while Python ran `code` with loopback alone, and what it printed."""
    script = folder / "isolated.py"
    script.write_text(code)
    command = [*NAMESPACE, "sh", "-c", OUTSIDE, "sh", sys.executable, str(script)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env=isolated_environment(folder) | {"OPENAI_API_KEY": "sk-none"},
    )
    before, *printed, code_line, after = done.stdout.splitlines()
    assert code_line == "code 0", done.stderr
    return sent(after) - sent(before), "\n".join(printed)


def sent(line: str) -> int:
    """Packets sent, of an interface's line in `/proc/net/dev`."""
    return int(line.partition(":")[2].split()[9])


@isolated
def test_the_count_sees_a_connection_and_a_look_up(tmp_path: Path) -> None:
    connecting = """
import socket
try:
    socket.create_connection(("203.0.113.9", 443), timeout=0.2)
except OSError as error:
    print(type(error).__name__)
"""
    count, printed = packets_of(connecting, tmp_path)
    assert count > 0
    assert printed == "TimeoutError"


@isolated
def test_detectors_send_nothing(tmp_path: Path) -> None:
    scanning = f"""
from headgate.privacy.scan import findings, known_labels
print(len(findings({PHRASES!r}, frozenset(known_labels()))) >= 3)
"""
    assert packets_of(scanning, tmp_path) == (0, "True")


@isolated
def test_a_server_sends_nothing_and_answers(tmp_path: Path) -> None:
    serving = f"""
import subprocess, sys, json, urllib.request, re
server = subprocess.Popen(
    [{str(COMMAND)!r}, "serve", "--air-gapped", "--port", "0", "--ledger", {str(tmp_path / "l")!r}],
    stderr=subprocess.PIPE, text=True)
for line in server.stderr:
    if found := re.search(r"base URL: (http://127[^ ]+)", line):
        break
body = json.dumps({{"model": "auto", "max_tokens": 4,
    "messages": [{{"role": "user", "content": {PHRASES!r}}}]}}).encode()
request = urllib.request.Request(found[1].strip() + "/chat/completions", body,
    {{"content-type": "application/json"}})
print(json.load(urllib.request.urlopen(request, timeout=60))["choices"][0]["finish_reason"])
server.terminate()
server.wait(30)
"""
    count, printed = packets_of(serving, tmp_path)
    assert count == 0
    assert printed in {"length", "stop"}


def test_a_configuration_with_a_hosted_api_is_not_served(tmp_path: Path) -> None:
    config: dict[str, Any] = {"targets": {"gpt": {"backend": "openai", "model": "gpt-4o"}}}
    path = tmp_path / "headgate.yaml"
    path.write_text(json.dumps(config))
    command = [str(COMMAND), "serve", "--air-gapped", "--config", str(path)]
    env = isolated_environment(tmp_path) | {"OPENAI_API_KEY": "sk-none"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=env)
    assert done.returncode == 3
    assert "is not loaded in an air-gapped Headgate" in done.stderr
    assert "Traceback" not in done.stderr


def test_keys_in_the_environment_are_not_used(tmp_path: Path) -> None:
    env = {"OPENAI_API_KEY": "sk-none"}
    server = HeadgateServer(tmp_path, None, env=env, arguments=("--air-gapped",))
    with server, server.client() as client:
        assert not any("gpt" in model.id for model in client.models.list())


def test_a_library_that_reaches_out_is_stopped(tmp_path: Path) -> None:
    code = """
import socket
from headgate.runtime.air_gap import seal
seal()
for call in (lambda: socket.create_connection(("203.0.113.9", 443), timeout=1),
             lambda: socket.getaddrinfo("example.com", 443),
             lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("203.0.113.9", 53))):
    try:
        call()
    except PermissionError as error:
        print(error)
listener = socket.create_server(("127.0.0.1", 0))
socket.create_connection(listener.getsockname(), timeout=5)
print("reached itself")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.splitlines() == [
        "air-gapped: nothing is sent to `203.0.113.9`",
        "air-gapped: nothing is sent to `example.com`",
        "air-gapped: nothing is sent to `203.0.113.9`",
        "reached itself",
    ]
