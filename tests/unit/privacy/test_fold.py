import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.privacy.fold import fold, origins

mixed = st.text(st.sampled_from("a1 -@.\u00ad\u200b\u0301\u2011\u00a0４＠①𝟒é電") | st.characters())


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("４１１１", "4111"),
        ("٣٤ ۳۴ ३४", "34 34 34"),
        ("𝟒𝟏 ④", "41 4"),
        ("ａｄａ＠ｅｘ．ｃｏｍ", "ada@ex.com"),
        ("41\u200b11\u00ad11\u2060", "411111"),
        ("1\u20112\u20133\u22124\ufe635", "1-2-3-4-5"),
        ("1\u00a02\u20093\u30004", "1 2 3 4"),
        ("1·2•3。4", "1.2.3.4"),
        ("4\ufe0f\u20e3", "4"),
        ("e\u0301", "e"),
    ],
)
def test_a_disguise_is_taken_off(disguised, plain):
    assert fold(disguised) == plain


@pytest.mark.parametrize(
    "text", ["plain text 123", "été größer 電話，你好", "m² and x³", "→ “quoted”"]
)
def test_what_hides_nothing_stays(text):
    assert fold(text) == text


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_is_returned_as_it_is(text):
    assert fold(text) is text


@given(mixed)
def test_each_folded_character_has_one_origin(text):
    folded, places = fold(text), origins(text)
    assert len(places) == len(folded) + 1
    assert list(places) == sorted(places)
    assert places[-1] == len(text)
    assert all(
        fold(text[place]) == character for place, character in zip(places, folded, strict=False)
    )


@given(mixed)
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_every_decimal_digit_of_the_common_scripts_folds():
    digits = [chr(point) for point in range(0x80, 0xFFFF) if chr(point).isdecimal()]
    unfolded = {unicodedata.name(digit) for digit in digits if not fold(digit).isascii()}
    assert unfolded == set()
