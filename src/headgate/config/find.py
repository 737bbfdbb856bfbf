"""Which file holds the configuration."""

import os
from collections.abc import Mapping
from pathlib import Path
from stat import S_IWOTH

from headgate.config.values import config_folder
from headgate.core.errors import ConfigError

FILE_NAME = "headgate.yaml"
VARIABLE = "HEADGATE_CONFIG"
WRITE_ONE = "`headgate init` writes one"


def find_config(explicit: Path | None, *, environ: Mapping[str, str], folder: Path) -> Path | None:
    """The file to read: `explicit`, `$HEADGATE_CONFIG`, one at or above `folder`, the user's own.

    Raises:
        ConfigError: The file asked for is not there, or somebody else put one in the way.
    """
    if explicit is not None:
        return _there(explicit, "")
    if named := environ.get(VARIABLE):
        return _there(Path(named).expanduser(), f" (from ${VARIABLE})")
    for place in (folder, *folder.parents):
        if (path := place / FILE_NAME).is_file():
            return _trusted(path)
    path = config_folder() / FILE_NAME
    return path if path.is_file() else None


def _there(path: Path, origin: str) -> Path:
    if path.is_file():
        return path
    raise ConfigError(f"there is no file `{path}`{origin}", hint=WRITE_ONE)


def _trusted(path: Path) -> Path:
    """`path`, unless it lies in a folder open to everyone and belongs to someone else.

    Whoever writes the configuration decides where our keys are sent, so a file that
    another user leaves in `/tmp` must not be picked up by everyone who works below it.
    """
    ours = {0, os.geteuid()} if hasattr(os, "geteuid") else None
    if ours is None or path.stat().st_uid in ours or not path.parent.stat().st_mode & S_IWOTH:
        return path
    raise ConfigError(
        f"`{path}` belongs to another user, in a folder anyone may write to",
        hint=f"if you trust it, name it: `--config {path}`",
    )
