"""A hosted model's bill: the tokens at list price, and what comes with them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.core.errors import InvalidRequest
from headgate.planner.api_option import api_option, request_usd
from headgate.planner.link import question_of
from support.plans import BARE, HAIKU, MINI, ask, line_of, option_of, setting_of, traffic_fields


def usd_of(name, **fields):
    """Dollars of a mean request."""
    setting = setting_of(question_of(fields))
    return request_usd(api_option(name, setting).api, setting)[0]


def bare(name, **fields):
    fields = {"allowances": BARE, "volume_error": 0.0, **fields}
    return option_of(ask(apis=[name], machines=[], **fields), name)


def test_the_bill_is_tokens_and_the_lines_beside_them():
    figures = {
        "api_rate_limit_share": 0.1,
        "api_engineering_hours": 2.0,
        "engineering_usd_per_hour": 90.0,
        "api_monitoring_usd": 30.0,
        "api_support_usd": 7.0,
    }
    option = bare(MINI, monthly_tokens=1e9, allowances={**BARE, **figures})
    # 1e9 × $0.285 per million = $285; a tenth; 2 × $90; $30; $7
    assert line_of(option, "tokens") == 285
    assert line_of(option, "rate_limits") == 28.5
    assert line_of(option, "engineering") == 180
    assert line_of(option, "monitoring") == 30
    assert line_of(option, "support") == 7
    assert option.usd_per_month == Decimal("530.5")


def test_half_of_it_as_a_batch_costs_three_quarters():
    # 10 M at $0.285 per million: half at full, half at half price
    assert bare(MINI, batch_share=0.5).usd_per_month == Decimal("2.1375")
    assert bare(MINI, batch_share=1.0).usd_per_month == Decimal("1.425")
    # Haiku: 7 × $1 + 3 × $5 = $22, the batch half of that
    assert bare(HAIKU, batch_share=0.5).usd_per_month == Decimal("16.5")


def test_a_batch_at_a_provider_without_a_discount_saves_nothing():
    name = "groq/llama-3.1-8b-instant"
    assert usd_of(name, batch_share=1.0) == usd_of(name)


def test_the_tier_trap_is_not_fallen_into():
    option = bare("anthropic/claude-sonnet-4-5")
    assert option.usd_per_month == Decimal(66)  # 7 × $3 + 3 × $15, not 109.50


def test_what_is_cached_is_cheaper_to_read_and_dearer_to_write():
    # 700 × $1 + 300 × $5 = 0.0022; half of the input read at a tenth; half written at 1.25
    assert usd_of(HAIKU) == Decimal("0.0022")
    assert usd_of(HAIKU, cached_share=0.5) == Decimal("0.001885")
    assert usd_of(HAIKU, cache_write_share=0.5) == Decimal("0.0022875")


def test_input_that_is_read_and_written_to_the_last_token_has_a_price():
    fields = {"requests_per_month": 1e5, "input_tokens": 4969.0, "output_tokens": 0.0}
    for percent in range(101):
        shares = {"cached_share": percent / 100, "cache_write_share": (100 - percent) / 100}
        assert usd_of(HAIKU, **fields, **shares) is not None


def test_the_hours_of_the_traffic_set_the_price():
    name = "deepseek/deepseek-chat"

    def at(hour):
        hours = [float(each == hour) for each in range(24)]
        return usd_of(name, traffic=traffic_fields(hours_utc=hours))

    # 700 × $0.27 + 300 × $1.10, and half of each at night
    assert at(12) == Decimal("0.000519")
    assert at(20) == Decimal("0.0002595")


def test_an_earlier_day_has_its_own_price():
    # 7 × $1 + 3 × $6 until it was cut, then 7 × $0.20 + 3 × $1.20
    assert bare("openai/gpt-5.6-luna", as_of="2026-01-01").usd_per_month == 25
    assert bare("openai/gpt-5.6-luna").usd_per_month == 5


@given(st.floats(0, 1))
def test_deferring_more_never_costs_more(share):
    assert usd_of(MINI, batch_share=share) <= usd_of(MINI)
    assert usd_of(MINI, batch_share=share) >= usd_of(MINI, batch_share=1.0)


def test_an_unknown_price_is_unknown_and_not_nothing(monkeypatch):
    from headgate.catalog.apis import HostedModel

    ghost = HostedModel(id="x/y", name="Y", provider="no-such", model="y", sources=())
    catalogue = {"x/y": ghost}
    monkeypatch.setattr("headgate.planner.api_option.hosted_models", lambda: catalogue)
    report = ask(apis=["x/y"], machines=[])
    [option] = report.options
    assert (option.usd_per_month, option.lines, option.is_allowed) == (None, (), False)
    assert report.verdict.option is None
    [verdict] = [each for each in option.verdicts if each.outcome != "met"]
    assert "y" in verdict.reason


def test_a_nearly_right_name_gets_the_right_one():
    with pytest.raises(InvalidRequest) as caught:
        ask(apis=["openai/gpt-4o-mni"])
    assert caught.value.param == "apis"
    assert MINI in (caught.value.hint or "")
