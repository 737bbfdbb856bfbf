from hypothesis import given
from hypothesis import strategies as st

from headgate.privacy.text import Text
from headgate.privacy.words import Words, native_finder, plain_finder

ASKED = (" badge ", " badgenumber ", " id ", " n ", " né ", " my ", "badge", "nn")
spellings = st.lists(
    st.sampled_from(["badge", "badgenumber", "id", "n", "né", "my", "abadge", "nn", "idn", ""]),
    max_size=12,
)


def test_words_are_found_where_they_begin_and_in_any_script():
    words = Words("badge", ("паспорт",))
    assert words.places(Text("Badge, my_badge, BadgeNumber; sabbadge abadge")) == [0, 10, 17]
    assert words.places(Text("мой паспорт")) == [4]
    assert words.places(Text("nothing")) == []


def test_words_occur_or_do_not():
    words = Words("badge", ("паспорт",))
    assert words.occur(Text("my badges"))
    assert words.occur(Text("мой паспорт"))
    assert not words.occur(Text("badged паспор"))


def test_a_word_counts_with_a_number_at_its_end_unless_told_otherwise():
    assert Words("badge").occur(Text("badgeNumber"))
    assert not Words("badge", numbered=False).occur(Text("badgeNumber"))


def test_a_part_is_found_inside_of_words():
    words = Words("id", parts="phone")
    assert words.places(Text("Telephone id, phones")) == [4, 10, 14]
    assert words.places(Text("phon idol")) == []


def test_a_word_asked_for_later_is_found_too():
    text = "an armband"
    assert not Words("badge").occur(Text(text))
    assert Words("armband").places(Text(text)) == [3]


def test_letters_of_another_script_before_it_make_a_word_part_of_another():
    assert Words("badge").places(Text("éбbadge é badge")) == [10]


@given(spellings)
def test_both_finders_find_the_same(spelling):
    spelled = f" {' '.join(spelling)} ".encode("latin-1")
    found = sorted(native_finder(ASKED)(spelled))
    assert sorted(plain_finder(ASKED)(spelled)) == found
    everywhere = [
        (form, start)
        for form in ASKED
        for start in range(len(spelled))
        if spelled.startswith(form.encode("latin-1"), start)
    ]
    assert found == sorted(everywhere)
