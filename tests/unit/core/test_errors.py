"""What an error class promises."""

import pytest

from headgate.core import errors
from headgate.core.errors import HeadgateError, UpstreamRejected


def all_classes() -> list[type[HeadgateError]]:
    found = [HeadgateError]
    for kind in found:
        found.extend(kind.__subclasses__())
    return [kind for kind in found if kind.__module__ == errors.__name__]


def test_every_error_has_a_code_of_its_own_family_and_an_http_status() -> None:
    assert all(kind.code and 400 <= kind.http_status < 600 for kind in all_classes())


def test_the_tree_at_the_top_of_the_file_names_every_class() -> None:
    assert errors.__doc__ is not None
    assert [k.__name__ for k in all_classes() if k.__name__ not in errors.__doc__] == []


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        *((status, False) for status in (400, 401, 403, 404, 422)),
        *((status, True) for status in (408, 409, 429, 500, 503, 529)),
    ],
)
def test_only_some_statuses_are_worth_another_try(status: int, expected: bool) -> None:
    error = UpstreamRejected("no", status=status, headers={}, body=b"")
    assert error.is_transient is expected
    assert error.http_status == status
