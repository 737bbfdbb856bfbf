"""Every detector keeps the promises its own file makes."""

import random
import string
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.core.plugins import load_all
from headgate.privacy.scan import DETECTORS, findings, known_labels, scan
from headgate.privacy.text import Text

ALL = load_all(DETECTORS, "DETECTOR")
every_detector = pytest.mark.parametrize("detector", ALL.values(), ids=ALL.keys())

EXAMPLES = [
    pytest.param(name, example, id=f"{name}-{number}")
    for name, detector in ALL.items()
    for number, example in enumerate(detector.examples)
]
COUNTER_EXAMPLES = [
    pytest.param(name, example, id=f"{name}-{number}")
    for name, detector in ALL.items()
    for number, example in enumerate(detector.counter_examples)
]
PIECES = [
    *("@", "a@", " @b.co", "a@b.", "a@b-", ".a@", "x@y.z1 "),
    *("1", "1 ", "1-", "1.", "1.2.3.4 ", "999.1.2.3 ", "12345 ", "4111 ", "4111111111111112 "),
    *("0 ", "0" + " " * 50, "00 ", "0123 ", "0(", "(1)", "+", "+1", "123-45-", "000000000 "),
    *(":", "a:", "1:", "2001::", "12:34:56 ", "f:", "DE12 ", "DE12A", "de12", "ssn 000000000 "),
    *("call ", "call 1234567 ticket ", "tel 1 ", "４", "4\u200b", "\u0301", "—1", "٣٤ "),
]
SIZE = 12_000
identifiers = st.text(
    st.sampled_from("0123456789 .-()/+:@abDE%x\n\u200b\u00a0４é电") | st.characters(), max_size=80
)


def found(name: str, text: str) -> list[str]:
    return [text[each.start : each.end] for each in findings(text, frozenset({name}))]


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_a_detector_finds_its_examples(name, example):
    assert found(name, example) != []


@pytest.mark.parametrize(("name", "example"), COUNTER_EXAMPLES)
def test_a_detector_finds_nothing_in_its_counter_examples(name, example):
    assert found(name, example) == []


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_an_example_is_found_wherever_it_stands(name, example):
    assert found(name, f"Please read this.\n{example}\nThank you, and goodbye.") != []


@every_detector
def test_a_detector_is_named_as_its_file_and_has_examples(detector):
    assert ALL[detector.name] is detector
    assert len(detector.examples) >= 3
    assert len(detector.counter_examples) >= 3


@every_detector
@given(identifiers)
def test_any_text_is_read_and_every_span_lies_inside_it(detector, raw):
    text = Text(raw)
    spans = list(detector.find(text))
    assert all(0 <= hit.start < hit.end <= len(text.value) for hit in spans)
    assert all(0 < hit.score <= 1 for hit in spans)
    assert spans == sorted(spans)


@given(identifiers)
def test_labels_and_places_agree(raw):
    wanted = frozenset(known_labels())
    placed = findings(raw, wanted)
    assert scan(raw, wanted) == {each.label for each in placed}
    assert all(0 <= each.start < each.end <= len(raw) for each in placed)


def steps_to_scan(text: str, detector) -> int:
    """Python lines and calls into C that a scan takes."""
    count = 0

    def tick(*_):
        nonlocal count
        count += 1
        return tick

    before = sys.gettrace(), sys.getprofile()
    sys.settrace(tick)
    sys.setprofile(tick)
    try:
        for _ in detector.find(Text(text)):
            pass
    finally:
        sys.settrace(before[0])
        sys.setprofile(before[1])
    return count


@every_detector
@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_twice_the_text_takes_at_most_twice_the_steps(detector, piece):
    text = piece * (SIZE // len(piece))
    once = steps_to_scan(text[: SIZE // 2], detector)
    twice = steps_to_scan(text, detector)
    assert twice <= 2.2 * once + 200


@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_a_long_stretch_of_anything_is_read_to_its_end(piece):
    """Backtracking inside `re` is not among the steps counted above; here it would not return."""
    size = 200_000
    text = piece * (size // len(piece)) + "\n"
    before = [each.end for each in findings(text, frozenset(ALL))]
    after = findings(text + "mail ada@example.com", frozenset(ALL))
    assert after[-1].label == "email"
    assert len(after) == len(before) + 1


def test_encoded_images_hold_nothing():
    generator = random.Random(7)
    alphabet = string.ascii_letters + string.digits + "+/"
    encoded = "".join(generator.choices(alphabet, k=1_000_000))
    assert findings(f'{{"url":"data:image/png;base64,{encoded}"}}', frozenset(ALL)) == []


def test_hashes_hold_nothing_and_few_long_ids_pass_for_a_card():
    generator = random.Random(11)
    lines = [
        f"{generator.getrandbits(256):064x} {generator.getrandbits(128):032x} "
        f"{generator.getrandbits(64)} id={generator.randrange(10**15)}"
        for _ in range(3000)
    ]
    hits = findings("\n".join(lines), frozenset(ALL))
    # A tenth of all digit strings passes Luhn, and some have a card's prefix and length; fewer
    # have a month and a remainder of 97 where a French person's number has them.
    assert {each.label for each in hits} <= {"card", "national_id"}
    assert len(hits) <= len(lines) // 30
