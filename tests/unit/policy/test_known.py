"""What the catalogue knows, as a value of the decision."""

from headgate.catalog.capabilities import find_capabilities
from headgate.policy import known
from headgate.policy.known import known_of

NOTHING: frozenset = frozenset()


def test_a_listed_model_is_known_with_the_day_its_source_was_read():
    found, entry = (
        known_of("openai", "gpt-3.5-turbo", NOTHING),
        find_capabilities("openai", "gpt-3.5-turbo"),
    )
    assert found is not None
    assert entry is not None
    assert (found.kind, found.context_tokens, found.max_output_tokens) == ("chat", 16_385, 4_096)
    assert found.lacks == frozenset(entry.lacks)
    assert found.checked == entry.checked.isoformat()


def test_the_configuration_takes_away_what_the_catalogue_says_is_missing():
    found = known_of("openai", "gpt-3.5-turbo", frozenset({"vision"}))
    assert found is not None
    assert "vision" not in found.lacks
    assert "json_schema" in found.lacks


def test_what_nobody_lists_is_not_known():
    assert known_of(None, "gpt-4o", NOTHING) is None
    assert known_of("openai", "gpt-9000", NOTHING) is None


def test_an_endless_name_is_not_remembered():
    before = known._known.cache_info().currsize
    assert known_of("openai", "x" * 1000, NOTHING) is None
    assert known._known.cache_info().currsize == before
