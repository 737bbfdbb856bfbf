from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def nobodys_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, no configuration, no keys, no models."""
    for name in ("HEADGATE_CONFIG", "HEADGATE_ENVIRONMENT", "OPENAI_API_KEY", "LLAMA_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.chdir(tmp_path)
    return tmp_path
