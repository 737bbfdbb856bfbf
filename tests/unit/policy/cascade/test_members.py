"""Which models to ask together."""

import msgspec

from headgate.policy.cascade.members import choose_members
from headgate.policy.cascade.rows import Row, labelled
from support.labelled_cascades import rows


def made(count):
    return labelled(msgspec.convert(rows(count), list[Row]))


def test_the_partner_that_adds_most_is_chosen():
    assert choose_members(made(300), 2) == (0, 2)


def test_as_many_as_asked_for_and_each_once():
    assert choose_members(made(60), 1) == (0,)
    assert sorted(choose_members(made(60), 3)) == [0, 1, 2]
    assert sorted(choose_members(made(60), 9)) == [0, 1, 2]


def test_without_rows_the_first_ones_are_taken():
    assert choose_members([], 2) == (0, 1)
