"""Placeholders in a text that arrives in pieces."""

import pytest

from headgate.privacy.pseudonyms import Pseudonyms
from headgate.privacy.restore import Lane, count_of_loose, restored

KEY = b"0123456789abcdef"


@pytest.fixture
def names() -> Pseudonyms:
    return Pseudonyms(KEY)


@pytest.fixture
def name(names: Pseudonyms) -> str:
    return names.name_of("email", "ada@x.io")


def test_a_placeholder_in_pieces_is_kept_back_until_it_is_whole(names: Pseudonyms, name: str):
    lane = Lane(names)
    assert lane.feed("to " + name[:3]) == "to "
    assert lane.held == name[:3]
    assert lane.feed(name[3:9]) == ""
    assert lane.feed(name[9:] + "!") == "ada@x.io!"
    assert lane.held == lane.end() == ""
    assert lane.unrestored == 0


def test_ordinary_text_is_never_kept_back(names: Pseudonyms, name: str):
    lane = Lane(names)
    for piece in ("The ", "email_address", " of ", "snake_case", "\\", "n", " a PHON"):
        assert lane.feed(piece) == piece or lane.held == "\\"
        assert lane.is_idle_for("plain")


def test_what_was_no_placeholder_comes_with_the_next_piece(names: Pseudonyms, name: str):
    lane = Lane(names)
    assert lane.feed("plan E") == "plan "
    assert lane.feed("ast") == "East"
    assert lane.feed(" EMAIL_") == " "
    assert lane.feed("LIST") == "EMAIL_LIST"


def test_a_label_in_small_letters_is_kept_back_as_a_word_only(names: Pseudonyms, name: str):
    lane = Lane(names)
    assert lane.feed("the email") == "the "
    assert lane.feed(name[5:].lower()) == "ada@x.io"
    assert lane.feed("voicemail") == "voicemail"


@pytest.mark.parametrize("change", [str.lower, str.title, lambda name: name.replace("_", "\\_")])
def test_what_models_do_to_a_placeholder_is_forgiven(names: Pseudonyms, name: str, change):
    assert restored(f"**{change(name)}**s", names) == "**ada@x.io**s"


@pytest.mark.parametrize("change", [lambda name: name.replace("_", " "), lambda name: name[6:]])
def test_what_cannot_be_restored_is_counted(names: Pseudonyms, name: str, change):
    lane = Lane(names)
    assert lane.feed(f"to {change(name)}.") + lane.end() == f"to {change(name)}."
    assert lane.unrestored == 1
    assert count_of_loose(change(name), names) == 1


def test_made_up_placeholders_stay_and_are_counted(names: Pseudonyms, name: str):
    lane = Lane(names)
    assert lane.feed("EMAIL_BCDFGHJKM ") == "EMAIL_BCDFGHJKM "
    assert lane.unrestored == 1


def test_a_label_cut_where_its_case_is_not_ours_is_counted(names: Pseudonyms, name: str):
    lane = Lane(names)
    small = name.lower()
    came = lane.feed(small[:3]) + lane.feed(small[3:]) + lane.end()
    assert came == small
    assert lane.unrestored == 1


def test_values_are_never_read_again(names: Pseudonyms, name: str):
    outer = names.name_of("person", f"see {name} there")
    assert restored(outer, names) == f"see {name} there"


def test_values_are_escaped_in_json_text(names: Pseudonyms):
    name = names.name_of("person", 'A "Q"\n')
    assert restored(f'{{"a":"{name}"}}', names, "json") == '{"a":"A \\"Q\\"\\n"}'
    assert restored(f'{{"a":"{name}"}}', names) == '{"a":"A "Q"\n"}'


def test_numbers_come_back_without_their_quotes(names: Pseudonyms):
    name = names.name_of("card", "4111", "number")
    for context in ("text", "json"):
        lane = Lane(names, context)  # type: ignore[arg-type]
        cut = ['{"n":"', name[:4], name[4:], '"', "}"]
        assert "".join(map(lane.feed, cut)) + lane.end() == '{"n":4111}'
    lane = Lane(names)
    assert lane.feed(f'say "{name}') + lane.feed(" now") == 'say "4111 now'
    lane = Lane(names)
    assert lane.feed(f'"{name}') == ""
    assert lane.end() == '"4111'


def test_places_move_with_what_was_put_in_before_them(names: Pseudonyms, name: str):
    lane = Lane(names)
    text = f"to {name}, now"
    out = lane.feed(text)
    start = text.index("now")
    assert out[lane.place_of(start) : lane.place_of(start + 3)] == "now"
    assert out[lane.place_of(3) : lane.place_of(3 + len(name))] == "ada@x.io"
    assert lane.place_of(0) == 0


def test_without_placeholders_nothing_is_read():
    lane = Lane(Pseudonyms(KEY))
    assert lane.feed("EMAIL_") == "EMAIL_"
    assert lane.end() == ""


def test_a_cut_placeholder_comes_out_as_it_is_and_is_counted(names: Pseudonyms, name: str):
    lane = Lane(names)
    assert lane.feed("to " + name[:9]) + lane.end() == "to " + name[:9]
    assert lane.unrestored == 1
    lane = Lane(names)
    assert lane.feed("plan E") + lane.end() == "plan E"
    assert lane.unrestored == 0


def test_a_value_of_json_text_is_spoken_of_as_it_reads() -> None:
    names = Pseudonyms(KEY)
    name = names.name_of("person", "J\\u00f6rg M\\u00fcller", "json")
    quoted = names.name_of("person", 'Ann \\"Q\\" Lee', "json")
    assert restored(f"I wrote to {name}.", names) == "I wrote to Jörg Müller."
    assert restored(f'{{"to": "{name}"}}', names) == '{"to": "J\\u00f6rg M\\u00fcller"}'
    assert restored(f'So: {{"to": "{name}"}}', names) == 'So: {"to": "Jörg Müller"}'
    assert restored(f'So: {{"to": "{quoted}"}}', names) == 'So: {"to": "Ann \\"Q\\" Lee"}'
