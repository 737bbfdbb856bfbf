"""A report survives JSON, with its money exact."""

from decimal import Decimal

import msgspec
from hypothesis import given, settings

from headgate.planner.report import Report
from support.plans import MINI, ask, option_of, questions


@settings(max_examples=30)
@given(questions())
def test_it_is_read_again_as_it_was_written(question):
    report = ask(question)
    assert msgspec.json.decode(msgspec.json.encode(report), type=Report) == report


def test_money_is_text_in_json_and_unknown_is_null():
    report = ask(apis=[MINI], machines=["llama-3.3-70b@l4:rentedx1"])
    by_id = {
        each["id"]: each for each in msgspec.json.decode(msgspec.json.encode(report))["options"]
    }
    usd = by_id[MINI]["usd_per_month"]
    assert isinstance(usd, str)
    assert Decimal(usd) == option_of(report, MINI).usd_per_month
    assert by_id["llama-3.3-70b@l4:rentedx1"]["usd_per_month"] is None


def test_every_field_is_written_so_that_a_page_need_not_guess():
    written = msgspec.json.decode(msgspec.json.encode(ask()))
    assert set(written) == set(Report.__struct_fields__)
