"""Targets that no request gets to."""

from datetime import UTC, datetime
from typing import Any

import pytest

from headgate.config.load import settings_from
from headgate.config.reach_targets import closed_hours, money, shut_out

NOW = datetime(2026, 11, 28, tzinfo=UTC)
OWN = {"backend": "vllm", "base_url": "http://127.0.0.1:9/v1", "model": "m"}
PRICE = {"input_usd_per_mtok": 10, "output_usd_per_mtok": 100}
TARGETS: dict[str, Any] = {
    "own": OWN,
    "priced": {**OWN, "price": PRICE, "region": "us"},
    "unpriced": {"backend": "openai", "model": "a-model-that-no-list-has", "region": "eu"},
    "listed": {"backend": "openai", "model": "gpt-4o"},
    "any": {"backend": "openai"},
    "french": {"backend": "mistral", "model": "m", "price": PRICE},
}
LOCAL = frozenset({"own"})


def built(route: dict[str, Any], **targets: Any) -> Any:
    config = {
        "targets": targets or TARGETS,
        "routes": {"r": {"targets": list(targets or TARGETS), **route}},
    }
    settings = settings_from(config, {})
    return settings, settings.routes["r"]


def shut(**route: Any) -> dict[str, str]:
    return dict(shut_out(*built(route), LOCAL, NOW))


def test_without_bounds_nobody_is_shut_out() -> None:
    assert shut() == {}


def test_a_region_that_is_unknown_counts_as_forbidden_as_the_rule_says() -> None:
    assert shut(regions=["eu"]) == {
        "own": "its region is unknown: set `region` on it",
        "priced": "its region `us` is not among the route's",
        "listed": "its region is unknown: set `region` on it",
        "any": "its region is unknown: set `region` on it",
    }


def test_prices_that_are_unknown_or_too_high_shut_out_and_own_machines_do_not() -> None:
    found = shut(max_usd=0.00001)
    assert found.keys() == {"priced", "unpriced", "listed", "french"}
    assert found["priced"].startswith("the shortest request costs $0.00011000")
    assert found["unpriced"].startswith("its price is unknown")
    assert shut(max_usd=1).keys() == {"unpriced"}


def test_what_a_client_names_may_have_any_price() -> None:
    assert "any" not in shut(max_usd=1e-9)


def test_an_own_machine_with_a_price_has_one() -> None:
    settings, route = built({"max_usd": 0.00001})
    assert "priced" in shut_out(settings, route, LOCAL | {"priced"}, NOW)


@pytest.mark.parametrize(
    ("most", "open_to", "is_found"),
    [
        (0.001, ["priced", "listed"], True),
        (1, ["priced", "listed"], False),
        (0.001, ["priced", "own"], False),
    ],
)
def test_a_bound_below_usual_requests(most: float, open_to: list[str], is_found: bool) -> None:
    settings, route = built({"max_usd": most})
    [*problems] = money(settings, ("routes", "r"), route, open_to, NOW)
    assert bool(problems) is is_found
    assert all("at the cheapest of its targets" in each.message for each in problems)


def closed(route: dict[str, Any] | None = None, **hours: Any) -> list[str]:
    targets = {
        name: {**OWN, **({"hours": {"open": spans, "timezone": "Europe/Berlin"}} if spans else {})}
        for name, spans in hours.items()
    }
    settings, built_route = built(route or {}, **targets)
    problems = closed_hours(
        settings, ("routes", "r"), built_route, frozenset(targets), frozenset({"a"}), NOW
    )
    return [each.message for each in problems]


def test_hours_that_leave_a_part_of_the_week_to_nobody() -> None:
    assert closed(a=["08:00-18:00"], b=["mon-fri 18:00-08:00"]) == [
        "none of its targets is open at all times: first closed Monday 00:00 (Europe/Berlin)"
    ]
    assert closed(a=["08:00-18:00"], b=["18:00-07:30"]) == [
        "none of its targets is open at all times: first closed Monday 07:30 (Europe/Berlin)"
    ]


def test_hours_that_leave_none_or_a_target_that_has_none() -> None:
    assert closed(a=["08:00-18:00"], b=["18:00-08:00"]) == []
    assert closed(a=["08:00-18:00"], b=None) == []


def test_private_requests_need_a_local_target_that_is_open() -> None:
    assert closed({"privacy": {}}, a=["00:00-23:00"], b=None) == [
        "no local target is open at all times: first closed Monday 23:00 (Europe/Berlin)"
    ]
