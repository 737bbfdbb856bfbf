"""What of a text is replaced."""

from headgate.privacy.scan import Finding
from headgate.privacy.spans import Span, clear_of, is_json, merged, widened, within_json

NONE: frozenset[str] = frozenset()


def test_overlapping_findings_become_one_with_the_label_of_the_longest():
    findings = [Finding("phone", 2, 6), Finding("card", 0, 5), Finding("ip", 8, 9)]
    assert merged(findings, NONE) == [Span(0, 6, "card"), Span(8, 9, "ip")]


def test_of_equally_long_ones_the_surest_counts():
    findings = [Finding("phone", 0, 5, "", 0.5), Finding("card", 0, 5, "", 0.4)]
    assert merged(findings, NONE) == [Span(0, 5, "phone")]


def test_findings_that_only_touch_stay_apart():
    findings = [Finding("phone", 0, 5), Finding("card", 5, 9)]
    assert merged(findings, NONE) == [Span(0, 5, "phone"), Span(5, 9, "card")]


def test_what_overlaps_something_to_take_out_is_taken_out():
    findings = [Finding("phone", 0, 9), Finding("secret", 8, 12)]
    assert merged(findings, frozenset({"secret"})) == [Span(0, 12, "secret", is_redacted=True)]


def test_only_objects_and_lists_are_json_text():
    assert is_json(' {"a": 1}')
    assert is_json("[1]")
    assert not is_json('"a"')
    assert not is_json("{a}")
    assert not is_json("[" * 10_000)


def test_in_json_text_a_span_stays_within_strings_and_numbers():
    text = '{"a":"x\\ny","b":4111}'
    (whole,) = merged([Finding("address", 6, 20)], NONE)
    fitted = within_json(text, [whole])
    assert [text[span.start : span.end] for span in fitted] == ["x\\ny", "b", "4111"]
    assert [span.form for span in fitted] == ["json", "plain", "number"]


def test_no_escape_is_cut():
    text = '["a\\u00e9b", "\\ud83d\\ude00"]'
    (one,) = within_json(text, [Span(5, 10, "x")])
    assert text[one.start : one.end] == "\\u00e9b"
    (pair,) = within_json(text, [Span(20, 22, "x")])
    assert text[pair.start : pair.end] == "\\ud83d\\ude00"


def test_spans_do_not_cut_what_is_kept():
    kept = [(4, 10)]
    assert clear_of([Span(5, 7, "x")], kept) == []
    assert clear_of([Span(2, 6, "x")], kept) == [Span(2, 10, "x")]
    assert clear_of([Span(0, 3, "x")], kept) == [Span(0, 3, "x")]


def test_spans_widen_to_words_and_then_to_everything():
    text = "say EMAIL_7K3x now"
    wide = widened(text, [Span(13, 14, "x")])
    assert wide == [Span(4, 14, "x")]
    assert widened(text, wide) == [Span(0, len(text), "x")]
