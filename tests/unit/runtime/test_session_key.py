"""The secret of sessions."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from headgate.core.errors import OperatorError
from headgate.runtime.session_key import NAME, session_secret


def test_it_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    secret = session_secret(folder)
    assert len(secret) == 32
    assert session_secret(folder) == secret != session_secret(tmp_path)
    assert (folder / NAME).stat().st_mode & 0o777 == 0o600
    assert [each.name for each in folder.iterdir()] == [NAME]


def test_processes_that_start_at_once_have_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(session_secret, [tmp_path] * 64))) == 1


def test_a_file_system_without_links_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(Path, "hardlink_to", fail)
    assert session_secret(tmp_path) == session_secret(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == [NAME]


def test_what_is_no_key_is_said(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"short")
    with pytest.raises(OperatorError, match=r"session\.key` is no key of sessions: it holds 5"):
        session_secret(tmp_path)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OperatorError, match="cannot keep the key of sessions"):
        session_secret(tmp_path / "file")
