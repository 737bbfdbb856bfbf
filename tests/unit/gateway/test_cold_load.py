"""What is expected of a load, before and after the first."""

from headgate.gateway.cold_load import ColdLoad


def test_the_first_measurement_replaces_what_was_only_expected() -> None:
    load = ColdLoad(4_000_000_000)
    assert load.expected_ms == 9000
    load.took(2000)
    assert load.expected_ms == 2000


def test_later_ones_move_it() -> None:
    load = ColdLoad()
    assert load.expected_ms is None
    load.took(1000)
    load.took(2000)
    assert load.expected_ms == 1200
