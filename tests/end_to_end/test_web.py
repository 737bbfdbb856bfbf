"""The planner's page in Chromium, against the real server, as a person uses it."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from support.browser import Watched, chromium_path, is_debian, watched_page
from support.headgate_server import HeadgateServer

pytestmark = pytest.mark.skipif(
    chromium_path() is None and not is_debian(), reason="there is no Chromium on this machine"
)
CLASSIC = {
    "M3 Max": "$0.00",
    "GPT-4o-mini": "$2.85",
    "Command R ": "$2.85",
    "Haiku": "$5.50",
    "70B": "$8.80",
    "GPT-4o ": "$47.50",
    "Command R+": "$47.50",
    "Sonnet": "$66.00",
}
"""The seed's rows in its order: a part of each name, and the cost to the cent."""
MEASURED = "performance.getEntriesByName('headgate:redraw').length"


@pytest.fixture
def page(watched: Watched, page_server: HeadgateServer) -> Page:
    return opened(watched.page, f"{page_server.root_url}/")


def opened(page: Page, url: str) -> Page:
    page.goto(url)
    expect(page.get_by_role("form", name="Your workload")).to_be_visible()
    expect(page.locator("#options tbody").first).to_be_attached()
    return page


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def pictures(page: Page) -> list[str]:
    return [each.evaluate("each => each.outerHTML") for each in page.locator("svg.chart").all()]


def at_rest(page: Page) -> None:
    expect(page.get_by_role("main")).to_have_attribute("aria-busy", "false")


def volume_in_chart(page: Page, tokens: str) -> None:
    expect(page.locator("#cost .volume text")).to_have_text(f"you: {tokens}")


def test_the_classic_table_is_the_guide_s_to_the_cent(
    page: Page, page_server: HeadgateServer
) -> None:
    page.get_by_role("button", name="The classic table").click()
    table = page.locator("table.classic")
    costs = table.locator("td.naive")
    expect(costs).to_have_text(list(CLASSIC.values()))
    for row, part in zip(table.locator("tbody tr").all(), CLASSIC, strict=True):
        expect(row.locator("th")).to_contain_text(part.strip())
    expect(table.locator("tbody tr").first).to_contain_text("Cheapest")
    honest = table.locator("td.honest").all_inner_texts()
    assert all(re.fullmatch(r"\$[\d,]+\.\d\d", each) for each in honest)
    assert honest[0] != "$0.00"
    expect(table.get_by_text("retired").first).to_be_visible()


def test_dragging_the_volume_moves_the_plan_along(page: Page) -> None:
    slider = page.get_by_role("slider", name="Monthly tokens")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    before = page.evaluate("history.length")
    page.mouse.move(box["x"] + box["width"] * 0.17, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.4, middle, steps=8)
    page.mouse.move(box["x"] + box["width"] * 0.6, middle, steps=8)
    expect(page.locator("#cost .volume text")).not_to_have_text("you: 10M")
    assert query(page) == {}, "the address waits for the end of the drag"
    page.mouse.up()
    expect(page).to_have_url(re.compile("monthly_tokens="))
    volume = page.get_by_role("textbox", name="Monthly tokens, as a number").input_value()
    volume_in_chart(page, volume)
    assert page.evaluate("history.length") == before + 1, "a drag is one step back"
    assert 1e9 < float(query(page)["monthly_tokens"][0]) < 1e11


@pytest.mark.parametrize(
    ("typed", "shown", "tokens"),
    [("2.5M", "2.5M", "2500000"), ("1B", "1B", "1000000000"), ("1,500 k", "1.5M", "1500000")],
)
def test_a_volume_may_be_typed_as_people_write_it(
    page: Page, typed: str, shown: str, tokens: str
) -> None:
    box = page.get_by_role("textbox", name="Monthly tokens, as a number")
    box.fill(typed)
    volume_in_chart(page, shown)
    box.press("Enter")
    expect(page).to_have_url(re.compile(f"monthly_tokens={tokens}$"))
    box.blur()
    expect(box).to_have_value(shown)


def test_what_is_no_number_is_said_beside_its_box(page: Page) -> None:
    box = page.get_by_role("textbox", name="Monthly tokens, as a number")
    box.fill("many")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#monthly_tokens-error")).to_contain_text("write a number")
    volume_in_chart(page, "10M")


def test_what_the_gateway_refuses_is_said_beside_its_field_and_the_last_plan_stays(
    watched: Watched, page: Page
) -> None:
    page.get_by_role("textbox", name="Tokens per request").fill("-5")
    expect(page.locator("#tokens_per_request-error")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("tokens_per_request")
    volume_in_chart(page, "10M")
    page.get_by_role("textbox", name="Tokens per request").fill("2k")
    expect(page.get_by_role("alert")).not_to_be_attached()
    assert all("400" in each for each in watched.complaints)
    watched.complaints.clear()


def test_every_preset_gives_a_plan_of_its_own(page: Page) -> None:
    presets = page.get_by_role("navigation", name="Where to begin").get_by_role("button").all()
    seen = set()
    for preset in presets[:-1]:
        preset.click()
        expect(preset).to_have_attribute("aria-pressed", "true")
        expect(page).to_have_url(re.compile("preset="))
        at_rest(page)
        seen.add(query(page)["preset"][0])
    assert len(seen) == len(presets) - 1
    presets[-1].click()
    expect(presets[0]).to_have_attribute("aria-pressed", "false")
    volume_in_chart(page, "10M")


def test_a_link_opens_in_a_clean_profile_to_the_same_plan_and_pictures(
    page: Page, browser: Browser
) -> None:
    page.get_by_role("button", name="Answers from documents").click()
    page.get_by_text("Shape of the traffic").click()
    page.get_by_role("textbox", name="Growth per month").fill("7")
    page.get_by_role("textbox", name="Growth per month").press("Enter")
    expect(page).to_have_url(re.compile("growth_per_month=0.07"))
    at_rest(page)
    with watched_page(browser) as other:
        opened(other.page, page.url)
        expect(other.page.locator("#verdict")).to_have_text(page.locator("#verdict").inner_text())
        other.page.get_by_text("Shape of the traffic").click()
        expect(other.page.get_by_role("textbox", name="Growth per month")).to_have_value("7")
        at_rest(other.page)
        assert pictures(other.page) == pictures(page)
        assert other.page.url == page.url
        other.assert_it_kept_to_itself()


def test_back_and_forward_go_through_the_plans_that_were_settled_on(page: Page) -> None:
    box = page.get_by_role("textbox", name="Monthly tokens, as a number")
    for typed in ("20M", "3B"):
        box.fill(typed)
        box.press("Enter")
        volume_in_chart(page, typed)
    page.go_back()
    volume_in_chart(page, "20M")
    expect(box).to_have_value("20M")
    page.go_back()
    volume_in_chart(page, "10M")
    page.go_forward()
    page.go_forward()
    volume_in_chart(page, "3B")
    expect(box).to_have_value("3B")


def test_the_volume_may_be_said_in_requests_and_stays_the_same(page: Page) -> None:
    page.get_by_role("combobox", name="Volume as").select_option("requests")
    expect(page.get_by_role("slider", name="Requests per month")).to_have_attribute(
        "aria-valuetext", "10k requests"
    )
    expect(page.get_by_role("textbox", name="Input tokens of a request")).to_have_value("700")
    page.get_by_role("slider", name="Requests per month").press("End")
    volume_in_chart(page, "1T")
    page.get_by_role("combobox", name="Volume as").select_option("tokens")
    volume_in_chart(page, "1T")
    expect(page.get_by_role("textbox", name="Tokens per request")).to_have_value("1000")


def test_steps_with_the_arrow_keys_are_one_step_back(page: Page) -> None:
    slider = page.get_by_role("slider", name="Monthly tokens")
    before = page.evaluate("history.length")
    for _ in range(5):
        slider.press("ArrowRight")
    expect(page).to_have_url(re.compile("monthly_tokens=11200000"))
    assert page.evaluate("history.length") == before + 1
    page.go_back()
    volume_in_chart(page, "10M")


def test_a_rule_changes_what_is_recommended_and_says_why_others_are_not(page: Page) -> None:
    page.get_by_text("What it must keep to").click()
    page.get_by_role("checkbox", name=re.compile("[Aa]ir")).check()
    expect(page).to_have_url(re.compile("needs=air_gapped"))
    refused = page.locator("#options tbody.refused").filter(has_text="OpenAI").first
    expect(refused).to_contain_text("broken")
    expect(page.locator("#verdict")).not_to_contain_text("OpenAI")


def test_what_is_compared_can_be_chosen(page: Page) -> None:
    page.get_by_text("Which APIs").click()
    page.get_by_role("searchbox", name="Find a model or provider").fill("gpt-4o-mini")
    page.get_by_role("checkbox", name="OpenAI GPT-4o-mini").check()
    expect(page.locator("#options tbody").filter(has_text="GPT-4o-mini")).to_have_count(1)
    page.get_by_text("Which machines").click()
    page.get_by_role("combobox", name="Hardware").select_option(label="NVIDIA L40S")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#options tbody").filter(has_text="L40S").first).to_be_attached()
    page.get_by_role("button", name=re.compile("^Remove .*L40S")).click()
    expect(page.locator("#options tbody").filter(has_text="L40S")).to_have_count(0)


def test_pointing_at_the_chart_reads_costs_and_a_click_takes_that_volume(page: Page) -> None:
    chart = page.locator("#cost svg")
    chart.scroll_into_view_if_needed()
    chart.hover(position={"x": 300, "y": 200})
    expect(page.locator("#cost .readout")).to_contain_text(re.compile(r"\d[MB] tokens:.*\$"))
    chart.click(position={"x": 300, "y": 200})
    expect(page).to_have_url(re.compile("monthly_tokens="))
    at_rest(page)
    tokens = float(query(page)["monthly_tokens"][0])
    assert 1e7 < tokens < 1e10


def test_a_redraw_is_measured_from_its_input_until_it_is_painted(page: Page) -> None:
    page.wait_for_function(f"() => {MEASURED} === 1")
    page.get_by_role("slider", name="Monthly tokens").press("ArrowRight")
    page.wait_for_function(f"() => {MEASURED} === 2")
