"""Which route a name means."""

from typing import Any, cast

import pytest

from headgate.core.errors import Forbidden, ModelNotFound
from headgate.gateway.route import Place, Route, Routes
from headgate.gateway.target import Target
from headgate.policy.facts import RouteDemands


class FakeProvider:
    name = "fake"
    model_prefixes = ("gpt-", "o1")


class FakeTarget:
    """What resolving names needs of a target."""

    provider = FakeProvider()

    def __init__(self, name: str, model: str | None) -> None:
        self.name = name
        self.model = model


LAPTOP = cast(Target, FakeTarget("laptop", "llama"))
BOX = cast(Target, FakeTarget("box", "llama"))
OPENAI = cast(Target, FakeTarget("openai", None))


def route(name: str, *targets: Target, **more: Any) -> Route:
    places = tuple(Place(target, i) for i, target in enumerate(targets))
    return Route(demands=RouteDemands(route=name), places=places, **more)


def routes(*, open_names: bool = True) -> Routes:
    return Routes(
        [
            route("chat", LAPTOP, OPENAI, models=("gpt-4o", "claude-*")),
            route("night", BOX),
        ],
        "chat",
        targets=[LAPTOP, BOX, OPENAI],
        open_names=open_names,
    )


@pytest.mark.parametrize(
    ("asked", "name", "targets", "model"),
    [
        ("chat", "chat", ["laptop", "openai"], "chat"),
        ("auto", "chat", ["laptop", "openai"], "auto"),
        ("gpt-4o", "chat", ["laptop", "openai"], "gpt-4o"),
        ("claude-opus", "chat", ["laptop", "openai"], "claude-opus"),
        ("laptop", "laptop", ["laptop"], "laptop"),
        ("laptop:latest", "laptop", ["laptop"], "laptop"),
        ("openai/llama:latest", "openai", ["openai"], "llama:latest"),
        ("llama", "llama", ["laptop", "box"], "llama"),
        ("openai/gpt-5", "openai", ["openai"], "gpt-5"),
        ("openai/ft:gpt/x", "openai", ["openai"], "ft:gpt/x"),
        ("gpt-5-mini", "openai", ["openai"], "gpt-5-mini"),
    ],
)
def test_a_name_finds_its_route(asked: str, name: str, targets: list[str], model: str) -> None:
    found = routes().resolve(asked)
    assert found.route.name == name
    assert [place.target.name for place in found.route.places] == targets
    assert found.model == model


@pytest.mark.parametrize(
    "asked", ["nope", "laptop/llama", "openai", "openai/", "mistral-large", ""]
)
def test_an_unknown_name_is_refused_and_told_what_there_is(asked: str) -> None:
    with pytest.raises(ModelNotFound, match=r"`auto`.*`chat`"):
        routes().resolve(asked)


@pytest.mark.parametrize("asked", ["laptop", "llama", "openai/gpt-5", "gpt-5-mini"])
def test_with_closed_names_nothing_goes_round_a_route(asked: str) -> None:
    with pytest.raises(ModelNotFound):
        routes(open_names=False).resolve(asked)
    assert routes(open_names=False).resolve("gpt-4o").route.name == "chat"


def test_names_to_show_are_models_and_not_targets_that_take_any() -> None:
    shown = ["auto", "gpt-4o", "chat", "night", "laptop", "llama", "box"]
    assert routes().names() == shown
    assert routes(open_names=False).names() == shown[:4]
    assert routes().names(frozenset({"night"})) == ["night"]
    assert routes().names(frozenset()) == []


def test_a_targets_own_name_wins_over_another_targets_model() -> None:
    twin = cast(Target, FakeTarget("twin", "laptop"))
    both = Routes([route("chat", LAPTOP)], "chat", targets=[twin, LAPTOP], open_names=True)
    assert [place.target.name for place in both.resolve("laptop").route.places] == ["laptop"]


def test_a_key_may_be_kept_to_some_routes() -> None:
    allowed = frozenset({"night"})
    assert routes().resolve("night", allowed).route.name == "night"
    for asked in ("chat", "auto", "gpt-4o", "laptop"):
        with pytest.raises(Forbidden, match="this key may not use route"):
            routes().resolve(asked, allowed)
