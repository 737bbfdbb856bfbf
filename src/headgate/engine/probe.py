"""What this process may use of the machine it runs on."""

import os
from math import floor
from pathlib import Path
from typing import Final

_CGROUPS: Final = Path("/sys/fs/cgroup")


def threads_available(cgroups: Path = _CGROUPS) -> int:
    """Cores this process may use: its affinity, and a container's share if that is less."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    share = _share(cgroups)
    return cores if share is None else max(1, min(cores, floor(share)))


def _share(cgroups: Path) -> float | None:
    """Cores' worth of time a second that the control group grants, in either version."""
    unified = _words(cgroups / "cpu.max")
    legacy = _words(cgroups / "cpu/cpu.cfs_quota_us") + _words(cgroups / "cpu/cpu.cfs_period_us")
    for words in (unified, legacy):
        if len(words) == 2 and words[0].isdigit() and words[1].isdigit() and int(words[1]):
            return int(words[0]) / int(words[1])
    return None


def _words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:
        return []
