"""Disguises change how a value is written, and the matrix says which are seen through."""

import pytest

from headgate.privacy.evaluation.disguises import DISGUISES, IDENTIFIERS, is_covered, matrix


@pytest.mark.parametrize("name", sorted(DISGUISES.keys() - {"plain"}))
def test_a_disguise_changes_the_writing(name):
    changed = [DISGUISES[name](value) != value for value in IDENTIFIERS.values()]
    assert any(changed)


def test_the_matrix_has_a_cell_for_every_identifier_in_every_disguise():
    cells = matrix()
    assert {name: set(row) for name, row in cells.items()} == {
        name: set(IDENTIFIERS) for name in DISGUISES
    }
    assert all(cells["plain"].values())


def test_what_is_not_found_is_not_covered():
    assert not is_covered("card", IDENTIFIERS["card"], lambda value: value.replace("4", "four"))
