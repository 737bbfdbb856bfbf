from pathlib import Path

import pytest

from headgate.engine.folders import cache_folder, engines_folder, models_folder


def test_the_folders_follow_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert models_folder() == tmp_path / "data/headgate/models"
    assert engines_folder() == tmp_path / "data/headgate/engine"
    assert cache_folder() == tmp_path / "cache/headgate"


@pytest.mark.parametrize("value", ["", "relative/path"])
def test_what_the_xdg_rules_call_invalid_is_ignored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", value)
    assert models_folder() == tmp_path / ".local/share/headgate/models"
