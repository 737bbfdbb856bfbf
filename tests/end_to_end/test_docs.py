"""The documentation does what it says: configurations load, programs print what they show."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.behaviours import OK
from support.headgate_server import HeadgateServer, isolated_environment
from support.upstream import Upstream

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
SERVED_AT = "http://127.0.0.1:8400"


@dataclass(frozen=True, slots=True)
class Program:
    """A Python block, and the output shown right after it."""

    code: str
    shown: str | None


def blocks(page: Path) -> list[tuple[str, str]]:
    return [(found[1], found[2]) for found in BLOCK.finditer(page.read_text())]


def configuration(page: Path) -> str | None:
    marked = [text for kind, text in blocks(page) if kind == "yaml" and "# headgate.yaml" in text]
    assert len(marked) <= 1, f"{page.name} shows two whole configurations"
    return marked[0] if marked else None


def programs(page: Path) -> list[Program]:
    found = blocks(page)
    following = [*found[1:], ("", "")][: len(found)]
    return [
        Program(text, after if kind_after == "text" else None)
        for (kind, text), (kind_after, after) in zip(found, following, strict=True)
        if kind == "python" and "import" in text
    ]


@pytest.fixture(scope="module")
def cloud() -> Iterator[Upstream]:
    with Upstream(OK) as cloud:
        yield cloud


@pytest.mark.parametrize(
    "page", [p for p in PAGES if programs(p)], ids=lambda p: str(p.relative_to(ROOT))
)
def test_the_programs_of_a_page_run_and_print_what_it_shows(
    page: Path, cloud: Upstream, tmp_path: Path
) -> None:
    config = configuration(page)
    if config is not None:
        (tmp_path / "headgate.yaml").write_text(config)
    environment = {
        **isolated_environment(tmp_path),
        "OPENAI_API_KEY": "not-a-real-key",
        "OPENAI_BASE_URL": cloud.base_url,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    for program in programs(page):
        code = program.code
        if SERVED_AT not in code:
            assert_prints(program, code, environment, tmp_path)
            continue
        with HeadgateServer(tmp_path / "served", config) as server:
            served = code.replace(SERVED_AT, server.root_url)
            assert_prints(program, served, environment, tmp_path)


def assert_prints(program: Program, code: str, env: dict[str, str], folder: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    if program.shown is None:
        return
    # `…` in a page stands for what need not be repeated there.
    shown = ".*".join(re.escape(part) for part in program.shown.split("…"))
    assert re.fullmatch(shown, ran.stdout), ran.stdout


def planner_commands() -> list[str]:
    """Lines of shell that plan or look facts up, and need neither a file nor the network."""
    lines = [
        line.split("  #")[0].strip()
        for page in PAGES
        for kind, text in blocks(page)
        if kind == "sh"
        for line in text.splitlines()
        if line.startswith(("headgate plan", "headgate catalog", "headgate comply --p"))
    ]
    elsewhere = ("--from ", "--rerun", "catalog update")
    return sorted({line for line in lines if not any(each in line for each in elsewhere)})


@pytest.mark.parametrize("command", planner_commands())
def test_the_planner_s_commands_of_the_pages_work(command: str, tmp_path: Path) -> None:
    words = shlex.split(command)
    ran = subprocess.run(
        [Path(sys.executable).with_name(words[0]), *words[1:]],
        cwd=tmp_path,
        env=isolated_environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout


@pytest.mark.parametrize(
    "page", [p for p in PAGES if configuration(p)], ids=lambda p: str(p.relative_to(ROOT))
)
def test_the_configuration_of_a_page_is_valid(page: Path, tmp_path: Path) -> None:
    from headgate.config.load import read_file

    path = tmp_path / "headgate.yaml"
    path.write_text(configuration(page) or "")
    assert read_file(path, {"OPENAI_API_KEY": "x"}).settings.routes
