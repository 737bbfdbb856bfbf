"""The page's view of personal data in Chromium, against the real server, as a person uses it."""

import json
import re
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect

from headgate.config.privacy import Privacy
from support.axe import violations
from support.browser import GATEWAY, Watched, chromium_path, is_debian, watched_page
from support.headgate_server import HeadgateServer

pytestmark = pytest.mark.skipif(
    chromium_path() is None and not is_debian(), reason="there is no Chromium on this machine"
)
VALUE = "ada.lovelace@example.com"
TEXT = f"👩‍💻 Zoë, e\u0301té 🏔️\n\n𝔘 writes to {VALUE}, card 4111 1111 1111 1111, again {VALUE} 😀."
SECRET = "AUTH_TOKEN=" + "3kT9xQ2mZ7pL4vB8nR6wY1cD5"
STORED = """
() => JSON.stringify([
  Object.entries(localStorage), Object.entries(sessionStorage), history.state, location.href,
  document.cookie, document.title,
])
"""

WITHOUT_TAGS = """
(shown) => {
  const copy = shown.cloneNode(true);
  copy.querySelectorAll(".tag").forEach((tag) => tag.remove());
  return copy.textContent;
}
"""


@pytest.fixture
def page(watched: Watched, page_server: HeadgateServer) -> Page:
    return opened(watched.page, page_server)


def opened(page: Page, server: HeadgateServer) -> Page:
    page.goto(f"{server.root_url}/#privacy")
    expect(page.get_by_role("checkbox", name="email")).to_be_checked()
    return page


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="A text to try")


def marks(page: Page) -> list[list[str]]:
    """What is marked, and as what."""
    return [
        [
            "".join(mark.locator("> span:not(.tag)").all_text_contents()),
            mark.locator(".tag").inner_text(),
        ]
        for mark in page.locator("#found mark").all()
    ]


def scanned(page: Page, text: str) -> None:
    box(page).fill(text)
    at_rest(page)


def at_rest(page: Page) -> None:
    expect(page.get_by_role("main")).to_have_attribute("aria-busy", "false")


def scans(page: Page) -> list[dict[str, Any]]:
    """Bodies of the scans that the page asks for from now on."""
    asked: list[dict[str, Any]] = []

    def note(request: Request) -> None:
        if request.url.endswith("/v1/scan"):
            asked.append(json.loads(request.post_data or "{}"))

    page.on("request", note)
    return asked


def test_what_is_found_is_marked_in_place_behind_emoji_and_accents(page: Page) -> None:
    scanned(page, TEXT)
    expect(page.get_by_role("status").first).to_have_text("Found: 1 card and 2 email.")
    assert marks(page) == [
        [VALUE, "email"],
        ["4111 1111 1111 1111", "card"],
        [VALUE, "email"],
    ]
    assert page.locator("#found .reader").evaluate(WITHOUT_TAGS) == TEXT


def test_a_finding_is_selected_in_the_text_from_the_table(page: Page) -> None:
    scanned(page, TEXT)
    rows = page.locator("#findings tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("4111 1111 1111 1111")
    start = TEXT.index("4111")
    expect(rows.nth(1)).to_contain_text(f"{start}–{start + 19}")
    expect(rows.nth(1)).to_contain_text("100 %")
    rows.nth(1).get_by_role("button", name="line 3, column").click()
    selected = box(page).evaluate("it => it.value.slice(it.selectionStart, it.selectionEnd)")
    assert selected == "4111 1111 1111 1111"
    expect(box(page)).to_be_focused()


def test_findings_that_overlap_share_a_mark_and_all_have_their_row(page: Page) -> None:
    page.get_by_role("checkbox", name="url").check()
    scanned(page, "at https://86.121.97.248/people?page=1 then")
    assert marks(page) == [["https://86.121.97.248/people?page=1", "url + ip"]]
    expect(page.locator("#found mark .shared")).to_have_text("86.121.97.248")
    expect(page.locator("#findings tbody th")).to_have_text(["url", "ip"])


def test_the_text_is_shown_as_it_would_leave_and_can_be_copied(page: Page) -> None:
    scanned(page, TEXT + SECRET)
    leaves = page.locator("#leaves")
    masked = leaves.locator(".reader")
    expect(masked).to_contain_text("[SECRET]")
    text = masked.inner_text()
    names = re.findall(r"EMAIL_\w+", text)
    assert len(names) == 2
    assert len(set(names)) == 1, "the same value has the same pseudonym"
    assert VALUE not in text
    assert "4111" not in text
    leaves.get_by_role("button", name="Copy the text").click()
    expect(leaves.get_by_text("The text copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == text


def test_what_is_done_about_a_label_can_be_chosen(page: Page) -> None:
    scanned(page, TEXT)
    leaves = page.locator("#leaves")
    page.get_by_label("card").last.select_option("Redact")
    expect(leaves.locator(".reader")).to_contain_text("[CARD]")
    page.get_by_label("email").last.select_option("Leave as it is")
    expect(leaves.locator(".reader")).to_contain_text(VALUE)
    expect(leaves).to_contain_text("It would leave with card redacted and email as it is.")
    page.get_by_label("email").last.select_option("Keep it local")
    expect(leaves).to_contain_text("because of email only local targets get it")
    expect(leaves.locator(".reader")).to_have_count(0)
    expect(leaves.get_by_role("button", name="Copy the text")).to_have_count(0)
    page.get_by_label("email").last.select_option("Refuse")
    expect(leaves).to_contain_text("It would be refused, because of email")


def test_the_settings_shown_are_those_of_a_route(page: Page) -> None:
    scanned(page, TEXT)
    page.get_by_text("As settings of a route").click()
    settings = page.locator("#leaves .settings")
    shown = yaml.safe_load(settings.inner_text())
    assert shown == {"privacy": {"actions": {"card": "mask", "email": "mask"}}}
    page.get_by_role("button", name="None of Identifiers").click()
    page.get_by_role("checkbox", name="email").check()
    expect(settings).to_contain_text("detect: [secret, email]")
    shown = yaml.safe_load(settings.inner_text())
    route = Privacy.model_validate(shown["privacy"])
    assert route.detect == ("secret", "email")
    assert route.actions == {"email": "mask"}


def test_names_are_looked_for_only_when_asked(page: Page) -> None:
    scanned(page, "My name is Siiri Åkesson, hello.")
    status = page.get_by_role("status").first
    expect(status).to_have_text("Nothing was found of what is looked for.")
    page.get_by_role("button", name="All Names and places").click()
    expect(page.locator("#found mark .tag")).to_contain_text(["person"])
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(status).to_have_text("Nothing was found of what is looked for.")
    expect(page.get_by_role("checkbox", name="person")).not_to_be_checked()


def test_every_kind_the_gateway_knows_can_be_chosen(page: Page) -> None:
    answer = page.request.post(f"{page.url.partition('/#')[0]}/v1/scan", data={"text": ""})
    known = answer.json()["known"]
    shown = page.get_by_role("checkbox").evaluate_all("all => all.map(each => each.value)")
    assert sorted(shown) == known


def test_typing_asks_when_it_pauses_and_an_older_answer_is_never_shown(page: Page) -> None:
    asked = scans(page)
    box(page).press_sequentially(f"Write to {VALUE} today", delay=8)
    expect(page.locator("#found mark")).to_have_count(1)
    assert 1 <= len(asked) <= 3, "not one for each key"
    assert asked[-1]["text"] == f"Write to {VALUE} today"

    def late(route: Route) -> None:
        if "older" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    held: list[Route] = []
    page.route("**/v1/scan", late)
    with page.expect_request("**/v1/scan"):
        box(page).fill(f"older {VALUE} {VALUE}")
    expect(page.locator("#leaves").get_by_role("button", name="Copy the text")).to_be_disabled()
    scanned(page, "newer, no address")
    assert marks(page) == []
    assert len(held) == 1
    held[0].fulfill(json={"findings": [], "labels": {"email": 9}, "masked": "older"})
    expect(page.locator("#leaves .reader")).to_have_text("newer, no address")
    page.unroute("**/v1/scan")


def test_nothing_of_the_text_is_kept(page: Page, page_server: HeadgateServer) -> None:
    before = page.evaluate("history.length")
    scanned(page, TEXT + SECRET)
    expect(page.locator("#found mark")).to_have_count(4)
    stored = page.evaluate(STORED)
    assert page.evaluate("history.length") == before
    for part in (VALUE, "4111", "3kT9x", "Zo"):
        assert part not in stored
    assert page.evaluate("indexedDB.databases().then(all => all.length)") == 0
    assert page.evaluate("caches.keys().then(all => all.length)") == 0
    page.reload()
    expect(page.get_by_role("checkbox", name="email")).to_be_checked()
    expect(box(page)).to_have_value("")
    expect(page.locator("#found")).to_have_count(0)
    assert VALUE not in page_server.said
    with closing(sqlite3.connect(page_server.ledger)) as ledger:
        [count] = ledger.execute("SELECT count(*) FROM decisions").fetchone()
    assert count == 0


def test_no_browser_service_is_given_the_text(page: Page) -> None:
    expect(box(page)).to_have_attribute("spellcheck", "false")
    expect(box(page)).to_have_attribute("autocomplete", "off")
    expect(page.locator(".privacy")).to_have_attribute("translate", "no")


def test_the_views_are_places_to_go_back_to_and_the_plan_stays(
    watched: Watched, page_server: HeadgateServer
) -> None:
    page = watched.page
    page.goto(f"{page_server.root_url}/?monthly_tokens=2500000")
    expect(page.locator("#cost .volume text")).to_have_text("you: 2.5M")
    title = page.title()
    views = page.get_by_role("navigation", name="Views")
    views.get_by_role("link", name="Privacy").click()
    expect(page).to_have_title("What would leave? – Headgate")
    expect(page).to_have_url(re.compile(r"\?monthly_tokens=2500000#privacy$"))
    scanned(page, TEXT)
    page.go_back()
    expect(page.locator("#cost .volume text")).to_have_text("you: 2.5M")
    expect(page).to_have_title(title)
    page.go_forward()
    expect(box(page)).to_have_value(TEXT)
    views.get_by_role("link", name="Planner").click()
    expect(page).to_have_url(re.compile(r"\?monthly_tokens=2500000$"))
    expect(page.locator("#cost .volume text")).to_have_text("you: 2.5M")


def test_what_goes_wrong_is_said_and_no_older_answer_stays(
    browser: Browser, page_server: HeadgateServer
) -> None:
    with watched_page(browser) as watched:
        page = opened(watched.page, page_server)
        scanned(page, TEXT)
        page.route("**/v1/scan", lambda route: route.abort())
        box(page).fill(VALUE)
        expect(page.get_by_role("alert")).to_contain_text("the gateway cannot be reached")
        expect(page.locator("#found, #leaves, #findings")).to_have_count(0)
        page.unroute("**/v1/scan")
        page.get_by_role("button", name="Try again").click()
        expect(page.locator("#found mark")).to_have_count(1)
        expect(page.get_by_role("alert")).to_have_count(0)
        assert watched.outside == []


def test_a_text_that_was_not_scanned_is_never_shown_as_one_that_leaves(page: Page) -> None:
    def spoiled(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(json={**answer.json(), "problem": "a detector failed (ValueError)"})

    page.route("**/v1/scan", spoiled)
    box(page).fill(TEXT)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("It could not be scanned: a detector failed (ValueError).")
    expect(page.locator("#found, #leaves, #findings")).to_have_count(0)
    page.unroute("**/v1/scan")


def test_a_text_too_long_for_a_page_is_not_sent(page: Page) -> None:
    asked = scans(page)
    box(page).evaluate(
        "it => { it.value = 'x '.repeat(500_001); it.dispatchEvent(new Event('input')); }"
    )
    expect(page.get_by_role("alert")).to_contain_text("headgate scan FILE")
    assert asked == []


def test_a_gateway_with_keys_asks_for_one_and_the_text_survives_that(
    browser: Browser, tmp_path: Path
) -> None:
    key = "hg-a-key-for-this-test"
    digest = sha256(key.encode()).hexdigest()
    keys = {"server": {"keys": [{"name": "ada", "hash": f"sha256:{digest}"}]}}
    with HeadgateServer(tmp_path, {**keys, **GATEWAY}) as server, watched_page(browser) as watched:
        page = watched.page
        page.goto(f"{server.root_url}/#privacy")
        for each in ("wrong", key):
            page.get_by_label("Client key").fill(each)
            page.get_by_role("button", name="Use it").click()
        scanned(page, TEXT)
        expect(page.locator("#found mark")).to_have_count(3)
        page.evaluate("sessionStorage.setItem('headgate.key', 'revoked')")
        box(page).fill(VALUE)
        page.get_by_label("Client key").fill(key)
        page.get_by_role("button", name="Use it").click()
        expect(box(page)).to_have_value(VALUE)
        expect(page.locator("#found mark")).to_have_count(1)
        assert all("401" in each for each in watched.complaints)
        assert watched.outside == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_and_nothing_is_too_wide(
    browser: Browser, page_server: HeadgateServer, scheme: str, width: int
) -> None:
    options: dict[str, Any] = {
        "color_scheme": scheme,
        "viewport": {"width": width, "height": 900},
        "reduced_motion": "reduce",
    }
    with watched_page(browser, **options) as watched:
        page = opened(watched.page, page_server)
        page.get_by_role("checkbox", name="url").check()
        page.get_by_role("button", name="All Names and places").click()
        page.get_by_role("button", name="Try an example").click()
        expect(page.locator("#found mark.secret")).to_be_visible()
        page.get_by_text("As settings of a route").click()
        at_rest(page)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        watched.assert_it_kept_to_itself()


def test_it_is_used_by_keyboard_alone(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(box(page)).to_be_focused()
    page.keyboard.type("Is this it? card 4111 1111 1111 1111")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#found mark")).to_have_count(1)
    choice = page.get_by_label("card").last
    for _ in range(60):
        page.keyboard.press("Tab")
        if choice.evaluate("each => each === document.activeElement"):
            break
    page.keyboard.press("r")
    expect(page.locator("#leaves .reader")).to_have_text("Is this it? card [CARD]")


def test_on_paper_stand_the_results_without_their_controls(page: Page) -> None:
    scanned(page, TEXT)
    expect(page.locator("#found mark")).to_have_count(3)
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Views")).to_be_hidden()
    expect(box(page)).to_be_hidden()
    expect(page.get_by_role("checkbox", name="email")).to_be_hidden()
    expect(page.locator("#leaves .reader")).to_be_visible()
    expect(page.locator("#findings").get_by_text("line 3, column").first).to_be_visible()
