from dataclasses import dataclass
from typing import Any

import pytest

from headgate.config.crosscheck import crosscheck, is_loopback
from headgate.config.report import dotted
from headgate.config.schema import Settings

KEY = {"name": "a", "hash": "sha256:" + "0" * 64}


def settings(**changes: Any) -> Settings:
    base = {
        "targets": {"a": {"backend": "openai"}, "b": {"backend": "vllm"}},
        "routes": {"r": {"targets": ["a", "b"]}},
    }
    return Settings.model_validate(base | changes)


def said(**changes: Any) -> list[str]:
    return [f"{dotted(p.loc)}: {p.message}" for p in crosscheck(settings(**changes))]


@dataclass(frozen=True)
class Case:
    id: str
    changes: dict[str, Any]
    said: str


def target(backend: str = "openai", **more: Any) -> dict[str, Any]:
    return {"targets": {"a": {"backend": backend} | more, "b": {"backend": "vllm"}}}


def route(**more: Any) -> dict[str, Any]:
    return {"routes": {"r": more}}


def tiers(*limits: float | None) -> dict[str, Any]:
    return route(
        tiers=[
            {"up_to": limit, "targets": [name]} for limit, name in zip(limits, "ab", strict=False)
        ]
    )


MACHINE = {"watts": 300, "usd_per_kwh": 0.3}
CASES = [
    Case("backend", target("opnai"), "targets.a.backend: there is no backend `opnai`"),
    Case(
        "address", target("openai_compatible"), "targets.a.base_url: `openai_compatible` needs one"
    ),
    Case("deployment", target(deployment="d"), "targets.a.deployment: means nothing to `openai`"),
    Case("version", target(api_version="v1"), "targets.a.api_version: means nothing to `openai`"),
    Case(
        "version said twice",
        target("anthropic", base_url="https://api.anthropic.com/v1"),
        "targets.a.base_url: leave `/v1` out",
    ),
    Case(
        "compatibility layer",
        target("cohere", base_url="https://api.cohere.ai/compatibility/v1"),
        "targets.a.base_url: leave `/compatibility/v1` out",
    ),
    Case("region", target(aws_region="x"), "targets.a.aws_region: means nothing to `openai`"),
    Case("profile", target(aws_profile="x"), "targets.a.aws_profile: means nothing to `openai`"),
    Case(
        "two costs",
        target(cost=MACHINE, price={"input_usd_per_mtok": 1, "output_usd_per_mtok": 2}),
        "targets.a.cost: cannot be given together with `price`",
    ),
    Case(
        "both",
        target(has=["vision", "tools"], lacks=["vision"]),
        "targets.a.has: `vision` is in `lacks`, too",
    ),
    Case(
        "life",
        target(cost=MACHINE | {"hardware_usd": 9, "busy_hours_per_day": 8}),
        "targets.a.cost.life_years: is needed with `hardware_usd`",
    ),
    Case(
        "resale",
        target(cost=MACHINE | {"resale_usd": 9}),
        "targets.a.cost.resale_usd: must not be more than `hardware_usd`",
    ),
    Case("neither", route(), "routes.r: needs either `targets` or `tiers`"),
    Case("target", route(targets=["a", "c"]), "routes.r.targets[1]: there is no target `c`"),
    Case("twice", route(targets=["a", "a"]), "routes.r: target `a` stands here twice"),
    Case(
        "order",
        tiers(0.5, 0.2),
        "routes.r.tiers[1].up_to: the last tier takes everything above the others",
    ),
    Case(
        "open tier", tiers(None, None), "routes.r.tiers[0]: every tier but the last needs `up_to`"
    ),
    Case(
        "detector",
        route(targets=["a"], privacy={"detect": ["e-mail"]}),
        "routes.r.privacy.detect[0]: there is no detector `e-mail`",
    ),
    Case("default", {"default_route": "x"}, "default_route: there is no route `x`"),
    Case(
        "reserved",
        {"routes": {"auto": {"targets": ["a"]}}},
        "routes.auto: `auto` is what clients send for the default route",
    ),
    Case("clash", {"routes": {"a": {"targets": ["a"]}}}, "routes.a: a target has the same name"),
    Case(
        "model of two routes",
        {"routes": {n: {"targets": ["a"], "models": ["m"]} for n in ("one", "two")}},
        "routes.two.models[0]: `m` is already a name of route `one`",
    ),
    Case(
        "model as auto",
        route(targets=["a"], models=["auto"]),
        "routes.r.models[0]: `auto` stands for the default route",
    ),
    Case(
        "environment's target",
        {"environment": "dev", "environments": {"dev": ["c"]}},
        "environments.dev[0]: there is no target `c`",
    ),
    Case(
        "no environment", {"environments": {"dev": ["a"]}}, "environments: none of them is in force"
    ),
    Case("environment", {"environment": "dev"}, "environment: there is no environment `dev`"),
    Case(
        "open to all",
        {"server": {"host": "0.0.0.0"}},
        "server.host: without `keys` anyone who reaches this address could spend your money",
    ),
    Case(
        "open to pages",
        {"server": {"cors_origins": ["*"]}},
        "server.cors_origins: without `keys` any web page you visit could spend your money",
    ),
    Case(
        "key's name",
        {"server": {"keys": [KEY, KEY | {"hash": "sha256:" + "1" * 64}]}},
        "server.keys[1].name: another key has the same",
    ),
    Case(
        "key's hash",
        {"server": {"keys": [KEY, KEY | {"name": "b"}]}},
        "server.keys[1].hash: another key has the same",
    ),
    Case(
        "key's route",
        {"server": {"keys": [KEY | {"routes": ["x"]}]}},
        "server.keys[0].routes[0]: there is no route `x`",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_each_contradiction_is_told_with_its_path(case):
    assert said(**case.changes) == [case.said]


def test_three_tiers_must_rise():
    targets = {name: {"backend": "openai"} for name in "abc"}
    levels = [
        {"up_to": limit, "targets": [name]}
        for limit, name in zip((0.5, 0.5, None), "abc", strict=True)
    ]
    assert said(targets=targets, routes={"r": {"tiers": levels}}) == [
        "routes.r.tiers[1].up_to: must be more than the tier before it"
    ]


def test_both_targets_and_tiers_are_one_too_many():
    both = {"targets": ["a"], "tiers": [{"up_to": 0.5, "targets": ["b"]}, {"targets": ["b"]}]}
    assert "routes.r: needs either `targets` or `tiers`" in said(routes={"r": both})


def test_what_is_fine_is_not_complained_about():
    machine = MACHINE | {"hardware_usd": 9000, "life_years": 4, "busy_hours_per_day": 8}
    azure = {"backend": "azure_openai", "base_url": "https://x.example", "deployment": "d"}
    assert (
        said(
            targets={
                "a": azure | {"api_version": "2024-10-21"},
                "b": {"backend": "vllm", "cost": machine},
            },
            routes={"r": {"tiers": [{"up_to": 0.4, "targets": ["b"]}, {"targets": ["a"]}]}},
            server={"host": "0.0.0.0", "keys": [KEY | {"routes": ["r"]}], "cors_origins": ["*"]},
            environment="dev",
            environments={"dev": ["a", "b"]},
            default_route="r",
        )
        == []
    )


def test_an_environment_without_any_list_says_where_to_list_it():
    [problem] = crosscheck(settings(environment="dev"))
    assert problem.hint == "list it under `environments`"


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("my-host", False),
        ("", False),
    ],
)
def test_only_loopback_addresses_stay_on_this_machine(host, is_ours):
    assert is_loopback(host) is is_ours
