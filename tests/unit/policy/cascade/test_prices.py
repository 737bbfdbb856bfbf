"""What calls cost."""

import msgspec
import pytest

from headgate.policy.cascade.prices import PerToken, Prices, electricity
from headgate.policy.cascade.rows import Row, labelled
from support.labelled_cascades import rows


@pytest.fixture
def row():
    (line,) = rows(1)
    line["prompt"] = "x" * 4000
    line["cheap"][0]["chars"], line["cheap"][1]["chars"] = 400, 800
    return labelled([msgspec.convert(line, Row)])[0]


def test_own_tokens_cost_their_power(row):
    # 530 W for 10 s of writing 1000 tokens at $0.146 a kWh.
    assert electricity().usd(0, 4000) == pytest.approx(530 / 1000 * 10 / 3600 * 0.146)
    assert electricity().usd(12_000, 0) == pytest.approx(530 / 1000 * 1 / 3600 * 0.146)


def test_a_call_is_its_prompt_and_its_answer(row):
    prices = Prices(cheap=PerToken(1, 10), strong=PerToken(2, 20)).settled([row])
    assert prices.cheap_usd(row, 0) == pytest.approx((1000 * 1 + 100 * 10) / 1e6)
    assert prices.cheap_usd(row, 1) == pytest.approx((1000 * 1 + 200 * 10) / 1e6)
    assert prices.strong_usd(row) == pytest.approx((1000 * 2 + 100 * 20) / 1e6)
    assert prices.settled([]) == prices
    longer = msgspec.structs.replace(prices, strong_answer_tokens=500)
    assert longer.strong_usd(row) == pytest.approx((1000 * 2 + 500 * 20) / 1e6)
