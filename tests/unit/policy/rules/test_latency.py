"""The whole time to an answer: wait, loading, first token, the rest."""

from headgate.policy.decision import Veto
from headgate.policy.registry import all_rules
from support.decisions import candidate, facts, steps

RULE = all_rules()["latency"]
ASKED = facts(prefer="latency")


def took(**target: float) -> int:
    return steps(RULE.judge(ASKED, candidate(**target)))


def test_a_step_is_a_millisecond_of_wait_loading_start_and_generation() -> None:
    assert took(ttft_ms=100.0) == 100
    assert took(ttft_ms=100.0, output_tokens_per_s=50.0) == 2100
    assert took(ttft_ms=100.0, output_tokens_per_s=50.0, wait_ms=30.0, load_ms=4000.0) == 6130


def test_what_is_cached_need_not_be_read_and_saves_no_more_than_that() -> None:
    assert took(ttft_ms=100.0, saved_ms=60.0) == 40
    assert took(ttft_ms=100.0, saved_ms=600.0) == 0


def test_a_target_never_measured_is_tried_unless_it_is_known_to_begin_later() -> None:
    assert took() == 0
    assert took(load_ms=9000.0) == 9000


def test_a_start_above_the_most_allowed_is_refused_whatever_ranks() -> None:
    limited = facts(max_ttft_ms=99.0)
    assert isinstance(RULE.judge(limited, candidate(ttft_ms=100.0)), Veto)
    assert not isinstance(RULE.judge(limited, candidate()), Veto)
