"""Our figures beside those of the original: `tools/span_reference.py` writes them down."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from headgate.privacy.evaluation.span_score import (
    ANY,
    Count,
    Tagged,
    regardless_of_kind,
    score,
    skip_words,
    tags,
)
from headgate.privacy.evaluation.tokens import tokens

REFERENCE = json.loads(Path(__file__).with_name("span_reference.json").read_text("utf-8"))


def tagged(text, gold, found):
    words = tokens(text)
    return Tagged(words, tags(words, gold), tags(words, found))


def counts(scores):
    return {
        name: [its.right, its.predicted, its.labelled]
        for name, its in sorted(scores.items())
        if its != Count()
    }


def test_our_counts_are_those_of_presidio_evaluator():
    texts = [tagged(row["text"], row["gold"], row["found"]) for row in REFERENCE["texts"]]
    assert counts(score(texts)) == REFERENCE["by_entity"]
    assert counts(score(regardless_of_kind(texts))) == {ANY: REFERENCE["overall"]}


def test_words_at_the_rim_that_are_skipped_cost_nothing():
    text = "the corner of Elm Street 12 is near"
    one = tagged(text, [("ADDRESS", 0, 27)], [("ADDRESS", 14, 27)])
    assert counts(score([one])) == {"ADDRESS": [1, 1, 1]}


def test_neighbours_of_one_kind_are_one_span():
    text = "Ada and Grace wrote"
    one = tagged(text, [("PERSON", 0, 3), ("PERSON", 8, 13)], [("PERSON", 0, 3)])
    assert counts(score([one])) == {"PERSON": [0, 1, 1]}


def test_the_wrong_kind_is_right_only_regardless_of_kind():
    one = tagged("from Jordan", [("PLACE", 5, 11)], [("PERSON", 5, 11)])
    assert counts(score([one])) == {"PERSON": [0, 1, 0], "PLACE": [0, 0, 1]}
    assert counts(score(regardless_of_kind([one]))) == {ANY: [1, 1, 1]}


def test_rates_of_nothing_are_zero():
    assert (Count().precision, Count().recall, Count().f_beta(2)) == (0, 0, 0)
    assert Count(1, 2, 4).f_beta(1) == 2 * 0.5 * 0.25 / 0.75


def test_the_list_of_skipped_words_is_whole():
    assert {"the", "street", "\n\n", "", ","} <= skip_words()
    assert not any(word.startswith("# ") for word in skip_words())


@given(st.lists(st.sampled_from(["Ada", "Elm", "12", "the", "of", ","]), min_size=1, max_size=12))
def test_finding_exactly_what_is_labelled_is_perfect(words):
    text = " ".join(words)
    spans = [(each, text.index(each), text.index(each) + len(each)) for each in set(words)]
    for its in score([tagged(text, spans, spans)]).values():
        assert its.right == its.predicted == its.labelled
