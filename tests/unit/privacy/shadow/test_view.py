from hypothesis import given
from hypothesis import strategies as st

from headgate.privacy.shadow.view import Section, View

mixed = st.text(st.sampled_from("a1 -@\u00ad\u200b\u2011４①𝟒é"), min_size=1)


def test_a_text_as_it_stands_covers_itself():
    view = View.of("card 4111")
    assert view.cover(5, 9) == (5, 9)
    assert view.before(5) == 4
    assert view.before(0) is None


def test_what_was_folded_away_inside_is_covered_and_at_the_end_is_not():
    view = View.of("４\u200b1\u200b!")
    assert view.text.value == "41!"
    assert view.cover(0, 2) == (0, 3)


def test_each_character_covers_what_it_was_made_of():
    view = View("a@b", [0, 1, 7], [1, 7, 8])
    assert view.cover(0, 3) == (0, 8)
    assert view.cover(1, 2) == (1, 7)


def test_findings_at_a_cut_edge_do_not_count():
    view = View("0123456789", range(10), range(1, 11), [Section(2, 8)])
    assert view.cover(2, 8) == (2, 8)
    assert view.cover(1, 5) is None
    assert view.cover(4, 9) is None


def test_with_a_seam_only_what_reaches_over_it_counts():
    view = View("41111111", range(8), range(1, 9), [Section(0, 8, seam=4)])
    assert view.cover(2, 6) == (2, 6)
    assert view.cover(0, 4) is None
    assert view.cover(4, 8) is None


def test_several_stretches_are_one_view_and_no_finding_reaches_over_two():
    whole = View.of_all([View("ab", [3, 4], [4, 5]), View("cd", [7, 9], [9, 10])])
    assert whole is not None
    at = whole.written.index("c")
    assert whole.cover(0, 2) == (3, 5)
    assert whole.cover(at, at + 2) == (7, 10)
    assert whole.cover(0, at + 1) is None
    assert View.of_all([]) is None


@given(mixed)
def test_a_part_has_the_folded_characters_and_their_places(written):
    view = View.of(written)
    size = len(view.text.value)
    plain, starts, ends = view.part(0, size)
    assert plain == view.text.value
    places = list(zip(starts, ends, strict=True))
    assert places == [view.cover(place, place + 1) for place in range(size)]


def test_octets_are_those_of_what_is_written_not_of_how_it_reads():
    assert View.of("a１é電").octets == b"a?\xe9?"
    assert View.of("a1").octets == b"a1"
