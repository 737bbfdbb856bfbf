import os
from pathlib import Path

import pytest

from headgate.engine.probe import threads_available

CORES = len(os.sched_getaffinity(0))


def test_without_a_control_group_the_affinity_counts(tmp_path: Path) -> None:
    assert threads_available(tmp_path) == CORES


@pytest.mark.parametrize(
    ("quota", "expected"),
    [("150000 100000", 1), ("50000 100000", 1), ("99900000 100000", CORES), ("max 100000", CORES)],
)
def test_a_container_gets_its_share(tmp_path: Path, quota: str, expected: int) -> None:
    (tmp_path / "cpu.max").write_text(quota + "\n")
    assert threads_available(tmp_path) == expected


@pytest.mark.parametrize(("quota", "expected"), [("100000", 1), ("-1", CORES)])
def test_the_first_version_of_control_groups_counts_too(
    tmp_path: Path, quota: str, expected: int
) -> None:
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu/cpu.cfs_quota_us").write_text(quota)
    (tmp_path / "cpu/cpu.cfs_period_us").write_text("100000")
    assert threads_available(tmp_path) == expected


def test_nonsense_is_no_limit(tmp_path: Path) -> None:
    (tmp_path / "cpu.max").write_text("one two three")
    assert threads_available(tmp_path) == CORES
