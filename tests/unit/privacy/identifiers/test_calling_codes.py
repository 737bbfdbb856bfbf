import pytest

from headgate.privacy.identifiers.calling_codes import is_complete


@pytest.mark.parametrize("digits", ["442079460958", "14155552671", "4930123456", "35312345678"])
def test_a_number_of_its_country_is_complete(digits):
    assert is_complete(digits)


@pytest.mark.parametrize("digits", ["44207", "1415555267", "141555526711", "2100000000", ""])
def test_one_that_is_too_short_too_long_or_from_nowhere_is_not(digits):
    assert not is_complete(digits)
