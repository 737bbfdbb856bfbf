from headgate.core.errors import EngineError
from headgate.engine.crashes import LONGEST_DELAY_S, MEMORY_S, Crashes

FAILURE = EngineError("`m.gguf` does not fit into memory", hint="take a smaller one")


def test_nothing_delays_the_first_start() -> None:
    crashes = Crashes(3)
    assert crashes.refusal(100.0) is None
    assert crashes.delay_s(100.0) == 0.0


def test_each_failure_in_a_row_doubles_the_wait_up_to_a_limit() -> None:
    crashes = Crashes(100)
    waits = []
    for _ in range(7):
        crashes.record(100.0, FAILURE)
        waits.append(crashes.delay_s(100.0))
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, LONGEST_DELAY_S, LONGEST_DELAY_S]


def test_time_that_has_passed_counts_towards_the_wait() -> None:
    crashes = Crashes(3)
    crashes.record(100.0, FAILURE)
    assert crashes.delay_s(100.25) == 0.25
    assert crashes.delay_s(107.0) == 0.0


def test_a_model_is_given_up_after_so_many_failures_and_says_why() -> None:
    crashes = Crashes(2)
    crashes.record(100.0, FAILURE)
    assert crashes.refusal(101.0) is None
    crashes.record(110.0, FAILURE)
    refusal = crashes.refusal(120.0)
    assert refusal is not None
    assert refusal.message == (
        "`m.gguf` does not fit into memory (failed 2 times in a row; tried again in 50 s)"
    )
    assert refusal.hint == "take a smaller one"


def test_a_minute_without_a_failure_forgets_them() -> None:
    crashes = Crashes(2)
    crashes.record(100.0, FAILURE)
    crashes.record(100.0, FAILURE)
    assert crashes.refusal(100.0 + MEMORY_S) is None
    assert crashes.delay_s(100.0 + MEMORY_S) == 0.0
    crashes.record(100.0 + MEMORY_S, FAILURE)
    assert crashes.refusal(101.0 + MEMORY_S) is None


def test_no_restarts_still_means_one_start() -> None:
    crashes = Crashes(0)
    assert crashes.refusal(0.0) is None
    crashes.record(0.0, FAILURE)
    refusal = crashes.refusal(1.0)
    assert refusal is not None
    assert "failed once" in refusal.message
