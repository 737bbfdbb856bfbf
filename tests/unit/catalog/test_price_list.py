import pytest
from genai_prices.data_snapshot import get_snapshot

from headgate.catalog.price_list import NEEDED, parse
from headgate.core.errors import UpstreamGarbled
from support.price_list import MODELS_A_PROVIDER, price_list

IN_USE = get_snapshot().providers


def test_a_whole_list_is_read():
    providers = parse(price_list(), instead_of=IN_USE)
    assert {provider.id for provider in providers} == NEEDED
    assert all(len(provider.models) == MODELS_A_PROVIDER for provider in providers)


@pytest.mark.parametrize("content", [b"", b"\xff", b"{}", b"[1]", b'[{"id": 1}]', b"<html>"])
def test_what_is_no_price_list_is_refused(content: bytes):
    with pytest.raises(UpstreamGarbled, match="not in the form"):
        parse(content, instead_of=IN_USE)


def test_a_list_without_a_provider_everybody_uses_is_refused():
    with pytest.raises(UpstreamGarbled, match=r"lacks openai$"):
        parse(price_list(without="openai"), instead_of=IN_USE)


def test_a_list_that_lost_more_than_a_fifth_of_the_models_is_refused():
    whole = parse(price_list(), instead_of=IN_USE)
    parse(price_list(models=MODELS_A_PROVIDER * 8 // 10), instead_of=whole)
    with pytest.raises(UpstreamGarbled, match="has only"):
        parse(price_list(models=MODELS_A_PROVIDER * 7 // 10), instead_of=whole)


def test_the_installed_list_has_every_provider_a_list_needs():
    assert {provider.id for provider in IN_USE} >= NEEDED
