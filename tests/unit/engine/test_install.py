import tomllib
import zipfile
from pathlib import Path

import pytest

from headgate.core.errors import EngineError
from headgate.engine.install import PACKAGE, VERSION, engine_location, install_engine

ROOT = Path(__file__).parents[3]
STAND_IN = "0.0.1"


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of wheels, which is all that pip and uv may look at."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for tool in ("PIP", "UV"):
        monkeypatch.setenv(f"{tool}_NO_INDEX", "1")
        monkeypatch.setenv(f"{tool}_FIND_LINKS", str(folder))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return folder


def write_wheel(folder: Path) -> None:
    info = f"{PACKAGE}-{STAND_IN}.dist-info"
    with zipfile.ZipFile(folder / f"{PACKAGE}-{STAND_IN}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{PACKAGE}/__init__.py", "")
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: {STAND_IN}\n"
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


def test_the_version_is_that_of_the_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["optional-dependencies"]["embedded"] == [f"{PACKAGE}=={VERSION}"]


def test_the_engine_of_this_environment_is_found() -> None:
    location = engine_location()
    assert location is not None
    assert (location / PACKAGE / "__init__.py").is_file()
    assert install_engine() == location


def test_another_version_in_this_environment_is_not_taken(index: Path) -> None:
    assert engine_location(STAND_IN) is None


def test_a_missing_engine_is_fetched_once_into_a_folder_of_our_own(
    index: Path, tmp_path: Path
) -> None:
    write_wheel(index)
    folder = install_engine(STAND_IN)
    assert folder == tmp_path / "data/headgate/engine" / STAND_IN
    assert (folder / PACKAGE / "__init__.py").is_file()
    assert list(folder.parent.iterdir()) == [folder]
    (index / f"{PACKAGE}-{STAND_IN}-py3-none-any.whl").unlink()
    assert install_engine(STAND_IN) == folder


def test_an_engine_that_cannot_be_fetched_says_the_command(index: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="the embedded engine cannot be installed") as caught:
        install_engine(STAND_IN)
    assert caught.value.hint == f"install it with `pip install '{PACKAGE}=={STAND_IN}'`"
    assert engine_location(STAND_IN) is None
    assert list((tmp_path / "data/headgate/engine").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said(index: Path, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(EngineError, match="cannot be installed"):
        install_engine(STAND_IN)
