import msgspec
import pytest
import yaml

from headgate.catalog.files import read
from headgate.catalog.hardware import Tariff


def test_a_file_is_read_as_what_it_should_hold():
    assert all(isinstance(each, Tariff) for each in read("tariffs.yaml", tuple[Tariff, ...]))


def test_a_file_that_does_not_fit_its_type_says_where():
    with pytest.raises(msgspec.ValidationError, match=r"\$\[0\]"):
        read("models.yaml", tuple[Tariff, ...])


def test_the_parser_is_the_quick_one():
    assert yaml.CSafeLoader, "without it the catalogue takes half a second to load"
