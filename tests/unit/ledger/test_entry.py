"""What an entry says is what the ledger keeps."""

import pytest

from headgate.ledger.entry import AttemptEntry, DecisionEntry
from headgate.ledger.schema import attempts, decisions
from support.entries import decision_entry

COUNTED_ONLY = {"vetoed_by"}
BECOME_COLUMNS = {"usage", "pricing"}


def test_every_field_of_a_decision_has_its_column() -> None:
    fields = set(DecisionEntry.__struct_fields__) - COUNTED_ONLY
    assert fields == {column.name for column in decisions.columns}


def test_every_field_of_an_attempt_has_its_column() -> None:
    fields = set(AttemptEntry.__struct_fields__) - BECOME_COLUMNS
    assert fields <= {column.name for column in attempts.columns}


def test_an_entry_cannot_change_while_it_waits() -> None:
    entry = decision_entry("d1")
    with pytest.raises(AttributeError):
        entry.status = "failed"  # type: ignore[misc]
