"""Where the embedded engine comes from: this environment, or a folder of our own.

A plain `pip install headgate` leaves the engine out, because it is larger than all the
rest. It is then fetched once, in the same pinned version, into a folder that only the
worker has on its path.
"""

import logging
import shutil
import subprocess
import sys
import tempfile
import threading
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from headgate.core.errors import EngineError
from headgate.engine.folders import engines_folder

PACKAGE: Final = "xllamacpp"
VERSION: Final = "2026.10.11549"
"""The same as in the extra `embedded`."""

_DOWNLOAD_S: Final = 900.0
_one_at_a_time = threading.Lock()
_log = logging.getLogger(__name__)


def engine_location(wanted: str = VERSION) -> Path | None:
    """The folder that holds the engine in the `wanted` version, or `None`."""
    return _in_this_environment(wanted) or _in_our_folder(wanted)


def install_engine(wanted: str = VERSION) -> Path:
    """The folder that holds the engine, fetched first if need be; may take a minute.

    Raises:
        EngineError: It could not be fetched; says which command would do it.
    """
    with _one_at_a_time:
        return engine_location(wanted) or _fetch(wanted)


def _in_this_environment(wanted: str) -> Path | None:
    try:
        installed = version(PACKAGE)
    except PackageNotFoundError:
        return None
    spec = find_spec(PACKAGE)
    # A build for a GPU may carry a local label, as in `2026.10.11549+cu128`.
    if spec is None or spec.origin is None or installed.partition("+")[0] != wanted:
        return None
    return Path(spec.origin).parent.parent


def _our_folder(wanted: str) -> Path:
    return engines_folder() / wanted


def _in_our_folder(wanted: str) -> Path | None:
    folder = _our_folder(wanted)
    return folder if (folder / PACKAGE / "__init__.py").is_file() else None


def _fetch(wanted: str) -> Path:
    """Install beside the folder and rename, so that half an engine is never found."""
    folder, requirement = _our_folder(wanted), f"{PACKAGE}=={wanted}"
    _log.warning("the embedded engine is not here yet: fetching %s (34 MB)", requirement)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetching-") as beside:
            fetched = Path(beside, "engine")
            _run(_command(fetched, requirement), requirement)
            if not folder.exists():
                fetched.rename(folder)
    except (OSError, subprocess.SubprocessError) as problem:
        raise _cannot(f"cannot be installed: {problem}", requirement) from problem
    return folder


def _command(folder: Path, requirement: str) -> list[str]:
    options = ["--target", str(folder), "--no-deps", "--only-binary", ":all:", "--quiet"]
    if find_spec("pip") is not None:
        quiet = ["--no-input", "--disable-pip-version-check"]
        return [sys.executable, "-m", "pip", "install", *quiet, *options, requirement]
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--python", sys.executable, *options, requirement]
    raise _cannot("is not installed, and there is no `pip` or `uv` to fetch it", requirement)


def _run(command: list[str], requirement: str) -> None:
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=_DOWNLOAD_S, errors="replace"
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no reason given"]
        raise _cannot(f"cannot be installed: {said[-1]}", requirement)


def _cannot(what: str, requirement: str) -> EngineError:
    return EngineError(
        f"the embedded engine {what}", hint=f"install it with `pip install '{requirement}'`"
    )
