"""The draws, who wins them, and what would change the winner."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headgate.catalog.sources import Range
from headgate.planner.bill import Bill, Part
from headgate.planner.draws import DRAWS, Draws
from headgate.planner.inputs import Input, Inputs
from headgate.planner.uncertainty import (
    VOLUME,
    band,
    outcomes,
    swings,
    volume_input,
)
from headgate.runtime.planning import column

TOKENS = 1000.0


def inputs_of(volume_error=0.0, **ranges):
    return Inputs(
        [
            volume_input(volume_error),
            *(
                Input(id=name, name=name, unit="usd", range=Range(low=low, usual=usual, high=high))
                for name, (low, usual, high) in ranges.items()
            ),
        ]
    )


def bill(*inputs, **amount):
    return Bill(parts=(Part(id="p", name="p", formula="", inputs=inputs, **amount),))


def drawn_outcomes(options, inputs):
    return outcomes(options, TOKENS, Draws(inputs, column))


bills = st.dictionaries(
    st.sampled_from("abcd"),
    st.builds(
        lambda inputs, kind, amount: bill(*inputs, **{kind: amount}),
        st.sampled_from([(), ("x",), ("y",), ("x", "y")]),
        st.sampled_from(["fixed", "per_token"]),
        st.floats(0, 1000),
    ),
    min_size=1,
)


@given(bills, st.floats(0, 0.9))
def test_the_chances_to_be_cheapest_add_up_to_one(options, error):
    found = drawn_outcomes(options, inputs_of(error, x=(1, 2, 9), y=(0, 5, 6)))
    assert sum(each.p_cheapest for each in found.values()) == pytest.approx(1)
    assert all(0 <= each.p_cheapest <= 1 for each in found.values())


@given(bills, st.floats(0, 0.9))
def test_regret_is_never_negative_and_nothing_to_a_sure_winner(options, error):
    found = drawn_outcomes(options, inputs_of(error, x=(1, 2, 9), y=(0, 5, 6)))
    for each in found.values():
        assert each.regret_usd >= -1e-6 * max(1.0, each.mean_usd)
        assert each.low_usd <= each.high_usd
        if each.p_cheapest == 1:
            assert each.regret_usd == pytest.approx(0, abs=1e-6 * max(1.0, each.mean_usd))


def test_the_band_of_one_uniform_looking_input_is_worked_out_by_hand():
    # 10 % below: 0 + 100 × √(2 × 0.1) = 44.7; 90 %: 200 − 100 × √(2 × 0.1) = 155.3.
    found = drawn_outcomes({"a": bill("x", fixed=1.0)}, inputs_of(x=(0, 100, 200)))["a"]
    assert found.low_usd == pytest.approx(44.7, abs=2)
    assert found.high_usd == pytest.approx(155.3, abs=2)
    assert found.mean_usd == pytest.approx(100, abs=0.5)


def test_an_even_race_is_won_half_the_time():
    options = {"drawn": bill("x", fixed=1.0), "known": bill(fixed=100.0)}
    found = drawn_outcomes(options, inputs_of(x=(0, 100, 200)))
    assert found["drawn"].p_cheapest == 0.5


def test_what_options_share_does_not_blur_which_is_cheaper():
    # Both double when x does; one is always a dollar in a hundred cheaper.
    options = {"a": bill("x", fixed=1.0), "b": bill("x", fixed=1.01)}
    assert drawn_outcomes(options, inputs_of(x=(1, 50, 1000)))["a"].p_cheapest == 1


def test_every_input_is_drawn_in_its_range_with_its_usual_value_in_the_middle():
    drawn = list(Draws(inputs_of(x=(1, 2, 90)), column).column("x"))
    assert len(drawn) == DRAWS
    assert all(1 <= each <= 90 for each in drawn)
    assert sum(each < 2 for each in drawn) == DRAWS / 2


def test_the_volume_is_drawn_too():
    found = drawn_outcomes({"api": bill(per_token=1.0)}, inputs_of(0.5))["api"]
    assert 500 <= found.low_usd < 1000 < found.high_usd <= 1500


def test_an_input_flips_the_answer_where_both_cost_the_same():
    # $100 × x against $150: x = 1.5.
    options = {"own": bill("x", fixed=100.0), "api": bill(fixed=150.0)}
    [swing] = swings("own", options, TOKENS, inputs_of(x=(0.5, 1, 3)))
    assert swing.flips_at == pytest.approx(1.5)
    assert swing.flips_to == "api"
    assert (swing.at_low_usd, swing.at_high_usd) == (pytest.approx(100), pytest.approx(-150))


def test_a_flip_outside_the_range_is_none():
    options = {"own": bill("x", fixed=100.0), "api": bill(fixed=150.0)}
    [swing] = swings("own", options, TOKENS, inputs_of(x=(0.5, 1, 1.4)))
    assert (swing.flips_at, swing.flips_to) == (None, None)


def test_the_volume_may_flip_it():
    # $800 against $1 a token, 1,000 of them ± 50 %: at 0.8 of the volume.
    options = {"own": bill(fixed=800.0), "api": bill(per_token=1.0)}
    [swing] = swings("own", options, TOKENS, inputs_of(0.5))
    assert swing.input.id == VOLUME
    assert swing.flips_at == pytest.approx(0.8)


amounts = st.tuples(st.floats(1, 1000), st.floats(1, 1000))


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from("abc"), amounts, min_size=2))
def test_at_every_flip_the_two_options_cost_the_same(costs):
    options = {
        name: Bill(
            parts=(
                Part(id="p", name="p", formula="", inputs=("x",), fixed=x),
                Part(id="q", name="q", formula="", inputs=("y",), fixed=y),
            )
        )
        for name, (x, y) in costs.items()
    }
    inputs = inputs_of(x=(0.1, 1, 10), y=(0.1, 1, 10))
    usual = {name: each.at(inputs.usual()).usd(TOKENS) for name, each in options.items()}
    chosen = min(usual, key=usual.get)
    for swing in swings(chosen, options, TOKENS, inputs):
        if swing.flips_at is None:
            continue
        assert 0.1 <= swing.flips_at <= 10
        values = inputs.changed(swing.input.id, swing.flips_at)
        mine, theirs = (options[name].at(values).usd(TOKENS) for name in (chosen, swing.flips_to))
        assert mine == pytest.approx(theirs, rel=1e-4)
        assert min(each.at(values).usd(TOKENS) for each in options.values()) == pytest.approx(
            mine, rel=1e-4
        )


def test_the_largest_swing_comes_first_and_what_makes_no_difference_is_left_out():
    options = {
        "own": Bill(
            parts=(
                Part(id="p", name="p", formula="", inputs=("small",), fixed=1.0),
                Part(id="q", name="q", formula="", inputs=("large",), fixed=10.0),
            )
        ),
        "api": bill(fixed=1e4),
    }
    inputs = inputs_of(small=(0, 1, 2), large=(0, 1, 2), idle=(0, 1, 2))
    assert [each.input.id for each in swings("own", options, TOKENS, inputs)] == ["large", "small"]
    assert swings("own", {"own": options["own"]}, TOKENS, inputs) == []


def test_the_band_holds_eight_tenths_of_the_draws_at_each_volume():
    costs = [bill(per_token=float(rate)).at({}) for rate in range(1, 12)]
    lows, highs = band(costs, [1.0, 10.0])
    # Eleven rates from 1 to 11: the second and the second last.
    assert (lows, highs) == ([2, 20], [10, 100])
