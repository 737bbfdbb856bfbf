"""Whatever a backend says, in whatever dialect, is written for every client as its SDK expects.

Every transcript of every backend dialect is put into every client dialect, as a stream and
as a whole answer, and so are made-up answers; the SDKs' own types judge what comes out.
"""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.test_dialects import CLIENTS, FILES, decoded, folded, read
from headgate.core.chat import Thought
from headgate.core.errors import UpstreamCut
from headgate.core.inbound import Inbound
from headgate.core.stream import (
    Citation,
    Cited,
    Failed,
    Finished,
    ReasoningDelta,
    ReasoningSignature,
    SealedReasoning,
    Source,
    Started,
    StreamEvent,
    TextDelta,
    ToolDelta,
    Used,
)
from headgate.core.usage import Usage
from headgate.wire.fold import Folder
from support.published import check_answer, check_stream

law = settings(deadline=None, derandomize=True, max_examples=100)
STARTED = Started(id="id-1", model="m", created=1_795_000_000)
CHATS = {name: each for name, each in CLIENTS.items() if "chat" in each.endpoints.values()}
BODIES: dict[str, dict[str, Any]] = {
    "openai_responses": {"input": "Hi"},
    "anthropic": {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 100},
    "ollama_prompt": {"prompt": "Hi"},
}
"""What a client of each dialect must at least send; messages where not said otherwise."""
MESSAGES = {"messages": [{"role": "user", "content": "Hi"}]}
TEXTS = st.text(min_size=1, max_size=20)
TOKENS = st.integers(0, 1000)


def asked(name: str, *, stream: bool) -> Inbound:
    body = {"model": "m", "stream": stream, **BODIES.get(name, MESSAGES)}
    if name == "openai_chat" and stream:
        body["stream_options"] = {"include_usage": True}
    return CHATS[name].decode("chat", msgspec.json.encode(body))


def streamed(name: str, events: list[StreamEvent]) -> bytes:
    """The client's bytes; ended where the events say that the answer is complete."""
    encoder = CHATS[name].stream_encoder(STARTED, asked(name, stream=True))
    pieces = [encoder.encode(event) for event in events]
    if not any(isinstance(event, Failed) for event in events):
        pieces.append(encoder.end())
    return b"".join(pieces)


@pytest.mark.parametrize("name", CHATS)
@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_every_transcript_suits_the_sdk_of_every_client(name, file):
    frames = decoded(file.parent.name, [read(file)[0]])
    events = [event for frame in frames for event in frame.events]
    if any(getattr(event, "choice", 0) for event in events) and name != "openai_chat":
        pytest.skip("only OpenAI's chat has several choices")
    check_stream(name, streamed(name, events))
    if not any(isinstance(event, Failed) for event in events):
        check_answer(name, CHATS[name].encode_answer(folded(frames), asked(name, stream=False)))


@st.composite
def answers(draw: st.DrawFn) -> list[StreamEvent]:
    """A complete answer of one choice, as events in an order that some backend sends."""
    events: list[StreamEvent] = [STARTED]
    for _ in range(draw(st.integers(0, 2))):
        events += [ReasoningDelta(text) for text in draw(st.lists(TEXTS, min_size=1, max_size=2))]
        if draw(st.booleans()):
            events.append(ReasoningSignature("c2ln"))
    if draw(st.booleans()):
        events.append(SealedReasoning("c2VhbGVk"))
    for text in draw(st.lists(TEXTS, max_size=3)):
        events.append(TextDelta(text))
        if draw(st.booleans()):
            source = Source(id="doc-1", title="A title", url="https://a.example", text="a text")
            events.append(Cited(Citation(text=text, start=0, end=len(text), sources=(source,))))
    calls = draw(st.integers(0, 2))
    for number in range(calls):
        events.append(ToolDelta(position=number, id=f"call_{number}", name="get_weather"))
        pieces = ['{"city":', '"Paris"}'] if draw(st.booleans()) else ["{}"]
        events += [ToolDelta(position=number, arguments=piece) for piece in pieces]
    reason = "tool_calls" if calls else draw(st.sampled_from(["stop", "length", "content_filter"]))
    events.append(Finished(reason))  # type: ignore[arg-type]
    read_tokens = draw(TOKENS)
    usage = Usage(
        input_tokens=read_tokens + draw(TOKENS),
        output_tokens=draw(TOKENS),
        cache_read_tokens=read_tokens,
    )
    return [*events, Used(usage)]


@pytest.mark.parametrize("name", CHATS)
@law
@given(events=answers())
def test_any_answer_suits_the_sdk_of_every_client_and_loses_no_words(name, events):
    stream = streamed(name, events)
    check_stream(name, stream)
    folder = Folder()
    for event in events:
        folder.add(event)
    answer = folder.answer()
    check_answer(name, CHATS[name].encode_answer(answer, asked(name, stream=False)))
    backend: Any = CHATS[name]
    if not hasattr(backend, "stream_decoder"):
        return
    again = Folder()
    frames = backend.stream_decoder("chat").feed(stream)
    assert [frame.is_last for frame in frames].count(True) == 1
    for frame in frames:
        for event in frame.events:
            again.add(event)
    (said,), (meant,) = again.answer().choices, answer.choices
    assert said.text == meant.text
    assert said.reasoning == meant.reasoning
    assert [(c.name, c.arguments) for c in said.tool_calls] == [
        (c.name, c.arguments) for c in meant.tool_calls
    ]
    assert (said.finish_reason == "length") is (meant.finish_reason == "length")
    assert again.answer().usage is not None or not (
        answer.usage and (answer.usage.input_tokens or answer.usage.output_tokens)
    )


@pytest.mark.parametrize("name", CHATS)
@law
@given(events=answers(), data=st.data())
def test_a_stream_that_breaks_off_never_looks_complete(name, events, data):
    end = data.draw(st.integers(0, len(events)))
    encoder = CHATS[name].stream_encoder(STARTED, asked(name, stream=True))
    stream = b"".join(encoder.encode(event) for event in events[:end])
    stream += CHATS[name].encode_stream_error(UpstreamCut("`fast` broke off"))
    assert "broke off" in str(check_stream(name, stream)[-1])


def test_a_thought_is_not_told_twice():
    folder = Folder()
    for event in (ReasoningDelta("a"), ReasoningSignature("s"), ReasoningDelta("b")):
        folder.add(event)
        folder.answer()
    assert folder.answer().choices[0].thoughts == (Thought("a", "s"), Thought("b"))
