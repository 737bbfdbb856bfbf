"""What is measured: each gateway as a process on its core, in front of the same upstream."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import GATEWAY_CORE, LOAD_CORE, MODEL, ROOT
from bench.load import request_body
from bench.machine import need_litellm, search_path
from bench.nginx import nginx_config

READY_WITHIN_S = 120.0


@dataclass(slots=True)
class Running:
    """A process group of ours, and where it answers."""

    name: str
    process: subprocess.Popen[bytes] | None
    url: str
    stream_url: str
    ledger: Path | None = None
    requests: int = 0
    """How many answers it has given to this bench."""
    log: Path | None = field(default=None, repr=False)

    def pause(self) -> None:
        """Take no time on the core while another is measured."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it, kindly first."""
        if self.process is None or self.process.poll() is not None:
            return
        self.resume()
        self._signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self.process.wait(10)

    def resident_mib(self) -> float | None:
        """Memory of the whole process group; `None` for the upstream itself."""
        if self.process is None:
            return None
        return sum(_resident_kib(pid) for pid in _group(self.process.pid)) / 1024

    def cpu_s(self) -> float:
        """Time its processes have spent on the core so far; 0 for the upstream itself."""
        return sum(_cpu_s(pid) for pid in _group(self.process.pid)) if self.process else 0.0

    def _signal(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, number)


class Bench:
    """Starts things in a scratch folder and stops them all at the end."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self._started: list[Running] = []
        self.upstream = self._start_upstream()

    def close(self) -> None:
        """Stop everything, last first."""
        while self._started:
            self._started.pop().stop()

    def direct(self) -> Running:
        """The upstream without anything before it."""
        return Running("direct", None, self.upstream, self.upstream)

    def nginx(self) -> Running:
        """nginx as a plain proxy with keep-alive on both sides, one worker."""
        port, stream_port = free_port(), free_port()
        folder = self.scratch / "nginx"
        folder.mkdir()
        config = folder / "nginx.conf"
        config.write_text(nginx_config(self.upstream, port, stream_port, folder))
        command = ["nginx", "-p", str(folder), "-c", str(config), "-e", "stderr"]
        running = self._start("nginx", command, port, env=os.environ)
        running.stream_url = f"http://127.0.0.1:{stream_port}"
        return running

    def headgate(self, *, with_privacy: bool = False) -> Running:
        """Headgate as it is installed here: ledger on, a route with two targets."""
        name = "headgate, privacy scan" if with_privacy else "headgate"
        folder = self.scratch / name.replace(", ", "-").replace(" ", "-")
        folder.mkdir()
        target = {
            "backend": "openai_compatible",
            "base_url": f"{self.upstream}/v1",
            "model": MODEL,
            "price": {"input_usd_per_mtok": 1, "output_usd_per_mtok": 2},
        }
        near = {**target, "local": True}
        route: dict[str, Any] = {"targets": ["first", "second"]}
        if with_privacy:
            route["privacy"] = {}
        config = folder / "headgate.yaml"
        routes = {MODEL: route}
        config.write_text(
            json.dumps({"targets": {"first": target, "second": near}, "routes": routes})
        )
        port, ledger = free_port(), folder / "ledger.sqlite"
        program = str(Path(sys.executable).with_name("headgate"))
        where = ["--config", str(config), "--port", str(port), "--ledger", str(ledger)]
        env = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
        running = self._start(name, [program, "serve", *where], port, env=env)
        running.ledger = ledger
        return running

    def litellm(self) -> Running:
        """LiteLLM's proxy, one worker, no database, the same two targets."""
        program = need_litellm()
        folder = self.scratch / "litellm"
        folder.mkdir()
        parameters = {
            "model": f"openai/{MODEL}",
            "api_base": f"{self.upstream}/v1",
            "api_key": "none",
        }
        deployment = {"model_name": MODEL, "litellm_params": parameters}
        config = folder / "config.yaml"
        config.write_text(json.dumps({"model_list": [deployment, deployment]}))
        port = free_port()
        where = ["--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "LITELLM_LOG": "ERROR",
            "LITELLM_MODE": "PRODUCTION",
            # No gateway here asks for a key.
            "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true",
        }
        return self._start("litellm", [program, *where, "--num_workers", "1"], port, env=env)

    def _start_upstream(self) -> str:
        process = subprocess.Popen(
            pinned(LOAD_CORE, [sys.executable, "-m", "bench.upstream"]),
            stdout=subprocess.PIPE,
            cwd=ROOT,
            start_new_session=True,
        )
        assert process.stdout is not None
        url = process.stdout.readline().decode().rpartition(" ")[2].strip()
        self._started.append(Running("upstream", process, url, url))
        return url

    def _start(
        self, name: str, command: list[str], port: int, *, env: Mapping[str, str]
    ) -> Running:
        url = f"http://127.0.0.1:{port}"
        log = self.scratch / f"{name.replace(', ', '-').replace(' ', '-')}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                pinned(GATEWAY_CORE, command),
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env={**env, "PATH": search_path()},
                start_new_session=True,
            )
        running = Running(name, process, url, url, log=log)
        self._started.append(running)
        _wait_until_it_answers(running)
        return running


def pinned(core: int, command: list[str]) -> list[str]:
    """The command, kept to one core."""
    return ["taskset", "--cpu-list", str(core), *command]


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(running: Running) -> None:
    assert running.process is not None
    until = time.monotonic() + READY_WITHIN_S
    problem: object = "it did not answer in time"
    while time.monotonic() < until and running.process.poll() is None:
        request = urllib.request.Request(
            f"{running.url}/v1/chat/completions",
            request_body(),
            {"content-type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10):
                return
        except urllib.error.HTTPError as error:
            problem = f"{error.code}: {error.read()[:500].decode(errors='replace')}"
            break
        except OSError as error:
            problem = error
        time.sleep(0.1)
    words = running.log.read_text(errors="replace")[-2000:] if running.log else ""
    raise RuntimeError(f"{running.name} does not serve ({problem}); it said:\n{words}")


def _group(leader: int) -> list[int]:
    """Process ids of the group that `leader` leads."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            fields = (path / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader:
            found.append(int(path.name))
    return found


def _cpu_s(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_kib(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    sizes = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(sizes[0]) if sizes else 0
