"""How fast each option answers, and how we know."""

import pytest

from headgate.catalog.apis import hosted_models
from headgate.cli.views.plan import show
from headgate.core.errors import InvalidRequest
from headgate.planner.link import question_of
from support.plans import DESK, L4, MINI, ask, option_of, traffic_fields, verdicts_of

MEASURED = {
    "provider": "openai",
    "model": "gpt-4o-mini",
    "samples": 321,
    "ttft_p50_s": 0.4,
    "ttft_p95_s": 0.9,
    "tpot_p50_s": 0.01,
    "tpot_p95_s": 0.02,
    "as_of": "2026-11-20",
}


def speed_of(name, **fields):
    is_machine = "@" in name
    report = ask(apis=[] if is_machine else [name], machines=[name] if is_machine else [], **fields)
    return option_of(report, name).latency


def published():
    return next(each for each in hosted_models().values() if each.latency and not each.retired)


def test_what_was_measured_comes_before_what_is_published():
    api = published()
    mine = {**MEASURED, "provider": api.provider, "model": api.model}
    speed = speed_of(api.id, traffic=traffic_fields(speeds=[mine]))
    assert (speed.ttft_p50_s, speed.ttft_p95_s) == (0.4, 0.9)
    # 0.4 + 299 × 0.01, and 0.9 + 299 × 0.02
    assert speed.e2e_p50_s == pytest.approx(3.39)
    assert speed.e2e_p95_s == pytest.approx(6.88)
    assert speed.basis.kind == "measured"
    assert "321" in speed.basis.method


def test_a_measurement_of_another_model_says_nothing():
    other = {**MEASURED, "model": "gpt-4o"}
    assert speed_of(MINI, traffic=traffic_fields(speeds=[other])) == speed_of(
        MINI, traffic=traffic_fields()
    )


@pytest.mark.parametrize("tpot_p95_s", [0.0, 0.02])
def test_a_stream_that_came_all_at_once_breaks_nothing(tpot_p95_s, capsys):
    at_once = {**MEASURED, "tpot_p50_s": 0.0, "tpot_p95_s": tpot_p95_s}
    try:
        report = ask(
            traffic=traffic_fields(speeds=[at_once]), apis=[MINI], machines=[], tokens_per_s=20
        )
    except InvalidRequest:
        return
    assert verdicts_of(option_of(report, MINI))["tokens_per_s"] == "met"
    show(report)
    assert option_of(report, MINI).name in capsys.readouterr().out


def test_what_is_published_carries_its_date_and_source():
    api = published()
    speed = speed_of(api.id)
    assert speed.ttft_p50_s == api.latency.ttft_p50_s
    assert speed.tpot_p50_s == pytest.approx(1 / api.latency.tokens_per_s_p50)
    assert speed.e2e_p50_s == pytest.approx(
        api.latency.ttft_p50_s + 299 / api.latency.tokens_per_s_p50
    )
    assert (speed.basis.kind, bool(speed.basis.source)) == ("published", True)
    assert speed.basis.as_of


def test_a_p95_that_nobody_published_stays_unknown():
    api = next(
        each
        for each in hosted_models().values()
        if each.latency and each.latency.ttft_p95_s is None and not each.retired
    )
    assert (speed_of(api.id).ttft_p95_s, speed_of(api.id).e2e_p95_s) == (None, None)


def test_what_nobody_knows_is_none():
    unknown = next(e.id for e in hosted_models().values() if e.latency is None and not e.retired)
    assert speed_of(unknown) is None
    assert speed_of("llama-3.3-70b@l4:rentedx1") is None


@pytest.mark.parametrize("machine", [L4, DESK])
def test_a_machine_s_speed_is_calculated_and_p95_is_the_slower(machine):
    speed = speed_of(machine)
    assert speed.basis.kind == "estimated"
    assert 0 < speed.ttft_p50_s <= speed.ttft_p95_s
    assert 0 < speed.tpot_p50_s <= speed.tpot_p95_s
    assert speed.e2e_p50_s == pytest.approx(speed.ttft_p50_s + 299 * speed.tpot_p50_s)
    assert speed.e2e_p50_s <= speed.e2e_p95_s


def test_a_machine_keeps_what_it_was_sized_for_at_any_volume():
    for tokens in (1e6, 1e8, 1e10, 1e12):
        speed = speed_of(L4, monthly_tokens=tokens, ttft_s=2.0, tokens_per_s=10)
        assert speed.ttft_p95_s <= 2.0 * (1 + 1e-6)
        assert speed.tpot_p95_s <= 0.1 * (1 + 1e-6)


def test_one_answer_of_one_token_has_no_time_between_tokens():
    question = question_of({"requests_per_month": 1000, "input_tokens": 100, "output_tokens": 1})
    speed = option_of(ask(question, apis=(), machines=(L4,)), L4).latency
    assert speed.e2e_p50_s == pytest.approx(speed.ttft_p50_s)
