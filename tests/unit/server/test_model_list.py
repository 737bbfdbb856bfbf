"""Pages of models in Anthropic's shape."""

import pytest
from anthropic.pagination import SyncPage
from anthropic.types import ModelInfo
from hypothesis import given
from hypothesis import strategies as st

from headgate.core.errors import InvalidRequest
from headgate.server.model_list import MOST, anthropic_card, anthropic_page, is_anthropic

STARTED = 1_795_000_000.9
NAMES = [f"m{number}" for number in range(45)]


def ids(page: object) -> list[str]:
    return [model.id for model in SyncPage[ModelInfo].model_validate(page).data]


def test_a_client_is_known_by_its_version() -> None:
    assert is_anthropic({"anthropic-version": "2023-06-01"})
    assert not is_anthropic({"authorization": "Bearer a"})


def test_a_card_is_what_the_sdk_publishes() -> None:
    card = anthropic_card("auto", STARTED)
    model = ModelInfo.model_validate(card)
    assert (model.id, model.type, model.lifecycle) == ("auto", "model", "active")
    assert card["created_at"] == "2026-11-18T11:06:40Z"


def test_a_page_has_twenty_and_says_what_follows() -> None:
    page = anthropic_page(NAMES, STARTED, {})
    assert ids(page) == NAMES[:20]
    assert page["has_more"] is True
    assert (page["first_id"], page["last_id"]) == ("m0", "m19")


def test_no_models_are_an_empty_page() -> None:
    assert anthropic_page([], STARTED, {}) == {
        "data": [],
        "has_more": False,
        "first_id": None,
        "last_id": None,
    }


@given(st.integers(1, 50))
def test_pages_one_after_the_other_are_all_models_once(limit: int) -> None:
    found: list[str] = []
    query = {"limit": str(limit)}
    while True:
        page = anthropic_page(NAMES, STARTED, query)
        found += ids(page)
        if not page["has_more"]:
            break
        query = {"limit": str(limit), "after_id": page["last_id"]}
    assert found == NAMES


def test_a_page_before_a_model_ends_with_its_neighbour() -> None:
    page = anthropic_page(NAMES, STARTED, {"before_id": "m10", "limit": "3"})
    assert ids(page) == ["m7", "m8", "m9"]
    assert page["has_more"] is True
    assert anthropic_page(NAMES, STARTED, {"before_id": "m2"})["has_more"] is False


@pytest.mark.parametrize("limit", ["0", "-1", "many", str(MOST + 1), "", "²"])
def test_a_limit_nobody_can_use_is_refused(limit: str) -> None:
    with pytest.raises(InvalidRequest, match="limit: expected 1 to 1000"):
        anthropic_page(NAMES, STARTED, {"limit": limit})


def test_a_place_after_a_model_nobody_has_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="after_id: there is no model `x`"):
        anthropic_page(NAMES, STARTED, {"after_id": "x"})
