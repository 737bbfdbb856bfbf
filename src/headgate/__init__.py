"""Headgate: cloud API or own hardware, answered, run and kept true.

The public names; each is imported when it is first used, so that `headgate --help` is fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headgate.core.errors import (
        CallerError,
        ConfigError,
        HeadgateError,
        NoTarget,
        QualityError,
        Timeout,
        UpstreamError,
    )
    from headgate.runtime.library import AsyncHeadgate, Headgate

__all__ = [
    "AsyncHeadgate",
    "CallerError",
    "ConfigError",
    "Headgate",
    "HeadgateError",
    "NoTarget",
    "QualityError",
    "Timeout",
    "UpstreamError",
]

_LIBRARY = frozenset({"AsyncHeadgate", "Headgate"})


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module `headgate` has no attribute `{name}`")
    module = "headgate.runtime.library" if name in _LIBRARY else "headgate.core.errors"
    return getattr(import_module(module), name)
