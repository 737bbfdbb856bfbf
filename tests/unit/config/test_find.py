import os
from pathlib import Path

import pytest

from headgate.config.find import find_config
from headgate.core.errors import ConfigError


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def write(folder: Path, name: str = "headgate.yaml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("targets: {}\n")
    return path


def test_the_nearest_source_wins(tmp_path, home):
    work = tmp_path / "a" / "b"
    work.mkdir(parents=True)

    def found(explicit=None, environ=None):
        return find_config(explicit, environ=environ or {}, folder=work)

    assert found() is None
    own = write(home / "headgate")
    assert found() == own
    above = write(tmp_path / "a")
    assert found() == above
    here = write(work)
    assert found() == here
    named = write(tmp_path, "other.yaml")
    assert found(environ={"HEADGATE_CONFIG": str(named)}) == named
    explicit = write(tmp_path, "explicit.yaml")
    assert found(explicit, {"HEADGATE_CONFIG": str(named)}) == explicit


def test_a_file_that_was_asked_for_must_be_there(tmp_path):
    missing = tmp_path / "missing.yaml"
    with pytest.raises(ConfigError, match="there is no file"):
        find_config(missing, environ={}, folder=tmp_path)
    with pytest.raises(ConfigError, match=r"\(from \$HEADGATE_CONFIG\)"):
        find_config(None, environ={"HEADGATE_CONFIG": str(missing)}, folder=tmp_path)


def test_a_file_left_by_someone_else_where_anyone_may_write_is_refused(tmp_path, monkeypatch):
    shared = tmp_path / "shared"
    planted = write(shared)
    work = shared / "work"
    work.mkdir()
    if os.geteuid() == 0:
        os.chown(planted, 4242, 4242)  # Root's own files are trusted.
    stranger = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: stranger)
    shared.chmod(0o755)
    assert find_config(None, environ={}, folder=work) == planted
    shared.chmod(0o777)
    with pytest.raises(ConfigError, match="belongs to another user") as caught:
        find_config(None, environ={}, folder=work)
    assert caught.value.hint == f"if you trust it, name it: `--config {planted}`"
    assert find_config(planted, environ={}, folder=work) == planted
