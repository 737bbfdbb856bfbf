"""Which requests the audit log hears of, and what; tests/end_to_end/test_audit.py reads it."""

import asyncio

import pytest

from headgate.core.errors import HeadgateError
from headgate.ledger.audit import AuditEntry
from support import behaviours as b
from support.answers import said
from support.gateways import Rig, box, cloud, config, gateway
from support.upstream import Upstream

MAIL = "Write to ada@example.com"


class Log(list[AuditEntry]):
    """What was told, apart from the policies."""

    def record(self, entry: object) -> None:
        if isinstance(entry, AuditEntry) and entry.kind != "policy":
            self.append(entry)


def told(text: str, *, labels=frozenset(), fails=False, **route) -> Log:
    """What the log hears of one request to a route over a target outside and one at home."""
    log = Log()

    async def ask(rig: Rig) -> None:
        rig.gateway.recorder = log
        messages = [{"role": "user", "content": text}]
        try:
            await rig.send(messages=messages, labels=labels)
        except HeadgateError:
            assert fails

    async def run(outside: Upstream, home: Upstream) -> None:
        targets = {"outside": cloud(outside, region="us"), "home": box(home)}
        settings = config(targets, **route) | {"ledger": {"enabled": True, "path": "unused"}}
        async with gateway(settings) as rig:
            await ask(rig)

    with Upstream(b.says(said("Yes"))) as outside, Upstream(b.says(said("Yes"))) as home:
        asyncio.run(run(outside, home))
    return log


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_what_is_masked_is_told_with_its_counts():
    [entry] = told(f"{MAIL}, {MAIL}", privacy={"actions": {"email": "mask"}})
    assert (entry.kind, entry.target, entry.region) == ("sent", "outside", "us")
    assert (entry.labels, entry.masked, entry.redacted) == ({"email": 2}, {"email": 1}, {})
    assert entry.role == "serve"


def test_what_is_kept_and_what_is_refused_is_told_once():
    [kept] = told(MAIL, privacy={})
    assert (kept.kind, kept.target, kept.labels) == ("kept", "home", {"email": 1})
    [refused] = told(MAIL, privacy={"actions": {"email": "deny"}}, fails=True)
    assert (refused.kind, refused.target, refused.refused_by) == ("refused", None, ("privacy",))


def test_a_declared_label_is_told_although_nobody_found_it():
    [kept] = told("Hello", labels=frozenset({"phi"}))
    assert (kept.kind, kept.labels) == ("kept", {"phi": 0})


def test_everything_that_leaves_is_told_only_where_something_restricts_it():
    assert told("Hello") == []
    [sent] = told("Hello", privacy={})
    assert (sent.kind, sent.labels) == ("sent", {})
