"""A report saved as a file opens by itself, years later, on a machine without Headgate."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import headgate
from headgate.server.report_page import report_page
from support.browser import chromium_path, is_debian, watched_page

pytestmark = pytest.mark.skipif(
    chromium_path() is None and not is_debian(), reason="there is no Chromium on this machine"
)


def test_a_saved_report_shows_the_plan_and_asks_nobody(browser: Browser, tmp_path: Path) -> None:
    report = headgate.plan(preset="classic", as_of="2026-11-27")
    path = tmp_path / "plan.html"
    path.write_text(report_page(report), "utf-8")
    with watched_page(browser) as watched:
        page = watched.page
        page.goto(path.as_uri())
        expect(page.get_by_role("heading", level=2).first).to_have_text(report.verdict.sentence)
        classic = page.get_by_role("table", name="Monthly cost comparison")
        lines = classic.get_by_role("row").all_inner_texts()[1:]
        for line, row in zip(lines, report.classic or (), strict=True):
            assert row.name in line
            assert f"${row.usd_per_month:.2f}" in line
        expect(page.get_by_role("button", name="Copy link")).to_have_count(0)
        expect(page.get_by_role("table", name="What was asked")).to_contain_text("10M")
        assert watched.complaints == []
        assert [url for url in watched.outside if url != path.as_uri()] == []
