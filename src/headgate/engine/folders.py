"""Where the engine and its files are kept, by the XDG rules."""

import os
from pathlib import Path


def models_folder() -> Path:
    """Where people put GGUF files: `$XDG_DATA_HOME/headgate/models`."""
    return _folder("XDG_DATA_HOME", ".local/share") / "models"


def engines_folder() -> Path:
    """Where engines are installed that this environment lacks."""
    return _folder("XDG_DATA_HOME", ".local/share") / "engine"


def cache_folder() -> Path:
    """Where files are kept that can be made again."""
    return _folder("XDG_CACHE_HOME", ".cache")


def _folder(variable: str, fallback: str) -> Path:
    configured = Path(os.environ.get(variable, ""))
    return (configured if configured.is_absolute() else Path.home() / fallback) / "headgate"
