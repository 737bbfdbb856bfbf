"""Documents taken apart into rows."""

import json
from io import BytesIO

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.traffic.documents import lists_in, split_documents, write_rows

PAGE = {
    "data": [
        {"start": 1, "results": [{"tokens": 5, "text": "a\nb"}, {"tokens": 6}]},
        {"start": 2, "results": []},
    ]
}


def rows(*documents: object, indent: int | None = None) -> tuple[list[object], list[int]]:
    text = "\n".join(json.dumps(document, indent=indent) for document in documents).encode()
    lists = lists_in(next(split_documents(text)))
    file = BytesIO()
    origins = write_rows(split_documents(text), lists, file)
    return [json.loads(line) for line in file.getvalue().splitlines()], list(origins)


@pytest.mark.parametrize("indent", [None, 2])
def test_a_result_has_the_members_of_its_bucket(indent: int | None) -> None:
    assert rows(PAGE, indent=indent) == (
        [
            {"start": 1, "tokens": 5, "text": "a\nb"},
            {"start": 1, "tokens": 6},
            {"start": 2},
        ],
        [1, 1, 2],
    )


def test_pages_may_follow_each_other() -> None:
    found, origins = rows(PAGE, PAGE, indent=1)
    assert len(found) == 6
    assert origins == [1, 1, 2, 3, 3, 4]


def test_buckets_without_any_result_are_no_rows() -> None:
    _, origins = rows({"data": [{"start": 1, "results": []}]})
    assert origins == []


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (PAGE, ("data", "results")),
        ({"data": [{"a": 1}]}, ("data",)),
        ({"data": []}, ("data",)),
        ({"decisions": [{"attempts": []}]}, ("decisions", "attempts")),
        ({"data": {"a": 1}}, ()),
        ({"input_tokens": 1}, ()),
    ],
)
def test_lists_are_found_by_their_name(document: object, expected: tuple[str, ...]) -> None:
    assert lists_in(json.dumps(document).encode()) == expected


def test_a_document_unlike_the_first_is_no_row_in_silence() -> None:
    with pytest.raises(msgspec.DecodeError, match="a document has no list `data`"):
        rows({"data": [{"a": 1}]}, {"error": "too many requests"})


@given(st.lists(st.dictionaries(st.text(), st.integers() | st.text()), min_size=1, max_size=5))
def test_documents_are_split_where_they_end(documents: list[dict[str, object]]) -> None:
    text = " \n".join(map(json.dumps, documents)).encode()
    assert [json.loads(bytes(each)) for each in split_documents(text)] == documents
