"""Finding plug-ins."""

import sys

import pytest

from headgate.core.plugins import load, load_all, names, own_names

PROVIDERS = "headgate.backends.providers"


def test_names_are_listed_without_importing_anything() -> None:
    before = set(sys.modules)
    listed = names(PROVIDERS)
    assert "openai" in listed
    assert listed == tuple(sorted(listed))
    assert {m for m in set(sys.modules) - before if m.startswith(f"{PROVIDERS}.")} == set()


def test_loading_one_gives_its_object() -> None:
    assert load(PROVIDERS, "openai", "PROVIDER").name == "openai"
    assert load_all(PROVIDERS, "PROVIDER").keys() == set(names(PROVIDERS))


def test_an_unknown_name_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="nonesuch"):
        load(PROVIDERS, "nonesuch", "PROVIDER")


def test_those_of_the_package_itself_are_told_from_others() -> None:
    assert own_names(PROVIDERS) <= set(names(PROVIDERS))
    assert "openai" in own_names(PROVIDERS)
