"""What goes into the planner's page as a file, and what comes out of it."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Page, expect

from support.browser import Watched, chromium_path, is_debian, watched_page
from support.headgate_server import HeadgateServer
from support.usage import TRACES

pytestmark = pytest.mark.skipif(
    chromium_path() is None and not is_debian(), reason="there is no Chromium on this machine"
)
AZURE = TRACES / "AzureLLMInferenceTrace_conv_2023.csv"
DROP = """
([text, name]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([text], name));
  const place = document.querySelector(".drop");
  for (const type of ["dragover", "drop"]) {
    place.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true }));
  }
}
"""
ROWS = """TIMESTAMP,ContextTokens,GeneratedTokens
2023-11-16 18:17:03.9799600,4808,10
2023-11-16 18:17:04.0319569,-3,8
2023-11-16 18:17:05.1000000,100,8
"""


@pytest.fixture
def page(watched: Watched, page_server: HeadgateServer) -> Page:
    watched.page.goto(f"{page_server.root_url}/")
    watched.page.locator("summary").filter(has_text="Usage file").click()
    expect(watched.page.locator("#options tbody").first).to_be_attached()
    return watched.page


def at_rest(page: Page) -> None:
    expect(page.get_by_role("main")).to_have_attribute("aria-busy", "false")


def clipboard(page: Page) -> str:
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


@pytest.mark.skipif(not AZURE.exists(), reason="the shared traces are not beside this checkout")
def test_a_usage_file_becomes_the_workload_and_stays_in_the_link(
    page: Page, browser: Browser
) -> None:
    page.locator("#traffic").set_input_files(AZURE)
    read = page.locator(".read")
    expect(read).to_contain_text("AzureLLMInferenceTrace_conv_2023.csv")
    expect(read).to_contain_text("19,366 requests")
    expect(read).to_contain_text("No row was dropped")
    expect(page).to_have_url(re.compile("traffic="))
    at_rest(page)
    sentence = page.locator("#verdict").inner_text()
    with watched_page(browser) as other:
        other.page.goto(page.url)
        expect(other.page.locator("#verdict")).to_have_text(sentence)
        other.assert_it_kept_to_itself()
    page.get_by_role("button", name="Remove the file").click()
    expect(page.locator("#cost .volume text")).to_have_text("you: 10M")


def test_rows_that_were_dropped_are_counted_and_named(page: Page) -> None:
    page.evaluate(DROP, [ROWS, "rows.csv"])
    warning = page.locator(".warning")
    expect(warning).to_contain_text("1 row was dropped")
    expect(warning).to_contain_text("ContextTokens is negative, first in line 3")
    expect(page.locator(".read")).to_contain_text("2 requests")


def test_a_file_that_cannot_be_used_gets_one_sentence_and_the_plan_stays(
    page: Page, watched: Watched
) -> None:
    page.evaluate(DROP, ["hello", "letter.csv"])
    expect(page.get_by_role("alert")).to_contain_text("letter.csv, line 1")
    expect(page.locator("#cost .volume text")).to_have_text("you: 10M")
    assert all("400" in each for each in watched.complaints)
    watched.complaints.clear()


def test_a_ledger_without_requests_says_so(page: Page) -> None:
    page.get_by_role("button", name="Use this gateway’s ledger").click()
    expect(page.get_by_role("alert")).to_contain_text("has not served a request yet")


def test_the_plan_is_copied_as_link_table_text_and_data(page: Page) -> None:
    page.get_by_role("button", name="Nightly batch").click()
    expect(page).to_have_url(re.compile("preset=batch"))
    at_rest(page)
    said = page.locator(".share [role=status]")
    page.get_by_role("button", name="Copy link").click()
    expect(said).to_have_text("Link copied")
    assert clipboard(page) == page.url
    page.get_by_role("button", name="Copy JSON").click()
    expect(said).to_have_text("JSON copied")
    report = json.loads(clipboard(page))
    assert page.url.endswith(report["link"])
    page.get_by_role("button", name="Copy CSV").click()
    expect(said).to_have_text("CSV copied")
    assert report["options"][0]["name"] in clipboard(page)
    page.get_by_role("button", name="Copy Markdown").click()
    expect(said).to_have_text("Markdown copied")
    assert report["verdict"]["sentence"] in clipboard(page)


@pytest.mark.parametrize("chart", ["cost", "breakdown", "latency", "tornado"])
def test_each_chart_is_saved_as_a_picture_that_stands_alone(
    page: Page, chart: str, tmp_path: Path
) -> None:
    with page.expect_download() as download:
        page.locator(f"#{chart}").get_by_role("button", name="Save SVG").click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    root = ElementTree.parse(saved).getroot()
    assert saved.name == f"headgate-{chart}.svg"
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    drawn = [each for each in root.iter() if each is not root]
    assert all("class" not in each.attrib and "style" not in each.attrib for each in drawn)
    assert "var(" not in saved.read_text("utf-8")
    texts = [each for each in drawn if each.tag.endswith("text")]
    assert texts
    assert all(each.attrib["fill"].startswith("rgb") for each in texts)


def test_the_report_is_saved_as_a_page_of_its_own(page: Page, tmp_path: Path) -> None:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save report (HTML)").click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    text = saved.read_text("utf-8")
    assert text.lower().startswith("<!doctype html>")
    assert page.locator("#verdict").inner_text()[:20] in text


def test_on_paper_everything_is_open_and_the_question_is_a_table(page: Page) -> None:
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    asked = page.locator(".asked")
    expect(asked).to_be_visible()
    expect(asked.get_by_role("row", name="monthly tokens 10M")).to_be_visible()
    expect(page.locator("#inputs")).to_be_hidden()
    expect(page.locator("#cost .as-table table")).to_be_visible()
    expect(page.locator("#options .provenance").first).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#options .provenance")).to_have_count(0)
    page.emulate_media(media="screen")
    assert page.pdf(format="A4").startswith(b"%PDF")
