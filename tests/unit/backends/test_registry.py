import subprocess
import sys
from importlib.resources import files as files_of
from pathlib import Path

import pytest

from headgate.backends.registry import provider, provider_names
from headgate.core.errors import ConfigError

FOLDER = Path(str(files_of("headgate.backends.providers")))


def test_every_provider_is_listed() -> None:
    files = (path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
    assert provider_names() == tuple(sorted(files))
    assert set(provider_names()) >= {"anthropic", "embedded", "openai", "vllm"}


def test_only_the_provider_asked_for_is_imported() -> None:
    program = (
        "import sys; from headgate.backends.registry import provider, provider_names;"
        "provider_names(); provider('vllm');"
        "print(*[name for name in sys.modules if name.startswith('headgate.backends.providers.')])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == ["headgate.backends.providers.vllm"]


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(ConfigError, match="no backend is called `opanai`") as caught:
        provider("opanai")
    assert caught.value.hint == "did you mean `openai`?"


def test_without_a_near_one_all_are_named() -> None:
    with pytest.raises(ConfigError) as caught:
        provider("xyz")
    assert "together" in (caught.value.hint or "")
