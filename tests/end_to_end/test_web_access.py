"""The planner's page for everyone: keyboard, screen reader, themes, small screens, keys."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from support.axe import violations
from support.browser import GATEWAY, Watched, chromium_path, is_debian, watched_page
from support.headgate_server import HeadgateServer

pytestmark = pytest.mark.skipif(
    chromium_path() is None and not is_debian(), reason="there is no Chromium on this machine"
)
OPEN_ALL = (
    "document.querySelectorAll('details:not([open]) > summary').forEach(each => each.click())"
)
FOCUSED = """
() => {
  const { activeElement: now } = document;
  const style = getComputedStyle(now);
  const label = now.labels?.[0]?.innerText ?? "";
  return {
    text: (now.getAttribute("aria-label") ?? (label || now.innerText) ?? "").trim(),
    isRinged: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    tag: now.tagName,
  };
}
"""


def opened(page: Page, url: str) -> Page:
    page.goto(url)
    expect(page.locator("#options tbody").first).to_be_attached()
    expect(page.locator("#inputs")).to_be_visible()
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("preset", ["", "classic", "clinic"])
def test_axe_finds_nothing(
    browser: Browser, page_server: HeadgateServer, scheme: str, width: int, preset: str
) -> None:
    options: dict[str, Any] = {
        "color_scheme": scheme,
        "viewport": {"width": width, "height": 900},
        "reduced_motion": "reduce",
    }
    with watched_page(browser, **options) as watched:
        page = opened(
            watched.page, f"{page_server.root_url}/{'?preset=' + preset if preset else ''}"
        )
        page.evaluate(OPEN_ALL)
        page.get_by_role("button", name="Open all").click()
        expect(page.locator("#options .provenance").first).to_be_attached()
        assert violations(page) == []
        watched.assert_it_kept_to_itself()


def test_nothing_is_wider_than_a_small_screen(
    browser: Browser, page_server: HeadgateServer
) -> None:
    with watched_page(browser, viewport={"width": 390, "height": 800}) as watched:
        page = opened(watched.page, f"{page_server.root_url}/")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        verdict = page.locator("#verdict").bounding_box()
        inputs = page.locator("#inputs").bounding_box()
        cost = page.locator("#cost").bounding_box()
        assert verdict
        assert inputs
        assert cost
        assert verdict["y"] < inputs["y"] < cost["y"], "the answer comes first"


def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    watched: Watched, page_server: HeadgateServer
) -> None:
    page = opened(watched.page, f"{page_server.root_url}/")
    walked: list[dict[str, Any]] = []
    while not walked or walked[-1]["tag"] != "BODY":
        page.keyboard.press("Tab")
        walked.append(page.evaluate(FOCUSED))
        assert len(walked) < 400, "the walk never ends"
    texts = [each["text"] for each in walked]
    assert [each["text"] for each in walked if not each["isRinged"] and each["tag"] != "BODY"] == []
    expected = [
        "Skip to the inputs",
        "The classic table",
        "Monthly tokens",
        "Monthly tokens, as a number",
        "Output token ratio",
        "Which machines",
        "Copy link",
        "Open all",
    ]
    assert [text for text in texts if text in expected] == expected


def test_a_plan_is_made_with_the_keyboard_alone(
    watched: Watched, page_server: HeadgateServer
) -> None:
    page = opened(watched.page, f"{page_server.root_url}/")
    slider = page.get_by_role("slider", name="Monthly tokens")
    for _ in range(40):
        page.keyboard.press("Tab")
        if slider.evaluate("each => each === document.activeElement"):
            break
    page.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuetext", "1T tokens")
    expect(page.locator("#cost .volume text")).to_have_text("you: 1T")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="About this page")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.type("?")
    expect(dialog).to_be_hidden()


def test_each_chart_has_a_sentence_and_a_table_of_the_same(
    watched: Watched, page_server: HeadgateServer
) -> None:
    page = opened(watched.page, f"{page_server.root_url}/")
    figures = page.get_by_role("figure").all()
    assert len(figures) == 4
    for figure in figures:
        sentence = figure.locator("figcaption").text_content() or ""
        expect(figure.get_by_role("img")).to_have_accessible_name(sentence)
        figure.get_by_text("As a table").click()
        table = figure.locator(".as-table").get_by_role("table")
        expect(table.locator("tbody tr").first).to_be_visible()


def test_the_theme_is_switched_and_remembered(
    watched: Watched, page_server: HeadgateServer
) -> None:
    page = opened(watched.page, f"{page_server.root_url}/")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    toggle = page.get_by_role("button", name="Theme:")
    toggle.click()
    expect(toggle).to_have_text("Theme: light")
    assert page.evaluate(paper) == light
    toggle.click()
    expect(toggle).to_have_text("Theme: dark")
    assert page.evaluate(paper) != light
    page.reload()
    expect(toggle).to_have_text("Theme: dark")
    assert page.evaluate(paper) != light


def test_a_gateway_with_keys_is_asked_with_the_key_of_this_tab(
    browser: Browser, tmp_path: Path
) -> None:
    key = "hg-a-key-for-this-test"
    digest = sha256(key.encode()).hexdigest()
    config = {
        "server": {"keys": [{"name": "ada", "hash": f"sha256:{digest}"}]},
        **GATEWAY,
    }
    with HeadgateServer(tmp_path, config) as server, watched_page(browser) as watched:
        page = watched.page
        page.goto(f"{server.root_url}/?monthly_tokens=2500000")
        page.get_by_label("Client key").fill("wrong")
        page.get_by_role("button", name="Use it").click()
        expect(page.get_by_label("Client key")).to_be_visible()
        page.get_by_label("Client key").fill(key)
        page.get_by_role("button", name="Use it").click()
        expect(page.locator("#cost .volume text")).to_have_text("you: 2.5M")
        expect(page.locator("#inputs")).to_be_visible()
        page.reload()
        expect(page.locator("#cost .volume text")).to_have_text("you: 2.5M")
        assert all("401" in each for each in watched.complaints)
        assert watched.outside == []
