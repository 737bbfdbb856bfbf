"""Laws for every dialect, over the conversations in `tests/transcripts/<dialect>`.

A transcript is a stream as a backend sent it, a line `=== means ===`, and then a line for
each frame it is made of. A new dialect needs a folder of them and nothing in this file.
"""

import random
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from headgate.core.errors import HeadgateError, InvalidRequest, UpstreamCut, UpstreamGarbled
from headgate.core.inbound import Operation
from headgate.core.plugins import load, load_all, names
from headgate.core.stream import Answer, Failed, Finished, Frame, Started
from headgate.wire.dialect import BackendDialect, ClientDialect
from headgate.wire.fold import Folder
from headgate.wire.sse import EventDecoder
from support import answers as stand_in
from support.answers import Asked, Call, called, said
from support.anthropic_shapes import MessageShape
from support.bedrock_shapes import ConverseShape
from support.cohere_shapes import CohereChat
from support.event_stream import from_lines
from support.gemini_shapes import GeminiShape
from support.ollama_shapes import OllamaShape
from support.openai_shapes import ChatShape
from support.responses_shapes import ResponsesShape
from support.shapes import Shape

law = settings(deadline=None, derandomize=True)
PACKAGE = "headgate.wire.dialects"
TRANSCRIPTS = Path(__file__).parents[1] / "transcripts"
MEANS = "=== means ===\n"
DIALECTS: dict[str, Any] = load_all(PACKAGE, "DIALECT")
BACKENDS: dict[str, BackendDialect] = {n: d for n, d in DIALECTS.items() if hasattr(d, "encode")}
CLIENTS: dict[str, ClientDialect] = {n: d for n, d in DIALECTS.items() if hasattr(d, "endpoints")}
SHAPES: dict[str, Shape] = {
    "openai_chat": ChatShape(),
    "ollama": OllamaShape(),
    "anthropic": MessageShape(),
    "cohere": CohereChat(),
    "openai_responses": ResponsesShape(),
    "gemini": GeminiShape(),
    "bedrock": ConverseShape(),
}
"""An independent writer of each dialect that backends speak."""
WIRES: dict[str, Callable[[str], bytes]] = {"bedrock": from_lines}
"""Dialects whose streams are not text: what makes bytes of the text that tells them."""
FILES = sorted(TRANSCRIPTS.glob("*/*.txt"))
transcripts = pytest.mark.parametrize(
    "file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}"
)
backends = pytest.mark.parametrize("name", BACKENDS)
clients = pytest.mark.parametrize("name", CLIENTS)


def read(file: Path) -> tuple[bytes, str]:
    wire, _, meaning = file.read_text("utf-8").partition(MEANS)
    return WIRES.get(file.parent.name, str.encode)(wire), meaning


def decoded(name: str, chunks: list[bytes]) -> list[Frame]:
    decoder = BACKENDS[name].stream_decoder("chat")
    return [frame for chunk in chunks for frame in decoder.feed(chunk)]


def described(value: Any) -> str:
    """A value with the fields that differ from their defaults: new fields change no transcript."""
    if not isinstance(value, msgspec.Struct):
        return repr(value)
    said = [
        f"{field.name}={described(getattr(value, field.name))}"
        for field in msgspec.structs.fields(value)
        if getattr(value, field.name) != field.default
    ]
    return f"{type(value).__name__}({', '.join(said)})"


def meaning_of(frames: list[Frame]) -> str:
    lines = []
    for frame in frames:
        words = [described(event) for event in frame.events]
        words += ["(usage only)"] * frame.usage_only + ["(last)"] * frame.is_last
        lines.append("- " + " + ".join(words or ["nothing"]))
    return "\n".join(lines) + "\n"


def folded(frames: list[Frame]) -> Answer:
    folder = Folder()
    for frame in frames:
        for event in frame.events:
            folder.add(event)
    return folder.answer()


def test_every_dialect_is_called_like_its_file_and_has_transcripts():
    assert set(DIALECTS) == set(names(PACKAGE))
    for name, dialect in DIALECTS.items():
        assert dialect.name == name
        assert load(PACKAGE, name, "DIALECT") is dialect
    assert set(BACKENDS) | set(CLIENTS) == set(DIALECTS)
    for client in CLIENTS.values():
        assert client.endpoints
        assert all(path.startswith("/") for path in client.endpoints)
    for name in BACKENDS:
        assert list((TRANSCRIPTS / name).glob("*.txt")), f"record tests/transcripts/{name}/*.txt"


def test_no_two_dialects_serve_one_path():
    paths = [path for client in CLIENTS.values() for path in client.endpoints]
    assert len(paths) == len(set(paths))


@transcripts
def test_a_transcript_means_what_it_says(file):
    wire, meaning = read(file)
    assert meaning_of(decoded(file.parent.name, [wire])) == meaning


@transcripts
def test_frames_put_together_are_the_bytes_that_came(file):
    wire, _ = read(file)
    assert b"".join(frame.raw for frame in decoded(file.parent.name, [wire])) == wire


@transcripts
@settings(law, max_examples=25)
@given(data=st.data())
def test_any_split_of_the_bytes_gives_the_same_frames(file, data):
    wire, _ = read(file)
    cuts = data.draw(st.lists(st.integers(0, len(wire))))
    chunks = [wire[a:b] for a, b in pairwise([0, *sorted(cuts), len(wire)])]
    whole = decoded(file.parent.name, [wire])
    assert decoded(file.parent.name, chunks) == whole
    assert decoded(file.parent.name, [wire[i : i + 1] for i in range(len(wire))]) == whole


@transcripts
def test_a_stream_ends_in_exactly_one_way(file):
    frames = decoded(file.parent.name, [read(file)[0]])
    failures = [e for frame in frames for e in frame.events if isinstance(e, Failed)]
    assert [frame.is_last for frame in frames].count(True) == (0 if failures else 1)


@transcripts
def test_a_stream_that_is_cut_anywhere_before_its_end_does_not_look_complete(file):
    wire, _ = read(file)
    for end in range(len(wire)):
        assert not any(frame.is_last for frame in decoded(file.parent.name, [wire[:end]]))


def mutated(wire: bytes, seed: int) -> bytes:
    chance = random.Random(seed)
    bent = bytearray(wire)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(bent))
        match chance.randrange(4):
            case 0:
                bent[place] = chance.randrange(256)
            case 1:
                del bent[place : place + chance.randint(1, 40)]
            case 2:
                bent[place:place] = bytes(chance.choices(b'{}[]":,0\\\r\n\xff', k=3))
            case _:
                bent[place:place] = bent[: chance.randint(1, 200)]
        if not bent:
            break
    return bytes(bent)


@transcripts
def test_bent_bytes_are_garbled_or_mean_something_and_never_raise_anything_else(file):
    name = file.parent.name
    wire, _ = read(file)
    for seed in range(200):
        bent = mutated(wire, seed)
        with suppress(UpstreamGarbled):
            meaning_of(decoded(name, [bent]))
        with suppress(UpstreamGarbled):
            BACKENDS[name].decode_answer("chat", bent.partition(b"data: ")[2] or bent)


ANSWERS = {
    "text": said("Hello from the upstream, in pieces."),
    "length": said("Hello from", finish="length"),
    "reasoning": said("Four.", reasoning=("Two and two", " make four.")),
    "call": called(Call("get_weather", '{"city":"Paris","unit":"c"}')),
    "two calls": called(Call("f", "{}"), Call("g", '{"deep":{"a":[1,2.5,null]}}')),
    "nothing": stand_in.Answer(),
}


@backends
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_stream_folded_up_is_the_whole_answer(name, answer):
    assert name in SHAPES, f"tests/support has no second writer of `{name}`"
    asked = Asked(kind="chat", number=1, body={"stream_options": {"include_usage": True}})
    stream = b"".join(frame.data for frame in SHAPES[name].frames(asked, answer))
    whole = BACKENDS[name].decode_answer("chat", SHAPES[name].body(asked, answer))
    streamed = folded(decoded(name, [stream]))
    assert streamed.usage == whole.usage
    assert streamed == whole
    assert whole.usage is not None
    assert whole.choices[0].text == answer.text


def encoded_for_openai(frames: list[Frame], *, include_usage: bool) -> bytes:
    asked = {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "stream": True}
    asked["stream_options"] = {"include_usage": include_usage}
    client = CLIENTS["openai_chat"]
    encoder = client.stream_encoder(
        Started(id="chatcmpl-1", model="m", created=5),
        client.decode("chat", msgspec.json.encode(asked)),
    )
    pieces = [encoder.encode(event) for frame in frames for event in frame.events]
    return b"".join([*pieces, encoder.end()])


@transcripts
@pytest.mark.parametrize("include_usage", [True, False])
def test_every_stream_translated_for_openai_clients_suits_their_sdk(file, include_usage):
    frames = decoded(file.parent.name, [read(file)[0]])
    events = EventDecoder().feed(encoded_for_openai(frames, include_usage=include_usage))
    has_failed = any(isinstance(e, Failed) for frame in frames for e in frame.events)
    payloads = [event.data or b"" for event in events]
    assert (b"[DONE]" in payloads) is not has_failed
    chunks = [
        ChatCompletionChunk.model_validate_json(payload, strict=True)
        for payload in payloads
        if payload != b"[DONE]"
    ]
    finishes = [e for frame in frames for e in frame.events if isinstance(e, Finished)]
    assert sum(c.choices[0].finish_reason is not None for c in chunks if c.choices) == len(finishes)


@transcripts
def test_every_answer_translated_for_openai_clients_suits_their_sdk(file):
    frames = decoded(file.parent.name, [read(file)[0]])
    client = CLIENTS["openai_chat"]
    asked = b'{"model":"m","messages":[{"role":"user","content":"Hi"}]}'
    body = client.encode_answer(folded(frames), client.decode("chat", asked))
    ChatCompletion.model_validate_json(body, strict=True)


@clients
def test_errors_have_a_body_and_break_a_stream_without_ending_it(name):
    dialect = CLIENTS[name]
    error = UpstreamCut("`fast` ended its stream without finishing it")
    assert b"`fast` ended its stream" in dialect.encode_error(error)
    msgspec.json.decode(dialect.encode_error(error))
    assert 400 <= dialect.status_of(error) < 600
    if name not in BACKENDS:
        return
    frames = decoded(name, [dialect.encode_stream_error(error)])
    assert [type(event) for frame in frames for event in frame.events] == [Failed]
    assert not any(frame.is_last for frame in frames)


BODIES = [b"", b"[]", b"null", b"{}", b'{"model":7}', b"\xff", b"[" * 100_000, b'{"model":"m"}']
ONLY_A_MODEL = {("openai_chat", "completion"), ("ollama", "chat"), ("ollama_prompt", "chat")}
"""Where a model is enough: a completion needs no prompt, and Ollama then loads the model."""


@clients
@pytest.mark.parametrize("body", BODIES)
def test_a_bad_request_is_refused_in_words(name, body):
    for operation in CLIENTS[name].endpoints.values():
        if body == BODIES[-1] and (name, operation) in ONLY_A_MODEL:
            continue
        with pytest.raises(InvalidRequest) as caught:
            CLIENTS[name].decode(operation, body)
        assert len(str(caught.value)) > 10


@law
@given(st.binary(max_size=80), st.sampled_from(sorted(DIALECTS)))
def test_no_body_raises_anything_unforeseen(body, name):
    operations: list[Operation] = ["chat", "completion", "embedding"]
    for operation in operations:
        if name in CLIENTS:
            with suppress(HeadgateError):
                CLIENTS[name].decode(operation, body)
        if name in BACKENDS:
            with suppress(HeadgateError):
                BACKENDS[name].decode_answer(operation, body)
