from datetime import date

from headgate.backends.registry import provider
from headgate.config.in_force import book_of, dossier_of, host_of, known_names, policies_named
from headgate.config.load import settings_from
from headgate.policy.compliance.policy import Asked

DAY = date(2026, 11, 28)
HASH = "sha256:" + "0" * 63


def settings(**more):
    targets = {"gpt": {"backend": "openai"}, "box": {"backend": "vllm"}}
    return settings_from({"targets": targets, **more}, {})


def ids(whole, route="default", **asked):
    book = book_of(whole, whole.routes[route])
    known = {"labels": frozenset({"phi", "card"}), "route": route}
    return [] if book is None else [e.policy.id for e in book.applying(Asked(**(known | asked)))]


def test_without_policies_there_is_no_book():
    assert book_of(settings(), settings().routes["default"]) is None


def test_policies_of_the_whole_of_routes_and_of_keys_come_together():
    keys = [
        {"name": "clinic", "hash": HASH + "1", "compliance": ["hipaa"]},
        {"name": "other", "hash": HASH + "2"},
    ]
    routes = {"a": {"targets": ["gpt"], "compliance": ["gdpr-eu"]}, "b": {"targets": ["box"]}}
    whole = settings(compliance=["pci"], server={"keys": keys}, routes=routes)
    assert ids(whole, "a") == ["pci-pan", "gdpr-eu"]
    assert ids(whole, "b") == ["pci-pan"]
    assert ids(whole, "b", key="other") == ["pci-pan"]
    assert ids(whole, "b", key="clinic") == ["pci-pan", "hipaa-baa"]


def test_a_policy_that_is_for_other_keys_is_not_put_in_force_by_this_one():
    keys = [{"name": "clinic", "hash": HASH + "1", "compliance": ["mine"]}]
    policies = [{"id": "mine", "require": "never", "when": {"keys": ["other"]}}]
    whole = settings(
        policies=policies, server={"keys": [*keys, {"name": "other", "hash": HASH + "2"}]}
    )
    assert ids(whole, key="clinic") == []


def test_one_s_own_policies_and_the_sets_are_known_by_name():
    whole = settings(policies=[{"id": "mine", "require": "baa"}], compliance=["mine"])
    assert {"mine", "hipaa"} <= set(known_names(whole))
    assert [each.id for each in policies_named(whole, "mine")] == ["mine"]
    assert [each.id for each in policies_named(whole, "pci")] == ["pci-pan", "pci-sad"]


def host(**target):
    whole = settings(targets={"t": target})
    return host_of(provider(target["backend"]), whole.targets["t"])


def test_facts_are_those_of_the_host_that_data_goes_to():
    assert host(backend="openai") == "api.openai.com"
    assert host(backend="openai", base_url="https://proxy.example.com/v1") == "proxy.example.com"
    assert (
        host(backend="bedrock", aws_region="eu-central-1")
        == "bedrock-runtime.eu-central-1.amazonaws.com"
    )
    assert host(backend="bedrock").startswith("bedrock-runtime.")
    assert host(backend="embedded") is None


def test_a_proxy_is_not_known_by_the_api_it_speaks():
    whole = settings(targets={"t": {"backend": "openai", "base_url": "https://proxy.example.com"}})
    facts = dossier_of(whole.targets["t"], audit_log=False).on(DAY, "gpt-4o").facts
    assert facts["no_training"].value is None
    plain = dossier_of(settings().targets["gpt"], audit_log=False).on(DAY, "gpt-4o").facts
    assert plain["no_training"].value is True


def test_naming_a_target_would_go_round_policies():
    assert not settings().restricts
    assert settings(compliance=["pci"]).restricts
    assert settings(
        server={"keys": [{"name": "k", "hash": HASH + "1", "compliance": ["pci"]}]}
    ).restricts
    assert settings(routes={"r": {"targets": ["gpt"], "compliance": ["pci"]}}).restricts
