import pytest

from headgate.config.route import Fallback, Privacy, RouteSettings
from headgate.gateway.route import EVERY_CAUSE
from headgate.privacy.scan import known_labels


def route(**settings):
    return RouteSettings.model_validate({"targets": ["a"]} | settings)


def test_by_default_every_failure_but_quality_leads_to_the_next_target():
    assert route().fall_back_on == {"timeout", "unavailable", "rate_limit", "server_error", "cut"}


def test_checks_add_quality():
    assert "quality" in route(fallback={"checks": ["empty"]}).fall_back_on
    assert route(fallback={"on": [], "checks": ["empty"]}).fall_back_on == {"quality"}


def test_false_never_falls_back():
    never = route(fallback=False)
    assert never.fallback is False
    assert never.fall_back_on == frozenset()


def test_the_target_names_of_tiers_are_in_order():
    tiers = [{"up_to": 0.4, "targets": ["a", "b"]}, {"targets": ["c"]}]
    assert RouteSettings.model_validate({"tiers": tiers}).target_names == ("a", "b", "c")


def test_privacy_looks_for_identifiers_and_secrets_unless_told_what():
    usual = Privacy().detect
    assert {"card", "email", "secret", "ssn"} <= set(usual) <= set(known_labels())
    assert not {"person", "place", "date"} & set(usual)
    assert Privacy.model_validate({"detect": []}).detect == ()


def test_the_default_is_every_cause_the_gateway_knows_but_quality():
    assert {*Fallback().on, "quality"} == EVERY_CAUSE


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, False),
        ({"rules": [{"name": "r", "when": "true", "prefer": ["a"]}]}, False),
        ({"rules": [{"name": "r", "when": "true", "only": ["a"]}]}, True),
        ({"rules": [{"name": "r", "when": "true", "refuse": ["a"]}]}, True),
        ({"privacy": {}}, True),
        ({"regions": ["eu"]}, True),
        ({"labels": ["phi"]}, True),
    ],
    ids=str,
)
def test_what_a_named_target_would_go_round(settings, expected):
    assert route(**settings).restricts is expected
