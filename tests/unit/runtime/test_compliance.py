"""The matrix of data and targets is what the router decides."""

import asyncio
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from headgate.config.load import settings_from
from headgate.gateway.handle import Call
from headgate.policy.compliance.standing import SAID_IN
from headgate.runtime.compliance import NOTHING_FOUND, Compliance, compliance_of
from headgate.wire.dialects.openai_chat import DIALECT
from support.gateways import gateway

DAY = date(2026, 11, 28)
HASH = "sha256:" + "0" * 63
TARGETS: dict[str, Any] = {
    "azure": {
        "backend": "azure_openai",
        "base_url": "https://x.openai.azure.com",
        "deployment": "d",
        "model": "gpt-4o",
        "region": "eu",
        "compliance": {
            "baa": "signed",
            "zdr": "active",
            "regions_storage": ["eu"],
            "until": "2026-12-31",
        },
    },
    "gpt": {"backend": "openai", "model": "gpt-4o"},
    "box": {"backend": "vllm", "model": "m"},
}
ROUTE: dict[str, Any] = {
    "targets": ["azure", "gpt", "box"],
    "compliance": ["hipaa", "pci"],
    "privacy": {"detect": ["card"], "actions": {"phi": "allow", "card": "mask", "cvv": "allow"}},
}


def configuration(**more: Any) -> dict[str, Any]:
    return {"targets": TARGETS, "routes": {"care": ROUTE}, **more}


def matrix(day: date = DAY, *labels: str, **more: Any) -> Compliance:
    return compliance_of(settings_from(configuration(**more), {}), day, labels)


def how(found: Compliance, label: str, key: str | None = None) -> list[str]:
    [row] = [each for each in found.rows if (each.label, each.key) == (label, key)]
    return [cell.how for cell in row.cells]


def test_each_kind_of_data_goes_where_the_policies_let_it() -> None:
    found = matrix()
    assert how(found, NOTHING_FOUND) == ["yes", "yes", "yes"]
    assert how(found, "phi") == ["yes", "no", "yes"]
    assert how(found, "card") == ["masked", "no", "yes"]
    assert how(found, "cvv") == ["no", "no", "no"]
    assert how(found, "attachment") == ["no", "no", "yes"]


def test_a_refusal_says_which_policy_fails_and_what_is_missing() -> None:
    [row] = [each for each in matrix().rows if each.label == "phi"]
    [failed] = row.cells[1].shortfalls
    assert failed.policy == "hipaa-baa"
    assert failed.missing[0].startswith("`baa`: not signed; published: case by case (https://")
    assert row.policies == ("hipaa-baa",)


def test_on_the_day_after_the_last_it_is_not_signed_any_more() -> None:
    late = matrix(date(2027, 1, 1))
    assert how(late, "phi") == ["no", "no", "yes"]
    [word] = [each for each in late.out_of_date if not each.is_published]
    assert (word.target, word.since, word.at) == ("azure", date(2027, 1, 1), SAID_IN)
    assert [each.is_published for each in matrix(date(2026, 12, 31)).out_of_date] == []


def test_a_key_that_more_is_said_of_has_rows_of_its_own() -> None:
    keys = [
        {"name": "clinic", "hash": HASH + "1", "labels": ["phi"]},
        {"name": "plain", "hash": HASH + "2"},
        {"name": "elsewhere", "hash": HASH + "3", "labels": ["x"], "routes": ["other"]},
    ]
    routes = {"care": ROUTE, "other": {"targets": ["box"]}}
    rows = [row for row in matrix(server={"keys": keys}, routes=routes).rows if row.route == "care"]
    assert {row.key for row in rows} == {None, "clinic"}
    [row] = [row for row in rows if (row.key, row.label) == ("clinic", NOTHING_FOUND)]
    assert [cell.how for cell in row.cells] == ["yes", "no", "yes"]


def test_labels_that_are_asked_for_are_looked_at_too() -> None:
    assert how(matrix(DAY, "board"), "board") == ["no", "no", "yes"]


@pytest.mark.parametrize("label", ["phi", "cvv", "personal", None])
def test_the_gateway_refuses_and_lets_through_the_same(label: str | None) -> None:
    """Asked for real, with the label declared; the gateway's clock is on the same day."""
    targets = {name: {**each, "auth": "none"} for name, each in TARGETS.items()}
    labels = frozenset({label} if label else ())
    body = json.dumps({"model": "care", "messages": [{"role": "user", "content": "Hi"}]})

    async def told() -> tuple[date, set[str]]:
        async with gateway({**configuration(), "targets": targets}) as rig:
            call = Call(operation="chat", dialect=DIALECT, body=body.encode(), labels=labels)
            order = rig.gateway.prepare(call).decision.order
            return datetime.fromtimestamp(rig.clock.now(), UTC).date(), set(order)

    day, tried = asyncio.run(told())
    expected = how(matrix(day), label or NOTHING_FOUND)
    assert [name in tried for name in TARGETS] == [each != "no" for each in expected]
