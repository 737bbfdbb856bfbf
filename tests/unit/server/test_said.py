"""What clients say in headers of ours."""

import pytest

from headgate.core.errors import InvalidRequest
from headgate.server.said import declared_labels, said_in


def test_nothing_said_is_nothing_asked() -> None:
    assert said_in({b"authorization": b"Bearer x"}) == {}


def test_everything_said_is_passed_on() -> None:
    said = said_in(
        {
            b"x-headgate-label": b"phi",
            b"x-headgate-tag": b"nightly, report",
            b"x-headgate-session": b"s-1",
            b"x-headgate-priority": b"9",
            b"x-headgate-deadline-ms": b"1500",
        }
    )
    assert said == {
        "labels": {"phi"},
        "tags": {"nightly", "report"},
        "session": "s-1",
        "priority": 9,
        "deadline_ms": 1500.0,
    }


@pytest.mark.parametrize("value", [b"-1", b"101", b"nan", b"soon", b"", b"\xff"])
def test_a_priority_that_is_none_is_refused_by_name(value: bytes) -> None:
    with pytest.raises(InvalidRequest, match="`x-headgate-priority` must be a number from 0"):
        said_in({b"x-headgate-priority": value})


@pytest.mark.parametrize("value", [b"0", b"inf", b"nan", b"1e99", b"1s"])
def test_a_deadline_that_is_none_is_refused_by_name(value: bytes) -> None:
    with pytest.raises(InvalidRequest, match="`x-headgate-deadline-ms` must be a number from 1"):
        said_in({b"x-headgate-deadline-ms": value})


@pytest.mark.parametrize("value", [b"x" * 65, b",".join(b"t%d" % i for i in range(17))])
def test_tags_have_a_bound(value: bytes) -> None:
    with pytest.raises(InvalidRequest, match="at most 16 tags of 64 characters"):
        said_in({b"x-headgate-tag": value})


@pytest.mark.parametrize(
    ("value", "labels"),
    [
        (None, set()),
        (b"", set()),
        (b" , ,", set()),
        (b"phi", {"phi"}),
        (b" phi ,internal,phi", {"phi", "internal"}),
        ("pers\u00f6nlich".encode("latin-1"), {"pers\u00f6nlich"}),
        (b"\xff\xfe", {"\u00ff\u00fe"}),
    ],
)
def test_labels_are_separated_by_commas_and_nothing_in_them_is_an_error(
    value: bytes | None, labels: set[str]
) -> None:
    headers = {} if value is None else {b"x-headgate-label": value}
    assert declared_labels(headers) == labels
