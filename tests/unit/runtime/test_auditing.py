import json

from headgate.config.load import settings_from
from headgate.ledger.audit import AuditEntry, Row
from headgate.runtime.auditing import Left, Report, policy_of, report

TARGETS = {"gpt": {"backend": "openai", "model": "gpt-4o"}}


def settings(**route):
    return settings_from({"targets": TARGETS, "routes": {"chat": {"targets": ["gpt"], **route}}})


def policy(**route):
    loaded = settings(**route)
    return policy_of(loaded, loaded.routes["chat"])


def test_the_hash_follows_from_what_is_said_about_data():
    masked = policy(privacy={"detect": ["email"], "actions": {"email": "mask"}})
    assert masked == policy(privacy={"detect": ["email"], "actions": {"email": "mask"}})
    assert masked == policy(
        privacy={"detect": ["email"], "actions": {"email": "mask"}}, prefer="cost"
    )
    others = (
        policy(privacy={"detect": ["email"]}),
        policy(),
        policy(regions=["eu"]),
        policy(labels=["phi"]),
    )
    assert len({masked.hash, *(each.hash for each in others)}) == 5


def test_the_detail_spells_it_out():
    said = json.loads(policy(privacy={"detect": ["email"], "actions": {"email": "mask"}}).detail)
    assert said["privacy"]["actions"] == {"email": "mask"}
    assert said["detectors"]["email"] >= 1


def entry(kind, **more):
    return AuditEntry(at=1.0, kind=kind, route="chat", policy="p1", **more)


def rows(*found):
    return [Row(number, "", each) for number, each in enumerate(found, 1)]


def test_a_report_sums_up_by_target():
    to_gpt = {"target": "gpt", "provider": "openai", "region": "us"}
    found = report(
        rows(
            entry("policy", detail="{}"),
            entry("sent", **to_gpt),
            entry("sent", **to_gpt, labels={"email": 3, "card": 1}, masked={"email": 2}),
            entry("sent", **to_gpt, labels={"secret": 1}, redacted={"secret": 1}),
            entry("kept", labels={"phi": 0, "email": 2}, target="box"),
            entry("refused", labels={"card": 1}, refused_by=("privacy",)),
        )
    )
    assert found == Report(
        left=(
            Left(
                target="gpt",
                provider="openai",
                region="us",
                requests=3,
                with_labels=2,
                plain={"card": 1},
                masked={"email": 2},
                redacted={"secret": 1},
            ),
        ),
        kept={"email": 1, "phi": 1},
        refused={"card": 1},
        policies={"chat": ("p1",)},
    )


def test_nothing_gives_nothing():
    assert report([]) == Report(left=(), kept={}, refused={}, policies={})
