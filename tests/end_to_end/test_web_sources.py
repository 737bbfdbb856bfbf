"""The page's own source: its words for questions and reports, its size, its own tests."""

import re
import subprocess
from pathlib import Path

import msgspec
import pytest

from headgate.estimate import basis, traffic
from headgate.planner import question, report
from headgate.privacy import finding
from headgate.server import scan_routes

WEB = Path(__file__).parents[2] / "web"
NODE = WEB.parent / ".venv-web" / "bin" / "node"
MOST_LINES = 400
MOST_BYTES = 60_000
"""Of scripts and styles, compressed: what a slow line has to bring before anything is seen."""
ASSETS = WEB.parent / "src" / "headgate" / "server" / "static" / "assets"
INTERFACE = re.compile(r"^export interface (\w+) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^  (\w+)\??:", re.MULTILINE)
NAMES = {"WholeQuestion": question.Question}
"""Where the page's name for a struct is another."""


def interfaces() -> dict[str, list[str]]:
    found = {}
    for name in ("question.ts", "report.ts", "scanned.ts"):
        text = (WEB / "src" / "app" / name).read_text("utf-8")
        found |= {each[1]: FIELD.findall(each[2]) for each in INTERFACE.finditer(text)}
    return found


def struct_named(name: str) -> type[msgspec.Struct]:
    places = (report, question, traffic, basis, scan_routes, finding)
    found = NAMES.get(name) or next(getattr(each, name) for each in places if hasattr(each, name))
    assert issubclass(found, msgspec.Struct)
    return found


@pytest.mark.parametrize("name", sorted(interfaces()))
def test_the_page_knows_each_field_by_the_name_that_python_gives_it(name: str) -> None:
    assert sorted(interfaces()[name]) == sorted(struct_named(name).__struct_fields__)


def test_no_source_of_the_page_is_over_400_lines() -> None:
    sources = [each for folder in ("src", "tests") for each in (WEB / folder).rglob("*.*")]
    long = [each.name for each in sources if len(each.read_text("utf-8").splitlines()) > MOST_LINES]
    assert sources
    assert long == []


@pytest.mark.skipif(not ASSETS.exists(), reason="`make page` has not built the page")
def test_the_built_page_stays_small() -> None:
    sizes = {each.name: each.stat().st_size for each in ASSETS.glob("*.gz")}
    assert sizes
    assert sum(sizes.values()) <= MOST_BYTES, sizes


def test_nothing_of_the_page_asks_another_machine() -> None:
    for each in (WEB / "src").rglob("*.ts*"):
        assert not re.search(r"https?://(?!www\.w3\.org)\w", each.read_text("utf-8")), each


@pytest.mark.skipif(not NODE.exists(), reason="`make page` has not set up Node")
def test_the_page_s_own_tests_pass() -> None:
    tests = [str(each) for each in sorted((WEB / "tests").glob("*.test.ts"))]
    run = subprocess.run(
        [NODE, "--test", *tests], capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
