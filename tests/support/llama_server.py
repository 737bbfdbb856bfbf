"""The real llama.cpp server, from Debian's own package, without installing anything.

The package is in Debian's testing suite, whatever release this machine runs; it is
downloaded with its libraries into a cache folder and runs from there with its own
loader. Where that cannot be done, the same server code runs out of the `xllamacpp`
wheel in a child process, and `LlamaServer.origin` says so.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from support.process import ServerProcess

PACKAGE = "llama.cpp-tools"
SUITE = "forky"
OLDEST_BUILD = 11_000
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
CONTEXT_TOKENS = 16_384
SLOTS = 2
_LISTENING = r"listening on (http://127\.0\.0\.1:\d+)"
_MIRROR = re.compile(r"^'(https?://\S+/debian)/dists/[a-z]+/InRelease'", re.MULTILINE)


class CannotFetch(Exception):
    """Why Debian's package is not to be had here."""


@dataclass(frozen=True, slots=True)
class LlamaServer:
    """A running llama.cpp server that chats and embeds."""

    process: ServerProcess
    origin: str
    """Which one it is, in words, for the test report."""

    @property
    def base_url(self) -> str:
        return f"{self.process.root_url}/v1"


def start(model: Path) -> LlamaServer:
    """Serve `model` on a free loopback port; close `.process` when done."""
    try:
        root = fetched()
    except CannotFetch as reason:
        return LlamaServer(start_wheel(model), f"xllamacpp in a child process ({reason})")
    environment, command = _debian_command(root)
    process = ServerProcess(
        [
            *command,
            *("--model", str(model), "--alias", "tiny", "--host", "127.0.0.1", "--port", "0"),
            *("--ctx-size", str(CONTEXT_TOKENS), "--parallel", str(SLOTS)),
            *("--embeddings", "--pooling", "mean", "--slots", "--threads", "1"),
            *("--no-webui", "--offline", "--cache-ram", "0"),
        ],
        ready=_LISTENING,
        env=environment,
    )
    return LlamaServer(process, f"Debian's {PACKAGE}, build {_build(root)}")


def fetched() -> Path:
    """The folder that holds the package and its libraries, downloaded on first use.

    Raises:
        CannotFetch: No apt, no network, no such package, or too old a build.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    root = cache / "headgate-tests" / "llama-server"
    if not root.exists():
        root.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root.parent, prefix=".llama-server-") as scratch:
            _download(Path(scratch))
            _publish(Path(scratch) / "root", root)
    build = _build(root)
    if build < OLDEST_BUILD:
        raise CannotFetch(f"build {build} is older than {OLDEST_BUILD}: remove {root}")
    return root


def _publish(made: Path, root: Path) -> None:
    """Rename into place, so that half a download is never mistaken for a whole one."""
    try:
        made.rename(root)
    except OSError:
        if not root.exists():
            raise


def _download(scratch: Path) -> None:
    if not (shutil.which("apt-get") and shutil.which("dpkg") and KEYRING.exists()):
        raise CannotFetch("this is no Debian: apt or its keyring is missing")
    for folder in ("lists/partial", "cache/archives/partial", "root"):
        (scratch / folder).mkdir(parents=True)
    # apt gives up its rights to fetch, and must still be able to write here.
    scratch.chmod(0o755)
    sources = scratch / "sources.list"
    sources.write_text(f"deb [signed-by={KEYRING}] {_mirror()} {SUITE} main\n")
    (scratch / "status").touch()
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "Dir::State::lists": scratch / "lists",
        "Dir::State::status": scratch / "status",
        "Dir::Cache": scratch / "cache",
        "APT::Install-Recommends": "false",
        "APT::Sandbox::User": "",
        "Acquire::Retries": "2",
        "Acquire::http::Timeout": "20",
    }
    apt = ["apt-get", "-q", *(f"-o{name}={value}" for name, value in options.items())]
    _run([*apt, "update"])
    _run([*apt, "-y", "--download-only", "install", PACKAGE])
    for archive in sorted((scratch / "cache" / "archives").glob("*.deb")):
        _run(["dpkg", "-x", str(archive), str(scratch / "root")])


def _mirror() -> str:
    """The mirror this machine itself installs from."""
    found = _MIRROR.search(_run(["apt-get", "--print-uris", "update"]))
    if found is None:
        raise CannotFetch("apt's sources name no Debian mirror")
    return found[1]


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines() or ["no output"]
        raise CannotFetch(f"`{command[0]} {command[-1]}` failed: {words[-1]}")
    return done.stdout


def _debian_command(root: Path) -> tuple[dict[str, str], list[str]]:
    """Environment and first arguments: the program under the loader of its own release."""
    [library] = root.glob("usr/lib/*-linux-gnu")
    [loader] = library.glob("ld-linux-*.so.*")
    # The plainest build of the kernels: every 64-bit machine runs it.
    backends = sorted((library / "ggml" / "backends0").glob("libggml-cpu-*.so"))
    plainest = next((path for path in backends if path.stem.endswith("-x64")), backends[0])
    libraries = f"{library}:{library / 'llama'}"
    program = str(root / "usr" / "bin" / "llama-server")
    environment = {**os.environ, "GGML_BACKEND_PATH": str(plainest)}
    return environment, [str(loader), "--library-path", libraries, program]


def _build(root: Path) -> int:
    environment, command = _debian_command(root)
    done = subprocess.run(
        [*command, "--version"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    found = re.search(r"build (\d+)|version: (\d+) \(", done.stdout + done.stderr)
    if found is None:
        raise CannotFetch(f"the downloaded server does not run: {done.stderr.strip()[-200:]}")
    return int(found[1] or found[2])


def start_wheel(model: Path) -> ServerProcess:
    """The fallback: the same server out of the `xllamacpp` wheel."""
    script = Path(__file__).with_name("xllamacpp_server.py")
    command = [sys.executable, str(script), str(model), str(CONTEXT_TOKENS), str(SLOTS)]
    return ServerProcess(command, ready=_LISTENING, env=os.environ)
