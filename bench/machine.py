"""What the bench needs of the machine: two cores, nginx, wrk, and a LiteLLM of its own."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from bench import GATEWAY_CORE, LOAD_CORE, ROOT

LITELLM = "litellm[proxy]==1.109.1"
LITELLM_ENVIRONMENT = ROOT / ".venv-litellm"
OVERRIDES = ROOT / "bench" / "litellm-overrides.txt"
UV = "uv==0.13.9"


class Missing(Exception):
    """Something the bench cannot do without, and how to get it."""


def check_cores() -> None:
    """
    Raises:
        Missing: The two cores the bench pins to are not there.
    """
    if not hasattr(os, "sched_getaffinity"):
        raise Missing("the bench pins processes to cores, which only Linux lets it do")
    if not {GATEWAY_CORE, LOAD_CORE} <= os.sched_getaffinity(0):
        raise Missing(f"the bench needs cores {GATEWAY_CORE} and {LOAD_CORE}")


def need(*packages: str) -> None:
    """Install system packages whose program of the same name is missing.

    Raises:
        Missing: And it cannot be installed from here.
    """
    missing = [name for name in packages if shutil.which(name, path=search_path()) is None]
    if not missing:
        return
    install = ["apt-get", "-q", "install", "-y", "--no-install-recommends", *missing]
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise Missing(f"{' and '.join(missing)} missing: `{' '.join(install)}` installs it")
    print(f"installing {' and '.join(missing)}", file=sys.stderr)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "-q", "update"], install):
        _run(command, env=quiet)


def need_litellm() -> str:
    """Path of the `litellm` command in an environment of its own, made on first use (660 MB).

    Raises:
        Missing: It cannot be installed.
    """
    program = LITELLM_ENVIRONMENT / "bin" / "litellm"
    if not program.exists():
        print(f"installing {LITELLM} into {LITELLM_ENVIRONMENT}", file=sys.stderr)
        python = str(LITELLM_ENVIRONMENT / "bin" / "python")
        _run([sys.executable, "-m", "venv", str(LITELLM_ENVIRONMENT)])
        _run([python, "-m", "pip", "install", "-q", UV])
        # Two of its pins are newer than some indexes; see the file of overrides.
        install = [python, "-m", "uv", "pip", "install", "-q", "--python", python]
        _run([*install, "--override", str(OVERRIDES), LITELLM])
    return str(program)


def search_path() -> str:
    """`PATH`, with the folders that hold daemons."""
    return f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"


def description() -> dict[str, str | float]:
    """What the figures depend on."""
    cpu = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    nginx = subprocess.run(
        [shutil.which("nginx", path=search_path()) or "nginx", "-v"],
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "cpu": cpu[1] if cpu else "unknown",
        "cores": os.cpu_count() or 0,
        "load_average": round(os.getloadavg()[0], 2),
        "python": sys.version.split()[0],
        "nginx": nginx.stderr.strip().rpartition("/")[2],
        "litellm": LITELLM.rpartition("=")[2],
    }


def _run(command: list[str], env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    if done.returncode:
        words = (done.stderr or done.stdout).strip()
        raise Missing(f"`{' '.join(command)}` failed: {words[-600:]}")
