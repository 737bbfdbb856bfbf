import pytest

from headgate.config.interpolate import interpolate

ENVIRON = {"HOST": "db", "EMPTY": "", "PRICE": "$5"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("plain", "plain"),
        ("http://${HOST}:80/v1", "http://db:80/v1"),
        ("${HOST}${HOST}", "dbdb"),
        ("${MISSING:-fallback}", "fallback"),
        ("${MISSING:-}", ""),
        ("${EMPTY:-fallback}", "fallback"),
        ("${HOST:-fallback}", "db"),
        ("$${HOST}", "${HOST}"),
        ("costs $5", "costs $5"),
        ("${PRICE}", "$5"),
    ],
)
def test_variables_are_filled_in(text, filled):
    problems = []
    assert interpolate({"a": [text]}, ENVIRON, problems) == {"a": [filled]}
    assert problems == []


@pytest.mark.parametrize("name", ["MISSING", "EMPTY"])
def test_a_variable_without_a_value_is_a_problem_with_its_place(name):
    problems = []
    interpolate({"a": {"b": ["x", f"${{{name}}}"]}}, ENVIRON, problems)
    assert [(p.loc, p.message) for p in problems] == [
        (("a", "b", 1), f"the environment variable `{name}` is not set")
    ]


def test_references_to_secrets_stay_references():
    data = {"targets": {"gpt": {"api_key": "${HOST}", "base_url": "${HOST}"}}}
    problems = []
    filled = interpolate(data, ENVIRON, problems)
    assert filled == {"targets": {"gpt": {"api_key": "${HOST}", "base_url": "db"}}}


def test_the_data_given_is_left_as_it_is():
    data = {"a": ["${HOST}"]}
    interpolate(data, ENVIRON, [])
    assert data == {"a": ["${HOST}"]}
