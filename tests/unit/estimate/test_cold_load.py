"""The time to load a model, before it was ever loaded here."""

from headgate.estimate.cold_load import START_S, cold_load_s


def test_a_larger_file_takes_longer_in_proportion() -> None:
    assert cold_load_s(0) == START_S
    assert cold_load_s(8_000_000_000) - START_S == 2 * (cold_load_s(4_000_000_000) - START_S)
    assert cold_load_s(8_000_000_000) == 17.0
