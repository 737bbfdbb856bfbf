from decimal import Decimal

from headgate.backends import exchange
from headgate.config.target import MachineCost, Price, TargetSettings, Timeouts


def test_timeouts_left_out_are_those_of_the_backends():
    assert Timeouts().settings() == exchange.Timeouts()
    assert set(Timeouts.model_fields) == set(exchange.Timeouts.__struct_fields__)


def test_a_timeout_of_null_waits_for_ever():
    given = Timeouts.model_validate({"stall_s": None, "total_s": 9}).settings()
    assert (given.stall_s, given.total_s) == (None, 9.0)


def test_money_is_exact():
    price = Price.model_validate({"input_usd_per_mtok": 0.15, "output_usd_per_mtok": "0.6"})
    assert price.input_usd_per_mtok == Decimal("0.15")
    assert price.output_usd_per_mtok == Decimal("0.6")
    assert price.cache_read_usd_per_mtok is None
    assert MachineCost.model_validate({"watts": 350, "usd_per_kwh": 0.3}).hardware_usd == 0


def test_a_target_needs_only_a_backend():
    target = TargetSettings(backend="openai")
    assert (target.model, target.retries, target.local) == (None, 1, None)
    assert target.capacity.max_concurrency is None
