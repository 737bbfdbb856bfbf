"""What providers publish, by the host that data goes to."""

from datetime import date, timedelta

import pytest

from headgate.backends.registry import provider, provider_names
from headgate.catalog.apis import hosted_models
from headgate.catalog.provider_facts import (
    FIGURES,
    FactSource,
    ProviderFacts,
    of_provider,
    provider_facts,
    published,
)
from headgate.catalog.sources import source_of

ASKED_FOR = (
    *("openai", "anthropic", "cohere", "azure-openai", "together", "bedrock", "vertex"),
    *("gemini", "mistral", "groq", "deepseek", "openrouter"),
)
READ = date(2026, 11, 1)


def row(name: str = "one", *, models: tuple[str, ...] = (), **figures: object) -> ProviderFacts:
    source = FactSource(
        covers=tuple(figures),
        at="a page",
        checked=READ,
        stale_after=READ + timedelta(days=100),
        confidence="high",
    )
    more = {"hosts": ("*.one.test",), "models": models, "sources": (source,)}
    return ProviderFacts(id=name, name=name, provider="one", **{**more, **figures})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ASKED_FOR)
def test_every_provider_has_a_row(name: str) -> None:
    assert name in {each.id for each in provider_facts()}


def test_ids_are_unique() -> None:
    ids = [each.id for each in provider_facts()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("each", provider_facts(), ids=lambda each: each.id)
def test_every_figure_names_one_source_and_every_conflict_a_figure(each: ProviderFacts) -> None:
    stated = {name for name in FIGURES if getattr(each, name) is not None}
    covered = [name for source in each.sources for name in source.covers]
    assert stated == set(covered)
    assert len(covered) == len(set(covered))
    assert all(conflict.figure in FIGURES for conflict in each.conflicts)


@pytest.mark.parametrize("each", provider_facts(), ids=lambda each: each.id)
def test_no_source_is_believed_for_more_than_a_year(each: ProviderFacts) -> None:
    for source in each.sources:
        assert source.checked < source.stale_after <= source.checked + timedelta(days=366)


def test_every_hosted_backend_is_known_by_its_address() -> None:
    addresses = {name: provider(name).base_url for name in provider_names()}
    hosted = {name: url for name, url in addresses.items() if url and not provider(name).is_local}
    for name, url in hosted.items():
        host = url.split("/")[2].replace("{region}", "eu-central-1")
        assert published(host, "any-model"), name


def test_the_figures_are_those_of_the_host_and_not_of_the_api_s_name() -> None:
    assert published("api.openai.com", "gpt-4o")["zdr"].value == "approval"
    assert published("proxy.example.com", "gpt-4o") == {}
    assert published("api.openai.com.evil.test", "gpt-4o") == {}
    assert published("x.openai.azure.com", "gpt-4o")["dpa"].value == "included"


def test_a_row_of_some_models_stands_over_the_general_one_figure_by_figure() -> None:
    rows = (row("narrow", models=("*big*",), zdr="none"), row(zdr="approval", retention_days=30))
    found = published("a.one.test", "a-BIG-model", rows=rows)
    assert {name: figure.value for name, figure in found.items()} == {
        "zdr": "none",
        "retention_days": 30,
    }
    assert published("a.one.test", "small", rows=rows)["zdr"].value == "approval"


def test_a_model_that_the_client_chooses_may_be_one_of_those() -> None:
    assert published("api.anthropic.com", None)["zdr"].value == "none"
    assert published("api.anthropic.com", "claude-haiku-4-5")["zdr"].value == "approval"
    assert published("api.anthropic.com", "claude-fable-5-1")["zdr"].value == "none"


def test_a_row_of_some_endpoints_needs_one_of_them_to_be_asked() -> None:
    source = source_of(_named("openai-responses").sources, "retention_days")
    asked = published("api.openai.com", "gpt-4o", ["/v1/responses"])
    assert asked["retention_days"].source == source
    assert published("api.openai.com", "gpt-4o", ["/v1/chat/completions"]) != asked


def test_a_figure_is_believed_until_its_last_day() -> None:
    figure = published("a.one.test", "m", rows=(row(zdr="none"),))["zdr"]
    assert not figure.is_expired(READ + timedelta(days=99))
    assert figure.is_expired(READ + timedelta(days=100))


def test_the_planner_s_providers_are_those_of_the_usual_api() -> None:
    assert of_provider("google", "gemini-2.5-pro")["retention_days"].value == 55
    assert of_provider("azure", "gpt-4o")["dpa"].value == "included"
    assert of_provider("nobody", "m") == {}
    known = {each.provider for each in hosted_models().values() if of_provider(each.provider, None)}
    assert {"openai", "anthropic", "cohere", "together", "mistral", "aws", "google"} <= known


def _named(name: str) -> ProviderFacts:
    return next(each for each in provider_facts() if each.id == name)
