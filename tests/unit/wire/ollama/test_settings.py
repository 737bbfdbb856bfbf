import json
from typing import Any

import pytest

from headgate.core.chat import OutputFormat
from headgate.core.errors import InvalidRequest
from headgate.wire.ollama.requests import decode_chat, decode_prompt
from headgate.wire.ollama.settings import (
    Asked,
    Options,
    asks_to_unload,
    effort_of,
    format_of,
    is_empty,
    limit_of,
    other_options,
    sampling,
)


def body(**fields: Any) -> bytes:
    return json.dumps({"model": "m", **fields}).encode()


@pytest.mark.parametrize(
    ("think", "effort"),
    [(None, None), (True, "medium"), (False, "none"), ("low", "low"), ("max", "max")],
)
def test_thinking_is_an_effort(think: bool | str | None, effort: str | None) -> None:
    assert effort_of(think) == effort


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (None, None),
        ("", None),
        ("json", OutputFormat(kind="json")),
        ({"type": "object"}, OutputFormat(kind="schema", schema={"type": "object"})),
    ],
)
def test_a_format_is_json_or_a_schema(wanted: Any, found: OutputFormat | None) -> None:
    assert format_of(wanted) == found


def test_other_words_are_refused_by_name() -> None:
    with pytest.raises(InvalidRequest) as caught:
        effort_of("hard")
    assert caught.value.param == "think"
    with pytest.raises(InvalidRequest) as caught:
        format_of("xml")
    assert caught.value.param == "format"


@pytest.mark.parametrize(("given", "limit"), [(5, 5), (0, 0), (-1, None), (-2, None), (None, None)])
def test_a_limit_below_zero_is_none(given: int | None, limit: int | None) -> None:
    assert limit_of(Asked(options=Options(num_predict=given))) == limit


@pytest.mark.parametrize(("given", "stop"), [("a", ("a",)), (["a", "b"], ("a", "b")), (None, ())])
def test_stop_is_one_word_or_several(given: Any, stop: tuple[str, ...]) -> None:
    assert sampling(Asked(options=Options(stop=given)))["stop"] == stop


@pytest.mark.parametrize("asked", [Asked(logprobs=True), Asked(top_logprobs=3)])
def test_probabilities_cannot_be_translated(asked: Asked) -> None:
    with pytest.raises(InvalidRequest) as caught:
        sampling(asked)
    assert caught.value.param == "logprobs"
    assert sampling(Asked(logprobs=False, top_logprobs=0))


def test_options_without_a_place_are_kept_by_their_names() -> None:
    options = {"num_ctx": 4096, "temperature": 1, "min_p": 0.5, "numa": None, "x": [1]}
    inbound = decode_chat(body(options=options))
    assert other_options(inbound) == {"num_ctx": 4096, "min_p": 0.5, "x": [1]}
    assert other_options(decode_chat(body())) == {}


@pytest.mark.parametrize("value", [0, 0.0, "0", "0s", "0m", "0h", "0ms", "-0", "0.0s"])
def test_to_keep_a_model_for_no_time_is_to_unload_it(value: Any) -> None:
    assert asks_to_unload(decode_prompt(body(keep_alive=value)))


@pytest.mark.parametrize("value", [None, 1, -1, "5m", "0x", "10s", "-1", 0.5, "", False])
def test_any_other_time_is_not(value: Any) -> None:
    assert not asks_to_unload(decode_prompt(body(keep_alive=value)))
    assert not asks_to_unload(decode_prompt(body()))


def test_empty_is_what_asks_nothing_of_the_model() -> None:
    assert is_empty(decode_chat(body()))
    assert is_empty(decode_chat(body(messages=[])))
    assert is_empty(decode_prompt(body(prompt="")))
    assert not is_empty(decode_prompt(body(images=["aaaa"])))
    assert not is_empty(decode_chat(body(messages=[{"role": "system", "content": ""}])))
