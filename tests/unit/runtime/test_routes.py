"""Routes from their settings."""

from datetime import UTC, datetime
from typing import Any

import pytest

from headgate.backends.client import HttpClient
from headgate.config.load import settings_from
from headgate.core.errors import ModelNotFound
from headgate.engine.engine import LocalModel
from headgate.gateway.route import Routes
from headgate.runtime.routes import build_routes
from headgate.runtime.targets import TargetBuilder

TARGETS: dict[str, Any] = {
    name: {"backend": "vllm", "base_url": f"http://127.0.0.1:{port}/v1", "model": f"m-{name}"}
    for name, port in (("small", 1), ("big", 2), ("third", 3))
}


def no_model(model: str) -> LocalModel:
    raise AssertionError(f"{model} is opened, though no target is embedded")


def routes(more: dict[str, Any] | None = None, **route: Any) -> Routes:
    given = {"targets": ["small", "big"], **route}
    settings = settings_from(
        {"targets": TARGETS, "routes": {"chat": given}, **(more or {})}, environ={}
    )
    builder = TargetBuilder(
        client=HttpClient(), open_model=no_model, environ={}, now=datetime.now(UTC)
    )
    targets = {name: builder.build(name, each) for name, each in settings.targets.items()}
    return build_routes(settings, targets)


def placed(built: Routes) -> list[tuple[str, int, int | None]]:
    return [(p.target.name, p.position, p.tier) for p in built.by_name["chat"].places]


def test_targets_keep_their_order() -> None:
    built = routes(targets=["big", "small"])
    assert placed(built) == [("big", 0, None), ("small", 1, None)]
    assert built.default.demands.route == "chat"
    assert built.default.demands.tiers == ()


def test_tiers_place_their_targets_and_the_last_has_no_bound() -> None:
    tiers = [{"up_to": 0.4, "targets": ["small"]}, {"targets": ["big", "third"]}]
    built = routes(targets=None, tiers=tiers)
    assert placed(built) == [("small", 0, 0), ("big", 1, 1), ("third", 2, 1)]
    assert built.default.demands.tiers == (0.4, 1.0)


def test_the_environment_in_force_is_a_demand_of_every_route_and_of_direct_names() -> None:
    environments = {"dev": ["small"], "prod": ["big"]}
    built = routes({"environment": "dev", "environments": environments})
    for name in ("chat", "auto", "big", "m-big"):
        demands = built.resolve(name).route.demands
        assert demands.environment == "dev"
        assert demands.environment_targets == {"small"}


def test_without_environments_no_target_is_ruled_out_by_one() -> None:
    assert routes().default.demands.environment_targets is None


@pytest.mark.parametrize(
    "restriction",
    [
        {"privacy": {}},
        {"privacy": {"detect": [], "labels": ["phi"]}},
        {"labels": ["internal"]},
        {"regions": ["de"]},
        {"rules": [{"name": "r", "when": "request.choices > 1", "refuse": ["big"]}]},
    ],
)
@pytest.mark.parametrize("name", ["big", "m-big", "third", "small/other"])
def test_once_a_route_restricts_where_data_may_go_nobody_goes_round_it(
    restriction: dict[str, Any], name: str
) -> None:
    built = routes(**restriction)
    assert built.names() == ["auto", "chat"]
    with pytest.raises(ModelNotFound):
        built.resolve(name)


def test_otherwise_targets_and_models_can_be_named() -> None:
    assert routes().names() == ["auto", "chat", "small", "m-small", "big", "m-big", *THIRD]


THIRD = ["third", "m-third"]


def test_privacy_looks_for_everything_unless_told_what() -> None:
    demands = routes(privacy={}).default.demands
    assert demands.detect >= {"email", "iban", "card"}
    assert demands.local_labels is None
    narrow = routes(privacy={"detect": ["email"], "labels": ["phi"]}).default.demands
    assert narrow.detect == {"email"}
    assert narrow.local_labels == {"phi"}


def test_without_privacy_nothing_is_looked_for() -> None:
    assert routes().default.demands.detect == frozenset()


def test_no_fallback_is_no_cause_no_check_and_no_holding() -> None:
    route = routes(fallback=False).default
    assert (route.fall_back_on, route.checks, route.hold_stream) == (frozenset(), frozenset(), 0)


def test_checks_are_a_cause_to_fall_back() -> None:
    route = routes(fallback={"checks": ["empty"], "hold_stream": True}).default
    assert route.checks == {"empty"}
    assert "quality" in route.fall_back_on
    assert route.hold_stream


def test_limits_and_names_reach_the_route() -> None:
    built = routes(max_usd=0.01, max_ttft_ms=500, regions=["de"], models=["gpt-*"], prefer="cost")
    demands = built.resolve("gpt-4o").route.demands
    assert (demands.max_usd, demands.max_ttft_ms, demands.prefer) == (0.01, 500, "cost")
    assert demands.allowed_regions == {"de"}
