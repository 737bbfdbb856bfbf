"""Frameworks that know nothing of Headgate, pointed at one real gateway.

They live in an environment of their own (`make test-clients`), pinned in
`requirements.lock`; elsewhere these tests are not collected. The gateway runs in
Headgate's environment (`gateway.py`), so that neither has what only the other needs.
"""

import importlib.util
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clients.picture import PICTURE

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv" / "bin" / "python"

if importlib.util.find_spec("langchain_tests") is None:
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session", autouse=True)
def gateway() -> Iterator[str]:
    """Its address, without a path."""
    process = subprocess.Popen(
        [PYTHON, Path(__file__).with_name("gateway.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    if not address:
        pytest.exit("the gateway did not start", returncode=1)
    os.environ["HEADGATE"] = address
    yield address
    process.stdin.close()
    process.stdout.close()
    assert process.wait(30) == 0, "the gateway failed inside"


@pytest.fixture(autouse=True)
def _no_outside_network(monkeypatch: pytest.MonkeyPatch, gateway: str) -> None:
    """LangChain's tests fetch a picture from the web: they get another one, from here."""
    import httpx

    def picture(url: str, **_: Any) -> httpx.Response:
        return httpx.Response(200, content=PICTURE, request=httpx.Request("GET", url))

    monkeypatch.setattr(httpx, "get", picture)
