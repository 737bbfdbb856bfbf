from hypothesis import given
from hypothesis import strategies as st

from headgate.privacy.text import LONGEST_REMEMBERED, Form, Text, form_of

digits_and_gaps = st.text(st.sampled_from("0123456789 .-()/a,\n４é"))


def every(form: Form) -> bool:
    return True


def numbers(raw: str) -> list[tuple[str, ...]]:
    return [tuple(number.groups()) for number, _ in Text(raw).numbers(every)]


def test_digits_with_separators_are_one_number():
    assert numbers("call +1 (415) 555-2671 now") == [("1", "415", "555", "2671")]


def test_letters_commas_and_lines_end_a_number():
    assert numbers("1234567a1234567,1234567\n1234567") == [("1234567",)] * 4


def test_a_long_gap_ends_a_number():
    assert numbers("1234567    7654321   12") == [("1234567",), ("7654321", "12")]


def test_short_runs_are_not_worth_looking_at():
    assert numbers("in 2023, 12-34, 3.14") == []


def test_the_shape_has_one_byte_for_each_character():
    text = Text("é1電a-\ud800")
    assert len(text.shape) == len(text.value) == 6
    assert text.shape == b"?0?a ?"


def test_only_ascii_letters_and_digits_are_words():
    text = Text("a1é 電_")
    assert [text.is_word_at(offset) for offset in range(-1, 7)] == [False, True, True] + [False] * 5


@given(digits_and_gaps)
def test_groups_and_gaps_add_up_to_the_text_between(raw):
    text = Text(raw)
    for number, _ in text.numbers(every):
        gaps = (*number.form.gaps, "")
        written = "".join(group + gap for group, gap in zip(number.groups(), gaps, strict=True))
        assert text.value[number.start : number.start + len(written)] == written
        assert number.end(-1) == number.start + len(written)
        assert number.digits(0, len(gaps) - 1) == "".join(number.groups())
        for index, group in enumerate(number.groups()):
            assert number.group(index) == group
            assert text.value[number.begin(index) : number.end(index)] == group


def test_numbers_come_in_order_with_what_their_form_is_good_for():
    text = Text("1234567, 12-34-567, 7654321, 12345678")
    found = text.numbers(lambda form: form.gaps or len(form.written) == 7)
    assert [("".join(number.groups()), use) for number, use in found] == [
        ("1234567", True),
        ("1234567", ("-", "-")),
        ("7654321", True),
    ]


def test_a_form_is_judged_once_for_all_numbers_of_it():
    judged = []

    def judge(form: Form) -> bool:
        judged.append(form.written)
        return True

    Text("1234567 1234567, 7654321 7654321").numbers(judge)
    Text("1111111 2222222").numbers(judge)
    assert judged == [b"0000000 0000000"]


def test_a_form_too_long_to_be_remembered_reads_as_any_other():
    written = b"0" * LONGEST_REMEMBERED
    assert form_of(written) is form_of(written)
    assert form_of(written + b".0") is not form_of(written + b".0")
    assert form_of(written + b".0").sizes == (LONGEST_REMEMBERED, 1)


def test_lower_case_keeps_every_character_in_its_place():
    assert Text("Dear ADA").lower == "dear ada"
    turkish = Text("İ Ada")
    assert len(turkish.lower) == len(turkish.value)
    assert turkish.lower.endswith("ada")


def test_long_runs_of_letters_and_digits_are_found_whole():
    run = "1HGCM82633A004352"
    text = Text(f"a short {run}, {run}{run}-{run[:-1]}")
    assert [text.value[start:end] for start, end in text.runs] == [run, run + run]


def test_a_shape_is_found_where_it_stands_alone():
    text = Text("X1234567L, aX1234567L X1234567LL X7654321A")
    assert [text.value[at : at + 9] for at in text.shaped(b"a0000000a")] == [
        "X1234567L",
        "X7654321A",
    ]


@given(digits_and_gaps)
def test_the_shapes_found_have_that_shape(raw):
    text = Text(raw)
    assert all(text.shape.startswith(b"00 0", at) for at in text.shaped(b"00 0"))


def test_what_several_detectors_need_is_worked_out_once():
    asked = []

    def length(value: str) -> int:
        asked.append(value)
        return len(value)

    text = Text("Ａb")
    assert [text.once(length), text.once(length)] == [2, 2]
    assert asked == ["Ab"]


def test_what_needs_the_whole_text_is_worked_out_once_too():
    asked = []

    def size(text: Text) -> int:
        asked.append(text.shape)
        return len(text.shape)

    text = Text("a1")
    assert [text.derived(size), text.derived(size)] == [2, 2]
    assert asked == [b"a0"]
