"""tests/end_to_end/test_audit.py runs the commands over a real ledger; this is what they refuse."""

import pytest
from click.testing import CliRunner

from headgate.cli.audit import command
from headgate.ledger.store import LedgerStore


@pytest.fixture
def db(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    LedgerStore.open(path).close()
    return str(path)


@pytest.mark.parametrize("noted", ["7", "7:", ":abc", "x:abc"])
def test_a_head_is_written_as_it_was_printed(db, noted):
    ran = CliRunner().invoke(command, ["verify", "--noted", noted, "--db", db])
    assert ran.exit_code == 2
    assert "ROW:HASH" in ran.stderr


def test_an_empty_log_holds_and_has_nothing_to_report(db):
    verified = CliRunner().invoke(command, ["verify", "--db", db])
    assert (verified.exit_code, verified.stdout[:17]) == (0, "0 rows hold; head")
    reported = CliRunner().invoke(command, ["report", "--db", db])
    assert (reported.exit_code, reported.stdout) == (0, "")
    assert "nothing left" in reported.stderr
    assert CliRunner().invoke(command, ["show", "--db", db]).stdout == ""
