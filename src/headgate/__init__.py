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
    from headgate.runtime.planning import plan
    from headgate.traffic.read import read_file as read_usage

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
    "plan",
    "read_usage",
]

_ELSEWHERE = {
    "AsyncHeadgate": ("headgate.runtime.library", "AsyncHeadgate"),
    "Headgate": ("headgate.runtime.library", "Headgate"),
    "plan": ("headgate.runtime.planning", "plan"),
    "read_usage": ("headgate.traffic.read", "read_file"),
}
"""Public names that are no errors: their module and their name there."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module `headgate` has no attribute `{name}`")
    module, inside = _ELSEWHERE.get(name, ("headgate.core.errors", name))
    return getattr(import_module(module), inside)
