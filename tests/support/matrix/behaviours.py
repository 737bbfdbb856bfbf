"""What every SDK must be able to have of every backend: a check each.

A stand-in does as it is told and says what it was told, in its own API: what a check
asserts of an answer has been to the backend and back. Real engines run a tiny model, of
which only what does not depend on wit is asserted.
"""

import json
from collections.abc import Callable
from contextlib import closing
from functools import partial

import pytest
from jsonschema import validate

from support.answers import PROMPT_TOKENS
from support.behaviours import BAD_REQUEST, RATE_LIMITED
from support.heard.values import fingerprint
from support.matrix.asking import Asking
from support.matrix.bench import Cell
from support.matrix.question import Complaint, Question, Said, Tool, streamed
from support.matrix.schemas import PIXEL, TIME, VERDICT, WEATHER
from support.truthful import CACHED_TOKENS

NOT_OURS = "a-key-nobody-gave"


def check_chat(cell: Asking) -> None:
    """A whole answer says to the letter what the backend said; system prompt, token counts, the
    way it ended, and the cut by a most of tokens are right.
    """
    words = 'Grüße aus 東京 🎉 \\ "quoted" <b>&amp;</b>'
    said = cell.ask(Question(text=f"Say: {words}", system="Be brief."))
    assert said.ending == cell.sdk.about.endings["stop"]
    _assert_counted(cell, said)
    if cell.backend.is_real:
        assert said.text
    else:
        assert said.text == words
        heard = cell.heard()
        assert (heard.system, heard.question) == ("Be brief.", f"Say: {words}")
        assert (heard.model, heard.most_tokens) == (cell.backend.model, 200)
    cut = cell.ask(Question(text="Say: one two three four", most_tokens=2))
    assert cut.ending == cell.sdk.about.endings["length"]
    assert cut.output_tokens == 2


def check_stream(cell: Asking) -> None:
    """The same answer comes in pieces; joined they are the whole, and so are its counts."""
    question = Question(text="Say: Grüße aus 東京 🎉 \\ in many pieces.")
    said = cell.stream(question)
    assert len(said.pieces) > 1
    whole = cell.ask(question)
    assert (said.text, said.ending) == (whole.text, whole.ending)
    assert said.ending == cell.sdk.about.endings["stop"]
    _assert_counted(cell, said)
    assert (said.input_tokens, said.output_tokens) == (whole.input_tokens, whole.output_tokens)
    cut = cell.stream(Question(text="Say: one two three four", most_tokens=2))
    assert cut.ending == cell.sdk.about.endings["length"]


def check_single_tool(cell: Asking) -> None:
    """Tools reach the backend with their schemas; its call comes back with arguments that
    parse, whole and streamed.
    """
    question = Question(text="What is the weather in Oslo?", tools=(WEATHER, TIME))
    for said in cell.both_ways(question):
        assert [call.name for call in said.calls] == ["get_weather"]
        assert said.ending == cell.sdk.about.endings["tool_calls"]
        _assert_ids(cell, said)
        if cell.backend.is_real:
            continue
        assert said.calls[0].arguments == {"city": "Oslo", "unit": "c"}
        assert said.text == ""
        heard = cell.heard()
        assert [(t.name, t.description) for t in heard.tools] == [
            (tool.name, tool.description) for tool in question.tools
        ]
        assert _plain(heard.tools[0].parameters) == _plain(WEATHER.parameters)


def check_parallel_tools(cell: Asking) -> None:
    """Three calls in one answer, two of the same tool, each with an id of its own."""
    for said in cell.both_ways(_PARALLEL):
        assert [call.name for call in said.calls] == ["get_weather", "get_weather", "get_time"]
        assert [call.arguments for call in said.calls] == [
            {"city": "Paris", "unit": "c"},
            {"city": "Oslo", "unit": "c"},
            {},
        ]
        assert said.ending == cell.sdk.about.endings["tool_calls"]
        _assert_ids(cell, said)


def check_forced_tool(cell: Asking) -> None:
    """The backend is told that it must call, and, where the SDK can name a tool, which."""
    required = Question(text="Hello", tools=(WEATHER,), choice="required")
    for said in cell.both_ways(required):
        assert [call.name for call in said.calls] == ["get_weather"]
        validate(dict(said.calls[0].arguments), dict(WEATHER.parameters))
        assert said.ending == cell.sdk.about.endings["tool_calls"]
        assert cell.backend.is_real or cell.heard().choice == "required"
    if "named" not in cell.sdk.about.forces:
        return
    for tool, other in ((WEATHER, TIME), (TIME, WEATHER)):
        named = Question(text="Hello", tools=(tool, other), choice=tool.name)
        for said in cell.both_ways(named):
            assert [call.name for call in said.calls] == [tool.name]
        if not cell.backend.is_real:
            _assert_only(cell, tool)


def check_tool_follow_up(cell: Asking) -> None:
    """Calls and results go back in the next turn, each result with the call it is of."""
    asked = _SINGLE if cell.backend.is_real else _PARALLEL
    results = ("11 degrees", "7 degrees", "half past four")
    for first in cell.both_ways(asked):
        question = Question(
            text=asked.text,
            tools=asked.tools,
            answered=first,
            results=results[: len(first.calls)],
        )
        for said in cell.both_ways(question):
            assert said.text
            assert said.calls == ()
            if not cell.backend.is_real:
                _assert_retold(cell, first, said, question.results)


def check_structured_output(cell: Asking) -> None:
    """The backend is told the JSON Schema, and the answer keeps to it."""
    for said in cell.both_ways(Question(text="Is it so?", schema=VERDICT)):
        found = json.loads(said.text)
        validate(found, dict(VERDICT))
        assert said.ending == cell.sdk.about.endings["stop"]
        if cell.backend.is_real:
            continue
        assert found == {"answer": "yes", "sure": True}
        heard = cell.heard().schema
        assert heard is not None
        assert _plain(heard) == _plain(VERDICT)


def check_image(cell: Asking) -> None:
    """The bytes of a picture reach the backend."""
    for said in cell.both_ways(Question(text="What is this?", picture=PIXEL)):
        assert said.text == f"I see {fingerprint(PIXEL)}."
        assert cell.heard().pictures == (PIXEL,)


def check_errors(cell: Cell) -> None:
    """A wrong key, an unknown model, and a backend's 400 and 429 (of an engine: too long a
    prompt) raise the SDK's own classes, with the message.
    """
    question = Question(text="Hello")
    ways = (cell.sdk.ask, partial(streamed, cell.sdk))
    stranger = cell.bench.sdk(cell.sdk.about.name, NOT_OURS)
    _assert_complains(cell, partial(stranger.ask, cell.model, question), 401, "key")
    for ask in ways:
        _assert_complains(cell, partial(ask, "nobody", question), 404, "nobody")
    if cell.backend.is_real:
        too_long = Question(text="word " * 20_000)
        _assert_complains(cell, partial(cell.sdk.ask, cell.model, too_long), 400, "context")
        return
    for ask in ways:
        check_refused(cell, partial(ask, cell.model, question))
        check_limited(cell, partial(ask, f"to-{cell.bench.spare(cell.backend)}", question))


def check_refused(cell: Asking, ask: Callable[[], object]) -> None:
    """The backend's 400 is the SDK's own, with its words."""
    with cell.behaving(BAD_REQUEST):
        _assert_complains(cell, ask, 400, "`temperature` must be at most 2")


def check_limited(cell: Asking, ask: Callable[[], object]) -> None:
    """And so is its 429."""
    with cell.behaving(RATE_LIMITED):
        _assert_complains(cell, ask, 429, "Too many requests")


def check_cancel(cell: Cell) -> None:
    """A client that leaves in the middle of a stream makes the backend stop, and the ledger
    says so.
    """
    with cell.never_ending() as (target, question), cell.noticing(target):
        events = cell.sdk.stream(f"to-{target}", question)
        with closing(events):  # type: ignore[type-var]
            assert next(events)
    assert cell.ask(Question(text="Hello")).text


DIRECT_CHECKS: dict[str, Callable[[Asking], None]] = {
    "chat": check_chat,
    "stream": check_stream,
    "tools: single": check_single_tool,
    "tools: parallel": check_parallel_tools,
    "tools: forced": check_forced_tool,
    "tools: follow-up": check_tool_follow_up,
    "structured output": check_structured_output,
    "image": check_image,
}
"""What takes no gateway: a stand-in must pass it by itself."""
CHECKS: dict[str, Callable[[Cell], None]] = {
    **DIRECT_CHECKS,
    "errors": check_errors,
    "cancel": check_cancel,
}

_SINGLE = Question(text="What is the weather in Paris?", tools=(WEATHER, TIME))
_PARALLEL = Question(
    text="What is the weather in Paris and in Oslo, and what time is it?", tools=(WEATHER, TIME)
)


def _assert_counted(cell: Asking, said: Said) -> None:
    """Usage is what the backend said; a stand-in counts a token a piece."""
    if cell.backend.is_real:
        assert said.input_tokens > 0
        assert 0 < said.output_tokens <= 200
    else:
        words = len(said.text.split(" "))
        prompt = PROMPT_TOKENS + cell.backend.further_tokens
        assert (said.input_tokens, said.output_tokens) == (prompt, words)
        if cell.sdk.about.counts_cache and cell.backend.counts_cache:
            assert said.cached_tokens == CACHED_TOKENS


def _assert_ids(cell: Asking, said: Said) -> None:
    if cell.sdk.about.has_call_ids:
        assert all(call.id for call in said.calls)
        assert len({call.id for call in said.calls}) == len(said.calls)


def _assert_only(cell: Asking, tool: Tool) -> None:
    """The backend could call nothing but `tool`."""
    heard = cell.heard()
    if heard.choice == "required":
        assert [offered.name for offered in heard.tools] == [tool.name]
    else:
        assert heard.choice == tool.name


def _assert_retold(cell: Asking, first: Said, said: Said, results: tuple[str, ...]) -> None:
    """The backend was told its own calls, and each result with the call it is of."""
    assert said.text == (
        "get_weather(Paris, c) gave 11 degrees. "
        "get_weather(Oslo, c) gave 7 degrees. "
        "get_time() gave half past four."
    )
    heard = cell.heard()
    assert [(call.name, call.arguments) for call in heard.calls] == [
        (call.name, call.arguments) for call in first.calls
    ]
    assert tuple(result.text for result in heard.results) == results
    if cell.backend.has_call_ids:
        ids = [call.id for call in heard.calls]
        assert [result.call for result in heard.results] == ids
        assert len(set(ids)) == len(ids)
        if cell.sdk.about.has_call_ids:
            assert ids == [call.id for call in first.calls]


def _assert_complains(cell: Asking, ask: Callable[[], object], status: int, words: str) -> None:
    with pytest.raises(cell.sdk.about.errors) as raised:
        ask()
    complaint: Complaint = cell.sdk.complaint(raised.value)
    assert (complaint.kind, complaint.status) == (cell.sdk.about.complaints[status], status)
    assert words in complaint.message


def _plain(schema: object) -> object:
    """A schema as all APIs can say it: some write types in capitals, some close objects."""
    if isinstance(schema, dict):
        return {
            name: _plain(value.lower() if name == "type" and isinstance(value, str) else value)
            for name, value in sorted(schema.items())
            if name != "additionalProperties"
        }
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    return schema
