"""The promises of masking, over made-up conversations: nothing leaks, everything comes back.

`HEADGATE_MASKED_CONVERSATIONS` says how many conversations; 10,000 take some minutes.
"""

import json
import os
from itertools import cycle
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.test_dialects import FILES, read
from conformance.test_translations import CHATS, STARTED, asked
from headgate.core.stream import (
    Finished,
    Frame,
    ReasoningDelta,
    StreamEvent,
    TextDelta,
    ToolDelta,
)
from headgate.privacy.answers import AnswerRestorer
from headgate.privacy.bodies import WholeTexts
from headgate.privacy.placeholder import plain
from headgate.privacy.pseudonyms import Pseudonyms
from headgate.privacy.replace import Masking
from headgate.privacy.restore import Lane, restored
from headgate.wire.fold import Folder
from support.masking import (
    ACTIONS,
    ARGUMENTS,
    KEY,
    LABELS,
    VALUES,
    Answer,
    Said,
    bodies,
    events,
    find,
    leaks,
    loose_findings,
    pieces,
    texts,
    turns,
)

CONVERSATIONS = int(os.environ.get("HEADGATE_MASKED_CONVERSATIONS", "60"))
law = settings(
    deadline=None,
    derandomize=True,
    max_examples=CONVERSATIONS,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
STREAMS = [name for name, each in CHATS.items() if hasattr(each, "stream_decoder")]


def masked(said: Said, names: Pseudonyms) -> str:
    return Masking(names, ACTIONS).text(said.text, said.findings)


def all_live() -> Pseudonyms:
    names = Pseudonyms(KEY)
    for label, value in VALUES:
        names.name_of(label, value)
    return names


def folded(frames: list[StreamEvent]) -> Answer:
    folder = Folder()
    for event in frames:
        folder.add(event)
    (choice,) = folder.answer().choices
    return Answer(choice.reasoning, choice.text, tuple(c.arguments for c in choice.tool_calls))


@law
@given(bodies())
def test_nothing_that_was_found_leaves_in_any_form(body: dict[str, Any]) -> None:
    names = Pseudonyms(KEY)
    out = Masking(names, ACTIONS).body(body, find)
    assert leaks(out) == []
    assert out["seed"] == body["seed"]


@law
@given(bodies())
def test_a_body_comes_back_as_it_was_and_is_masked_once(body: dict[str, Any]) -> None:
    names = Pseudonyms(KEY)
    out = Masking(names, ACTIONS).body(body, find)
    wire = msgspec.json.encode(out)
    back = json.loads(msgspec.json.encode(WholeTexts(names).value(json.loads(wire))))
    assert back == body
    assert Masking(names, ACTIONS).body(out, find) == out


@law
@given(turns())
def test_a_conversation_gets_the_same_placeholders_at_every_turn_and_worker(
    messages: list[dict[str, Any]],
) -> None:
    names = Pseudonyms(KEY)
    whole = Masking(names, ACTIONS).body(messages, find)
    for count in range(1, len(messages)):
        elsewhere = Pseudonyms(KEY)
        assert Masking(elsewhere, ACTIONS).body(messages[:count], find) == whole[:count]
        assert Masking(names, ACTIONS).body(messages[:count], find) == whole[:count]


@law
@given(texts(), st.data())
def test_any_findings_of_any_text_are_restored(said: Said, data: st.DataObject) -> None:
    names = Pseudonyms(KEY)
    findings = said.findings + data.draw(loose_findings(said.text))
    out = masked(Said(said.text, findings), names)
    assert restored(out, names) == said.text
    again = data.draw(loose_findings(out))
    inside = [each for each in again if _is_within_a_placeholder(out, each.start, each.end, names)]
    assert Masking(names, ACTIONS).text(out, inside) == out


def _is_within_a_placeholder(text: str, start: int, end: int, names: Pseudonyms) -> bool:
    place = 0
    while (found := names.next_in(text, place)) is not None:
        if found[0].start <= start and end <= found[0].end:
            return True
        place = found[0].end
    return False


@law
@given(texts(), st.data())
def test_no_cut_of_a_text_changes_what_comes_out_and_little_is_kept_back(
    said: Said, data: st.DataObject
) -> None:
    names = all_live()
    out = masked(said, names)
    lane, came = Lane(names), ""
    for piece in data.draw(pieces(out)):
        came += lane.feed(piece)
        held = plain(lane.held)
        assert not held or names.is_begun_by(held)
    assert came + lane.end() == restored(out, names) == said.text


@law
@given(texts().filter(lambda said: not said.findings), st.data())
def test_a_placeholder_that_is_none_of_ours_stays(said: Said, data: st.DataObject) -> None:
    names = all_live()
    foreign = Pseudonyms(b"another tenant's session").name_of("email", "ada@example.com")
    text = said.text + foreign + said.text
    lane = Lane(names)
    assert "".join(map(lane.feed, data.draw(pieces(text)))) + lane.end() == text


@law
@given(texts(), st.integers(1, 14))
def test_a_cut_placeholder_comes_out_as_it_is(said: Said, size: int) -> None:
    names = all_live()
    cut = names.name_of("email", "ada@example.com")[:size]
    assert restored(masked(said, names) + " " + cut, names) == said.text + " " + cut


@law
@given(ARGUMENTS, st.data())
def test_json_text_stays_json_text_and_its_leaves_come_back(
    arguments: str, data: st.DataObject
) -> None:
    names = Pseudonyms(KEY)
    out = Masking(names, ACTIONS).text(arguments, find(arguments))
    json.loads(out)
    lane = Lane(names, "json")
    assert "".join(map(lane.feed, data.draw(pieces(out)))) + lane.end() == arguments
    assert restored(out, names) == arguments


@law
@given(st.data())
def test_values_from_prose_are_escaped_in_the_arguments_of_a_call(data: st.DataObject) -> None:
    names = all_live()
    label, value = data.draw(st.sampled_from(VALUES))
    leaf = f'say "{names.name_of(label, value)}" twice'
    arguments = json.dumps({"text": leaf, "to": [leaf]})
    came = restored(arguments, names, "json")
    assert json.loads(came) == {"text": restored(leaf, names), "to": [restored(leaf, names)]}


@law
@given(st.lists(st.tuples(st.sampled_from(LABELS), st.text(min_size=1)), unique=True))
def test_values_and_placeholders_are_one_to_one(values: list[tuple[str, str]]) -> None:
    one, other = Pseudonyms(KEY), Pseudonyms(KEY)
    names = [one.name_of(*each) for each in values]
    assert len(set(names)) == len(values)
    assert [other.name_of(*each) for each in values] == names
    tenant = Pseudonyms(b"another tenant's session")
    assert not set(names) & {tenant.name_of(*each) for each in values}


def _answer(data: st.DataObject, names: Pseudonyms) -> tuple[Answer, Answer]:
    """What a client should get, and what the model says, which has seen placeholders only."""
    reasoning, text = data.draw(texts()), data.draw(texts())
    calls = tuple(data.draw(st.lists(ARGUMENTS, max_size=2)))
    meant = Answer(reasoning.text, text.text, calls)
    masking = Masking(names, ACTIONS)
    said = Answer(
        masking.text(*reasoning),
        masking.text(*text),
        tuple(masking.text(call, find(call)) for call in calls),
    )
    return meant, said


@pytest.mark.parametrize("name", STREAMS)
@law
@given(data=st.data())
def test_streams_of_every_dialect_are_restored_whatever_the_cuts(
    name: str, data: st.DataObject
) -> None:
    names = all_live()
    meant, said = _answer(data, names)
    dialect: Any = CHATS[name]
    encoder = dialect.stream_encoder(STARTED, asked(name, stream=True))
    wire = b"".join([*map(encoder.encode, data.draw(events(said))), encoder.end()])
    decoder = dialect.stream_decoder("chat")
    restorer = AnswerRestorer(names, dialect.speech)
    frames: list[Frame] = []
    sizes = cycle(data.draw(st.lists(st.integers(1, 400), min_size=1, max_size=9)))
    while wire:
        size = next(sizes)
        frames += restorer.frames(decoder.feed(wire[:size]))
        wire = wire[size:]
    shown = dialect.stream_decoder("chat").feed(b"".join(frame.raw for frame in frames))
    for each in (frames, shown):
        came = folded([event for frame in each for event in frame.events])
        assert came.reasoning == meant.reasoning
        assert came.text == meant.text
        _check_calls(came.calls, meant.calls)


def _check_calls(came: tuple[str, ...], meant: tuple[str, ...]) -> None:
    # Ollama writes the arguments of a call as an object, whose text is nobody's.
    assert [json.loads(each) for each in came] == [json.loads(each) for each in meant]


@law
@given(data=st.data())
def test_choices_and_calls_that_alternate_do_not_mix(data: st.DataObject) -> None:
    names = all_live()
    lanes: list[tuple[str, list[StreamEvent]]] = []
    for choice in range(3):
        text = data.draw(texts())
        cut = data.draw(pieces(masked(text, names)))
        lanes.append((text.text, [TextDelta(piece, choice) for piece in cut]))
    for position in range(2):
        call = data.draw(ARGUMENTS)
        out = Masking(names, ACTIONS).text(call, find(call))
        cut = data.draw(pieces(out))
        lanes.append(
            (call, [ToolDelta(position=position, arguments=piece, choice=3) for piece in cut])
        )
    order = data.draw(st.permutations([n for n, (_, lane) in enumerate(lanes) for _ in lane]))
    rest = [iter(lane) for _, lane in lanes]
    restorer = AnswerRestorer(names)
    frames = [Frame(b"", (next(rest[number]),)) for number in order]
    ends = Frame(b"", tuple(Finished("stop", choice) for choice in range(4)), is_last=True)
    came: dict[tuple[int, int], str] = {}
    for frame in restorer.frames([*frames, ends]):
        for event in frame.events:
            if isinstance(event, TextDelta):
                came[event.choice, 0] = came.get((event.choice, 0), "") + event.text
            elif isinstance(event, ToolDelta):
                key = (3, event.position)
                came[key] = came.get(key, "") + event.arguments
    meant = [came.get((number, 0) if number < 3 else (3, number - 3), "") for number in range(5)]
    assert meant == [text for text, _ in lanes]


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_frames_without_a_placeholder_keep_their_bytes(file: Any) -> None:
    dialect = CHATS.get(file.parent.name)
    if dialect is None:
        pytest.skip("no client speaks it, so its frames are not passed on")
    decoder: Any = dialect
    frames = decoder.stream_decoder("chat").feed(read(file)[0])
    names = Pseudonyms(KEY)
    names.name_of("driver_licence", "D123-4567")
    restorer = AnswerRestorer(names, dialect.speech)
    came = restorer.frames(frames)
    assert all(one is other for one, other in zip(came, frames, strict=True))
    assert restorer.unrestored == 0


def test_thoughts_left_off_come_out_before_what_follows() -> None:
    names = all_live()
    name = names.name_of("email", "ada@example.com")
    restorer = AnswerRestorer(names)
    said: tuple[StreamEvent, ...] = (
        ReasoningDelta("so " + name[:8]),
        TextDelta("Hi " + name),
        Finished("stop"),
    )
    (frame,) = restorer.frames([Frame(b"", said)])
    assert frame.events == (
        ReasoningDelta("so "),
        ReasoningDelta(name[:8]),
        TextDelta("Hi ada@example.com"),
        Finished("stop"),
    )
