"""What an expression in CEL names."""

import cel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.gateway.expressions import (
    FUNCTIONS,
    BadCondition,
    check_names,
    flat,
    named,
    said_of,
)

KNOWN = ["request.tokens", "request.labels", "caller.team", "route", "time.hour"]


@pytest.mark.parametrize(
    ("expression", "paths"),
    [
        ("request.tokens > 5 && request.tokns > 8", ["request.tokens", "request.tokns"]),
        ("has(request.foo)", ["request.foo"]),
        ("request . \n tokns == 1 // request.gone", ["request.tokns"]),
        ("route.startsWith('request.foo') && caller.team.size() > 1", ["route", "caller.team"]),
        ("request['foo'] == 1 || request == request", ["request"]),
        ("request.labels.exists(l, l.startsWith('a') && l != route)", ["request.labels", "route"]),
        (r"r'request.a\' == route", ["route"]),
        (r"'request.a\' == ' == route", ["route"]),
        (r"""'''request.b' "c" ''' + route + r'''request.d'''""", ["route"]),
        ('b"""request.e " request.f""" == route', ["route"]),
        ("time.hour in [1, 0x1F, 2.5e3, 7u] && !false && null == null", ["time.hour"]),
        (
            "request.tokens.foo == 1 ? a.b.c : type(1) == int",
            ["request.tokens.foo", "a.b.c", "int"],
        ),
        ("", []),
        ("request.", ["request"]),
    ],
)
def test_paths_outside_of_strings_and_comments(expression: str, paths: list[str]) -> None:
    assert list(named(expression).paths) == paths


@pytest.mark.parametrize(
    ("expression", "flattened"),
    [
        ("request.tokens > 5 && route == 'a'", "request__tokens > 5 && route == 'a'"),
        (
            "request . labels.exists(l, l == caller\n.team)",
            "request__labels.exists(l, l == caller__team)",
        ),
        ("'has(time.hour)' != route || has( time.hour )", "'has(time.hour)' != route || true"),
        (
            "size(request.labels) > time.hour // request.labels",
            "size(request__labels) > time__hour // request.labels",
        ),
        ("[1].map(hour, hour)[0] == 1", "[1].map(hour, hour)[0] == 1"),
    ],
)
def test_each_fact_becomes_a_variable(expression: str, flattened: str) -> None:
    assert flat(expression, KNOWN) == flattened


@given(st.text(max_size=40) | st.text("request.tokens()[]'\"\\/,x \n", max_size=40))
def test_anything_at_all_is_read_to_its_end(expression: str) -> None:
    assert named(expression) == named(f" {expression} ")


@pytest.mark.parametrize(
    ("expression", "complaint", "written", "known"),
    [
        ("has(request.tokns)", "no fact `request.tokns`", "tokns", "tokens"),
        ("request.team == 'x'", "no fact `request.team`", "caller.team", "caller.team"),
        (
            "team == 'x'",
            "`team` is no fact: there are caller, request",
            "caller.team",
            "caller.team",
        ),
        ("reqest.tokens > 1", "`reqest` is no fact", "request.tokens", "request.tokens"),
        ("true || 'a'.startWith('a')", "`startWith` is no function", "startWith", "startsWith"),
        ("request.labels.exist(l, true)", "`exist` is no function", "exist", "exists"),
    ],
)
def test_what_is_misspelt_is_found_wherever_it_stands(
    expression: str, complaint: str, written: str, known: str
) -> None:
    with pytest.raises(BadCondition, match=complaint) as error:
        check_names(expression, cel.compile(expression).functions(), KNOWN)
    assert known in error.value.known
    assert error.value.written == written


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("request['foo'] == 1", "`request` by itself is no fact: name one, like `request.tokens`"),
        ("request.labels.exists(route, true)", "`route` is a fact: name"),
        ("request.labels.exists(time__hour, true)", "`time__hour` is a fact: name"),
    ],
)
def test_what_would_hide_a_name_is_refused(expression: str, complaint: str) -> None:
    with pytest.raises(BadCondition, match=complaint):
        check_names(expression, cel.compile(expression).functions(), KNOWN)


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_every_function_is_one_of_the_library(function: str) -> None:
    day = "timestamp('2026-01-01T00:00:00Z')"
    calls = [f"{function}({argument})" for argument in ("'1'", "'5s'", day, "b'a'")]
    calls += [f"'a'.{function}('a')", f"{day}.{function}()"]
    assert any(_comes_to_something(call) for call in calls)


def _comes_to_something(expression: str) -> bool:
    try:
        cel.compile(expression).execute(cel.Context())
    except (RuntimeError, TypeError, ValueError):
        return False
    return True


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("a >", "at 1:4: it ends too early"),
        ("!", "at 1:2: it ends too early"),
        ("[1,2", "at 1:5: it ends too early"),
        ("(a", "at 1:3: `)` is missing"),
        ("a = 'x'", "at 1:3: unexpected `=`: write `==`"),
        ("a and b", "at 1:3: unexpected `and`: write `&&`"),
        ("a &&& b", "at 1:5: unexpected `&`: write `&&`"),
        ("a @ b", "at 1:3: unexpected `@`"),
        ("a == 1 +* 2", "at 1:9: unexpected `*`"),
        ("a == 'x", "at 1:6: a text is not closed"),
        ("a ? b", "at 1:1"),
    ],
)
def test_what_the_library_says_becomes_a_short_sentence(expression: str, sentence: str) -> None:
    with pytest.raises(ValueError, match="ERROR") as caught:
        cel.compile(expression)
    assert said_of(str(caught.value)) == f"syntax error {sentence}"


def test_what_it_has_never_said_is_a_sentence_too() -> None:
    assert said_of("something new") == "cannot be read"
