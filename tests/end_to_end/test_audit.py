"""What left stands in the audit log, and the commands say so."""

import json
import sqlite3
import subprocess
from pathlib import Path

import pytest
from openai import PermissionDeniedError

from support import behaviours as b
from support.answers import said
from support.headgate_server import COMMAND, HeadgateServer
from support.upstream import Upstream

MAIL = "ada.lovelace@example.com"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """After one masked, one kept, one refused and one plain request."""
    with Upstream(b.says(said("Fine."))) as cloud, Upstream(b.says(said("Good."))) as home:
        config = {
            "targets": {
                "cloud": {
                    "backend": "openai_compatible",
                    "base_url": cloud.base_url,
                    "model": "m",
                    "local": False,
                    "region": "us",
                },
                "home": {
                    "backend": "openai_compatible",
                    "base_url": home.base_url,
                    "model": "m",
                    "local": True,
                },
            },
            "routes": {
                "mixed": {
                    "targets": ["cloud", "home"],
                    "privacy": {"actions": {"email": "mask", "ssn": "deny"}},
                }
            },
        }
        with HeadgateServer(tmp_path, config) as server, server.client() as client:
            for text in (f"Write to {MAIL}", "4111 1111 1111 1111", "SSN 123-45-6789", "Hello"):
                messages = [{"role": "user", "content": text}]
                if "SSN" in text:
                    with pytest.raises(PermissionDeniedError, match="`ssn`"):
                        client.chat.completions.create(model="mixed", messages=messages)
                else:
                    client.chat.completions.create(model="mixed", messages=messages)
    return server.ledger


def audit(ledger: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(COMMAND), "audit", *arguments, "--db", str(ledger)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_what_left_what_was_kept_and_what_was_refused_is_reported(ledger: Path) -> None:
    found = json.loads(audit(ledger, "report", "--json").stdout)
    [left] = found["left"]
    assert (left["target"], left["region"]) == ("cloud", "us")
    assert (left["requests"], left["with_labels"]) == (2, 1)
    assert (left["plain"], left["masked"]) == ({}, {"email": 1})
    assert found["kept"] == {"card": 1}
    assert found["refused"] == {"ssn": 1}
    shown = audit(ledger, "report").stdout
    assert "email 1" in shown
    assert "refused: ssn 1" in shown
    nothing = audit(ledger, "report", "--until", "2000-01-01")
    assert (nothing.stdout, nothing.returncode) == ("", 0)


def test_the_log_spells_out_the_policy_and_holds_no_value(ledger: Path) -> None:
    rows = [json.loads(line) for line in audit(ledger, "show").stdout.splitlines()]
    assert [row["entry"]["kind"] for row in rows] == ["policy", "sent", "kept", "refused", "sent"]
    policies = {row["entry"]["policy"] for row in rows}
    assert len(policies) == 1
    assert "email" in json.loads(rows[0]["entry"]["detail"])["detectors"]
    raw = ledger.read_bytes()
    assert MAIL.encode() not in raw
    assert b"4111 1111" not in raw


def test_a_change_is_found(ledger: Path) -> None:
    holds = audit(ledger, "verify")
    assert holds.returncode == 0, holds.stderr
    head = holds.stdout.split()[-1]
    assert audit(ledger, "verify", "--noted", head).returncode == 0
    with sqlite3.connect(ledger) as connection:
        connection.execute("DELETE FROM audit WHERE seq = 5")
    connection.close()
    assert audit(ledger, "verify").returncode == 0
    cut = audit(ledger, "verify", "--noted", head)
    assert (cut.returncode, cut.stderr) == (
        5,
        "the audit log was changed: row 5, which was noted, is gone\n",
    )
    with sqlite3.connect(ledger) as connection:
        connection.execute("UPDATE audit SET entry = replace(entry, 'cloud', 'home')")
    connection.close()
    assert json.loads(audit(ledger, "verify", "--json").stdout)["problem"].startswith("row 2 is")
    assert audit(ledger, "verify", "--noted", "x").returncode == 2
