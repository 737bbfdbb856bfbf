"""The shape of the code, kept: sizes, docstrings, mirrors, contracts, generated pages."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "headgate"
TESTS = ROOT / "tests"
SOURCES = sorted(SOURCE.rglob("*.py"))
TEST_FILES = sorted(TESTS.rglob("*.py"))
MOST_LINES = 400
MOST_FUNCTION_LINES = 40
MOST_TEST_LINES = 60
FOUND_FOLDERS = (
    "wire/dialects",
    "policy/rules",
    "privacy/detectors",
    "backends/batch_forms",
    "backends/providers",
    "engine/engines",
    "traffic/formats",
    "ledger/migrations",
)
"""Files in these are found: the first by tests/conformance, migrations whenever a ledger opens."""
COVERED_ELSEWHERE = {
    "backends/images.py": "protocols only",
    "config/batches.py": "values only",
    "config/conditions.py": "values only",
    "config/learning.py": "values only",
    "config/schedule.py": "values only",
    "config/split.py": "values only",
    "backends/signing.py": "protocols only",
    "core/inbound.py": "values only",
    "core/ports.py": "protocols only",
    "core/stream.py": "values only",
    "core/usage.py": "values only",
    "core/vectors.py": "values only",
    "engine/demo_text.py": "text only; `demo_language` reads it",
    "estimate/basis.py": "values only",
    "estimate/traffic.py": "values only",
    "gateway/asker.py": "protocols only",
    "planner/replay/past.py": "values only",
    "planner/replay/policy.py": "values only",
    "planner/replay/report.py": "values only",
    "server/scan_routes.py": "tests/end_to_end/test_scan_route.py",
    "runtime/clock.py": "the real clock: tests use one that stands still",
    "traffic/format.py": "values only",
    "wire/anthropic/speech.py": "values only: tests/conformance/test_masking.py",
    "wire/cohere/speech.py": "values only: tests/conformance/test_masking.py",
    "wire/dialect.py": "protocols only",
    "wire/ollama/speech.py": "values only: tests/conformance/test_masking.py",
    "wire/openai/speech.py": "values only: tests/conformance/test_masking.py",
    "wire/responses/speech.py": "values only: tests/conformance/test_masking.py",
    "wire/speech.py": "values only",
}
"""Modules without a unit test of their own, with the reason. A stale entry fails."""
FRAGMENT_NAME = re.compile(r"\d{4}-[a-z0-9-]+\.md")
FRAGMENT_TEXT = re.compile(
    r"(### (Added|Changed|Fixed|Removed|Security)\n\n(- .+\n(  .+\n)*)+\n?)+"
)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_over_400_lines():
    long = {
        relative(path): lines
        for path in [*SOURCES, *TEST_FILES]
        if (lines := len(path.read_text("utf-8").splitlines())) > MOST_LINES
    }
    assert long == {}


@pytest.mark.parametrize(
    ("files", "most"),
    [(SOURCES, MOST_FUNCTION_LINES), (TEST_FILES, MOST_TEST_LINES)],
    ids=["src", "tests"],
)
def test_no_function_is_too_long(files, most):
    long = [
        f"{relative(path)}:{function.lineno} {function.name}"
        for path in files
        for function in functions(path)
        if function.end_lineno - function.lineno + 1 > most
    ]
    assert long == []


def is_override(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    return any(isinstance(each, ast.Name) and each.id == "override" for each in node.decorator_list)


def public_without_docstring(body: list[ast.stmt], inside: str = "") -> Iterator[str]:
    for node in body:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if node.name.startswith("_") or is_override(node):
            continue
        if ast.get_docstring(node) is None:
            yield f"{inside}{node.name}"
        if isinstance(node, ast.ClassDef):
            yield from public_without_docstring(node.body, f"{node.name}.")


def test_everything_public_has_a_docstring():
    bare = [
        f"{relative(path)}: {name}"
        for path in SOURCES
        for name in public_without_docstring(ast.parse(path.read_text("utf-8")).body)
    ]
    assert bare == []


def needs_a_test(path: Path) -> bool:
    name = path.relative_to(SOURCE).as_posix()
    return path.name != "__init__.py" and not name.startswith(FOUND_FOLDERS)


def mirror(path: Path) -> Path:
    inside = path.relative_to(SOURCE)
    return TESTS / "unit" / inside.with_name(f"test_{inside.name}")


def test_every_module_has_its_unit_test_or_a_reason():
    modules = {path.relative_to(SOURCE).as_posix(): path for path in SOURCES if needs_a_test(path)}
    without = {name for name, path in modules.items() if not mirror(path).exists()}
    assert sorted(without - COVERED_ELSEWHERE.keys()) == []
    assert sorted(COVERED_ELSEWHERE.keys() - without) == [], "stale reasons"


def test_every_unit_test_mirrors_a_module():
    modules = {mirror(path) for path in SOURCES} | {
        TESTS / "unit" / "support" / f"test_{path.name}"
        for path in (TESTS / "support").glob("*.py")
    }
    strays = [relative(path) for path in (TESTS / "unit").rglob("test_*.py") if path not in modules]
    assert strays == []


def test_imports_point_the_right_way():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_changelog_fragments_are_numbered_and_say_what_kind_of_change_they_are():
    odd = [
        path.name
        for path in (ROOT / "changes").iterdir()
        if not FRAGMENT_NAME.fullmatch(path.name)
        or not FRAGMENT_TEXT.fullmatch(path.read_text("utf-8"))
    ]
    assert odd == []


def test_generated_pages_are_current():
    from headgate.catalog import reference as providers
    from headgate.config.reference import json_schema, markdown
    from headgate.privacy import reference as labels

    docs = ROOT / "docs"
    assert (docs / "reference" / "configuration.md").read_text("utf-8") == markdown(), "make docs"
    page = docs / "reference" / "labels.md"
    assert page.read_text("utf-8") == labels.markdown(), "make docs"
    page = docs / "reference" / "provider-facts.md"
    assert page.read_text("utf-8") == providers.markdown(), "make docs"
    assert (docs / "headgate.schema.json").read_text("utf-8") == json_schema(), "make docs"
