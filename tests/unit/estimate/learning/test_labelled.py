"""Labelled prompts, and parts of them."""

from random import Random

from headgate.estimate.learning.labelled import LabelledPrompt, splits, stem_of


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
