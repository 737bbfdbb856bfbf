"""Labelled questions, split so that no variant of one is on both sides."""

from random import Random

import msgspec

from headgate.policy.cascade.rows import Row, labelled, question_stem, splits
from support.labelled_cascades import rows


def made(lines):
    return labelled(msgspec.convert(lines, list[Row]))


def test_a_stem_is_never_on_both_sides():
    lines = rows(40)
    for number, line in enumerate(lines):
        line["prompt"] = f"Please answer. {'abcdefgh'[number % 8] * 5} has {number} eggs"
    parts = list(splits(made(lines), parts=4, test_share=0.3, generator=Random(1)))
    assert len(parts) == 4
    for learned, scored in parts:
        assert {row.stem for row in learned}.isdisjoint({row.stem for row in scored})
        assert len(learned) + len(scored) == 40
        assert len({row.stem for row in scored}) == 2


def test_an_instruction_before_every_question_is_no_part_of_its_stem():
    lines = rows(6)
    for line in lines:
        line["prompt"] = (
            "You are given a function and must say what it returns. " * 3 + line["prompt"]
        )
    assert len({row.stem for row in made(lines)}) == 6


def test_numbers_do_not_make_another_stem():
    assert question_stem("Ann has 3 eggs.") == question_stem("Ann has 40 eggs")


def test_signals_and_labels_are_those_of_the_members_asked_for():
    (row,) = made(rows(1))
    signals = row.signals((2, 0))
    assert [each.member for each in signals] == ["better", "small"]
    assert row.labels((2, 0)) == (row.good[2], row.good[0])


def test_an_empty_answer_may_be_the_answer():
    lines = rows(1)
    for each in lines[0]["cheap"]:
        each["answer"] = ""
    (row,) = made(lines)
    assert row.signals((0, 1))[0].agreeing == 1
