"""One file that needs no server."""

import json
import re
from pathlib import Path

import pytest

import headgate
from headgate.core.errors import OperatorError
from headgate.planner.report import Report
from headgate.server.report_page import report_page

INDEX = """<!doctype html><html><head><title>Plan</title>
<link rel="icon" href="/assets/icon-1.svg" type="image/svg+xml">
<script type="module" crossorigin src="/assets/index-1.js"></script>
<link rel="stylesheet" crossorigin href="/assets/index-1.css">
</head><body><div id="page"></div></body></html>"""
SCRIPT = 'const ends = "</script><!--";'


@pytest.fixture
def static(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(INDEX)
    (tmp_path / "assets" / "index-1.js").write_text(SCRIPT)
    (tmp_path / "assets" / "index-1.css").write_text("body { color: black }")
    return tmp_path


@pytest.fixture(scope="module")
def report() -> Report:
    return headgate.plan(apis=["openai/gpt-4o-mini"], machines=[], as_of="2026-11-27")


def embedded(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="report">(.*?)</script>', page, re.S)
    assert found is not None
    return json.loads(found[1])


def test_nothing_is_left_to_fetch(static: Path, report: Report) -> None:
    page = report_page(report, static)
    assert not re.search(r'(src|href)="', page)
    assert "body { color: black }" in page


def test_the_report_is_inside_to_the_cent(static: Path, report: Report) -> None:
    found = embedded(report_page(report, static))
    assert found["link"] == report.link
    assert found["options"][0]["usd_per_month"] == str(report.options[0].usd_per_month)


def test_nothing_inside_ends_a_script_early(static: Path) -> None:
    hostile = headgate.plan(
        apis=["openai/gpt-4o-mini"],
        machines=[],
        traffic={
            "name": "</script><script>alert(1)</script></body>",
            "format": "generic",
            "requests": 10,
            "input_tokens": 10,
            "output_tokens": 10,
            "span_s": 60.0,
            "classes": [{"share": 1.0, "input_tokens": 1.0, "output_tokens": 1.0}],
            "load_curve": [{"share": 1.0, "load": 1.0}],
        },
    )
    page = report_page(hostile, static)
    assert page.count("</script>") == 2
    assert page.count("</html>") == 1
    assert embedded(page)["question"]["traffic"]["name"].startswith("</script>")


def test_a_page_that_is_not_built_is_said_with_the_way_out(tmp_path: Path, report: Report) -> None:
    with pytest.raises(OperatorError) as caught:
        report_page(report, tmp_path)
    assert "make page" in (caught.value.hint or "")
