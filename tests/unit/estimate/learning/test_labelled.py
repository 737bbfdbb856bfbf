"""Labelled prompts, and parts of them."""

from random import Random

import pytest

from headgate.estimate.learning.labelled import (
    LabelledPrompt,
    OneQuestion,
    splits,
    stem_of,
    stems_of,
)


def test_variants_of_a_question_share_their_stem() -> None:
    assert stem_of("Which one?\nA. red\nB. blue") == stem_of("which ONE?\nA. green\nB. blue")
    assert stem_of("Which one is it?") != stem_of("Which one was it?")


def test_every_row_is_scored_once_by_what_never_saw_its_question() -> None:
    rows = [LabelledPrompt(f"question {n // 2}\nA. {n}\nB. no", 0.0, 1.0) for n in range(100)]
    scored: list[int] = []
    for learned, others in splits(rows, parts=4, generator=Random(1)):
        assert sorted(learned + others) == list(range(100))
        stems = {stem_of(rows[index].prompt) for index in learned}
        assert all(stem_of(rows[index].prompt) not in stems for index in others)
        scored += others
    assert sorted(scored) == list(range(100))


def test_what_all_prompts_begin_with_is_no_part_of_their_question() -> None:
    begin = "Read the program below with care and say what it prints. " * 5
    assert stems_of([f"{begin}def f12(): 1", f"{begin}def f13(): 2"]) == ["f12 1", "f13 2"]
    rows = [LabelledPrompt(f"{begin}print({n})", 0.0, 1.0) for n in range(40)]
    parts = list(splits(rows, parts=4, generator=Random(1)))
    assert [len(scored) for _, scored in parts] == [10] * 4


def test_fewer_questions_than_parts_make_fewer_parts() -> None:
    rows = [LabelledPrompt(f"{n % 3} is what?\nA. {n}\nB. no", 0.0, 1.0) for n in range(30)]
    parts = list(splits(rows, parts=5, generator=Random(1)))
    assert [(len(learned), len(scored)) for learned, scored in parts] == [(20, 10)] * 3


def test_variants_of_one_question_cannot_be_scored() -> None:
    rows = [LabelledPrompt(f"What?\nA. {n}\nB. no", 0.0, 1.0) for n in range(30)]
    with pytest.raises(OneQuestion, match="all 30 prompts"):
        next(splits(rows, parts=5, generator=Random(1)))
