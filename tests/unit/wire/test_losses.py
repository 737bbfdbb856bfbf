import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.core.errors import InvalidRequest
from headgate.wire.losses import WITHOUT_EFFECT, Losses


def test_what_changes_the_answer_is_refused_by_name_and_with_a_way_out():
    with pytest.raises(InvalidRequest, match="seed: there is no word for it") as caught:
        Losses().unsayable("seed", "there is no word for it")
    assert caught.value.param == "seed"
    assert "drop_unsupported" in (caught.value.hint or "")


def test_it_is_left_out_and_named_where_the_route_allows_it():
    losses = Losses(may_drop=True)
    losses.unsayable("seed", "there is no word for it")
    losses.drop("user")
    losses.unsayable("seed", "there is no word for it")
    assert losses.names == ("seed", "user")


def test_what_changes_no_answer_is_never_refused():
    losses = Losses()
    losses.leave(dict.fromkeys(WITHOUT_EFFECT, "x"))
    assert set(losses.names) == WITHOUT_EFFECT


@pytest.mark.parametrize("nothing", [None, False, {}, []])
def test_an_empty_field_asks_for_nothing(nothing):
    losses = Losses()
    losses.leave({"x": nothing})
    assert losses.names == ()


def test_a_known_field_is_the_encoders_own_business_and_any_other_is_refused():
    Losses().leave({"x": 1}, frozenset({"x"}))
    with pytest.raises(InvalidRequest, match="y"):
        Losses().leave({"x": 1, "y": 0}, frozenset({"x"}))


@given(st.floats(-5, 5), st.floats(-3, 0), st.floats(0, 3))
def test_a_number_is_kept_or_refused_or_moved_to_the_nearest_that_is_taken(value, low, high):
    losses = Losses(may_clamp=True)
    clamped = losses.clamp("temperature", value, low=low, high=high)
    assert low <= clamped <= high
    assert (losses.names == ()) is (clamped == value)
    if not low <= value <= high:
        assert clamped in {low, high}
        with pytest.raises(InvalidRequest, match="temperature"):
            Losses(may_drop=True).clamp("temperature", value, low=low, high=high)
