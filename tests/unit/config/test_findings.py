from datetime import UTC, datetime

from headgate.config.findings import findings
from headgate.config.load import settings_from
from headgate.config.report import dotted

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def said(data, environ=None, local=frozenset()):
    targets = {"targets": {"gpt": {"backend": "openai"}, "box": {"backend": "vllm"}}}
    settings = settings_from(targets | data, {})
    found = findings(settings, environ or {"OPENAI_API_KEY": "k"}, frozenset(local), NOW)
    # What these configurations do not use is the business of `test_reach`.
    others = ("no route asks it", "no key may use it")
    found = [each for each in found if not each.message.startswith(others)]
    return [f"{dotted(problem.loc)}: {problem.message}" for problem in found]


def test_a_plain_configuration_has_no_findings():
    assert said({}) == []


def test_a_key_that_is_not_set_is_a_finding_by_the_name_of_its_variable():
    assert said({}, {"X": "y"}) == ["targets.gpt: `OPENAI_API_KEY` is not set here"]
    own = {"targets": {"gpt": {"backend": "openai", "api_key": "${MINE}"}}}
    assert said(own) == ["targets.gpt: `MINE` is not set here"]
    both = {"targets": {"co": {"backend": "cohere"}}}
    assert said(both) == ["targets.co: `COHERE_API_KEY` or `CO_API_KEY` is not set here"]


def test_no_variable_is_missed_where_the_key_is_elsewhere_or_not_needed():
    assert said({"targets": {"gpt": {"backend": "openai", "api_key": "file:/key"}}}) == []
    assert said({"targets": {"gpt": {"backend": "cohere", "auth": "none"}}}) == []


def test_a_route_that_the_environment_leaves_empty_is_a_finding():
    data = {"environment": "dev", "environments": {"dev": ["box"]}}
    assert said(data | {"routes": {"r": {"targets": ["gpt"]}}}) == [
        "routes.r: none of its targets is in environment `dev`"
    ]
    assert said(data | {"routes": {"r": {"targets": ["gpt", "box"]}}}) == []


def test_privacy_without_a_local_target_is_a_finding():
    data = {"routes": {"r": {"targets": ["gpt", "box"], "privacy": {}}}}
    assert said(data, local={"box"}) == []
    [finding] = said(data)
    assert finding.startswith("routes.r.privacy: no target of the route is local")


def test_holding_streams_back_for_nothing_is_a_finding():
    data = {"routes": {"r": {"targets": ["gpt"], "fallback": {"hold_stream": True}}}}
    [finding] = said(data)
    assert finding.startswith("routes.r.fallback.hold_stream: holds streams back for nothing")
    checked = {"fallback": {"hold_stream": True, "checks": ["empty"]}}
    assert said({"routes": {"r": {"targets": ["gpt"]} | checked}}) == []


KEY = {"name": "clinic", "hash": "sha256:" + "0" * 64, "labels": ["phi"]}
ROUTES = {
    "careful": {"targets": ["box"], "privacy": {"labels": ["phi"]}},
    "other": {"targets": ["box"], "privacy": {"labels": ["legal"]}},
}


def test_a_label_of_a_key_that_some_route_does_not_keep_local_is_a_finding():
    assert said({"server": {"keys": [KEY]}, "routes": ROUTES}, local={"box"}) == [
        "server.keys[0].labels[0]: `phi` keeps nothing local on `other`"
    ]
    bound = KEY | {"routes": ["careful"]}
    assert said({"server": {"keys": [bound]}, "routes": ROUTES}, local={"box"}) == []


def test_every_label_is_kept_local_where_a_route_lists_none():
    routes = {"plain": {"targets": ["gpt"], "labels": ["phi"]}}
    assert said({"server": {"keys": [KEY]}, "routes": routes}) == []


def test_a_label_of_a_route_that_it_does_not_keep_local_is_a_finding():
    routes = {"r": ROUTES["careful"] | {"labels": ["phi", "legal"]}}
    [finding] = said({"routes": routes}, local={"box"})
    assert finding.startswith("routes.r.labels[1]: `legal` keeps nothing local")
