import pytest


@pytest.fixture(autouse=True)
def nobody_s_machine(tmp_path, monkeypatch):
    """An empty folder, no configuration, no keys, no models."""
    for name in ("HEADGATE_CONFIG", "HEADGATE_ENVIRONMENT", "HEADGATE_HOST", "HEADGATE_PORT"):
        monkeypatch.delenv(name, raising=False)
    for provider in ("OPENAI", "ANTHROPIC", "COHERE", "CO", "TOGETHER", "AZURE_OPENAI"):
        monkeypatch.delenv(f"{provider}_API_KEY", raising=False)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work
