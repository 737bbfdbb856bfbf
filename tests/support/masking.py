"""Conversations that hold personal data, what finds it, and models that repeat what they see."""

import json
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any, NamedTuple

from hypothesis import strategies as st

from headgate.core.stream import (
    Finished,
    ReasoningDelta,
    Started,
    StreamEvent,
    TextDelta,
    ToolDelta,
)
from headgate.privacy.occurrences import forms_of
from headgate.privacy.scan import Finding

KEY = b"0123456789abcdef0123456789abcdef"
LABELS = ("email", "person", "address", "card", "ssn", "ip", "driver_licence")
ACTIONS: Mapping[str, str] = dict.fromkeys(LABELS, "mask")
VALUES: Sequence[tuple[str, str]] = (
    ("email", "ada@example.com"),
    ("email", "Ada@Example.com"),
    ("email", "zoë+o'hara@exämple.org"),
    ("person", 'Ann "Q" Lee'),
    ("person", "Ann Lee"),
    ("person", "Jörg Müller-Lüdenscheidt"),
    ("address", "1 Main Street\nSpringfield\tX\\Y"),
    ("address", "Rue de l'Église 4 <b>"),
    ("card", "4111111111111111"),
    ("ssn", "123-45-6789"),
    ("ip", "2001:db8::42"),
    ("driver_licence", "D123-EMAIL_7K3QX9RBC"),
)
"""With all that JSON, links and HTML write in another way, and a forged placeholder."""
FILLERS = (
    *("hello ", " and ", "E", "EM", "EMAIL", "EMAIL_", " email", " Email", "email_", "P", "IP "),
    *(
        "_",
        "\\",
        '"',
        "`",
        "**",
        "{",
        "}",
        "\n",
        "é",
        "\u200b",
        "DRIVER_L",
        "CARD_2345",
        "s",
        "'s ",
    ),
    *("EMAIL_7K3QX9RBC", "PERSON_WWWWWWWWW", " snake_case ", "日本", "&lt;", "42"),
)


class Said(NamedTuple):
    """A text, and what of it is to be found."""

    text: str
    findings: list[Finding]


@st.composite
def texts(draw: st.DrawFn, *, most: int = 8) -> Said:
    """A text with values in it, often right beside what looks like a placeholder."""
    text, findings = "", []
    for _ in range(draw(st.integers(0, most))):
        if draw(st.booleans()):
            label, value = draw(st.sampled_from(VALUES))
            findings.append(Finding(label, len(text), len(text) + len(value)))
            text += value
        else:
            text += draw(st.sampled_from(FILLERS))
    return Said(text, findings)


@st.composite
def loose_findings(draw: st.DrawFn, text: str) -> list[Finding]:
    """Findings anywhere, overlapping or not, as careless detectors make them."""
    if not text:
        return []
    places = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    return [
        Finding(draw(st.sampled_from(LABELS)), start, end, "", draw(st.floats(0.1, 1)))
        for start, end in draw(st.lists(places, max_size=4))
        if start < end
    ]


def find(text: str) -> list[Finding]:
    """Every value of `VALUES` as it is written, also in JSON text."""
    found = []
    for label, value in VALUES:
        for form in {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}:
            start = text.find(form)
            while start >= 0:
                found.append(Finding(label, start, start + len(form)))
                start = text.find(form, start + len(form))
    return found


JSON_VALUES = st.recursive(
    st.one_of(
        texts(most=3).map(lambda said: said.text),
        st.sampled_from([4111111111111111, 42, 1.5, True, None]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(texts(most=2).map(lambda said: said.text), inner, max_size=3),
    ),
    max_leaves=6,
)
ARGUMENTS = st.tuples(
    st.dictionaries(st.sampled_from(["to", "who", "ada@example.com"]), JSON_VALUES, max_size=3),
    st.booleans(),
).map(lambda drawn: json.dumps(drawn[0], ensure_ascii=drawn[1]))


@st.composite
def turns(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Messages of every kind that a chat has."""
    messages: list[dict[str, Any]] = [{"role": "system", "content": draw(texts()).text}]
    for number in range(draw(st.sampled_from([1, 2, 4, 8, 16]))):
        said = draw(texts()).text
        match draw(st.sampled_from(["user", "parts", "call", "result"])):
            case "user":
                messages.append({"role": "user", "content": said})
            case "parts":
                parts = [{"type": "text", "text": said}, {"type": "text", "text": "and"}]
                messages.append({"role": "user", "content": parts, "name": draw(texts()).text})
            case "call":
                call = {"name": "send", "arguments": draw(ARGUMENTS)}
                calls = [{"id": f"call_{number}", "type": "function", "function": call}]
                messages.append({"role": "assistant", "content": said, "tool_calls": calls})
            case _:
                result = draw(ARGUMENTS)
                messages.append(
                    {"role": "tool", "tool_call_id": f"call_{number}", "content": result}
                )
    return messages


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """Requests with personal data wherever there is room for it."""
    return {
        "model": "m",
        "messages": draw(turns()),
        "metadata": draw(st.dictionaries(texts(most=2).map(lambda said: said.text), JSON_VALUES)),
        "user": draw(texts()).text,
        "tools": [{"type": "function", "function": {"name": "send", "description": "x"}}],
        "seed": 4111111111111111,
    }


def strings(value: Any) -> list[str]:
    """Every text of a JSON value, keys and numbers included."""
    if isinstance(value, dict):
        return [text for item in value.items() for each in item for text in strings(each)]
    if isinstance(value, list):
        return [text for each in value for text in strings(each)]
    return [str(value)]


def leaks(value: Any) -> list[str]:
    """Values that a body still holds, in any form."""
    everything = "\n".join(strings({**value, "seed": 0}))
    return [form for _, each in VALUES for form in forms_of(each) if form in everything]


@st.composite
def pieces(draw: st.DrawFn, text: str) -> list[str]:
    """A text as a stream cuts it."""
    cut, place = [], 0
    sizes = cycle(draw(st.lists(st.integers(1, 14), min_size=1, max_size=9)))
    while place < len(text):
        size = next(sizes)
        cut.append(text[place : place + size])
        place += size
    return cut


class Answer(NamedTuple):
    """What a model says in one choice."""

    reasoning: str
    text: str
    calls: tuple[str, ...]


@st.composite
def events(draw: st.DrawFn, answer: Answer) -> list[StreamEvent]:
    """An answer as a stream of it."""
    said: list[StreamEvent] = [Started(id="id-1", model="m", created=1_795_000_000)]
    said += [ReasoningDelta(piece) for piece in draw(pieces(answer.reasoning))]
    said += [TextDelta(piece) for piece in draw(pieces(answer.text))]
    for position, arguments in enumerate(answer.calls):
        said.append(ToolDelta(position=position, id=f"call_{position}", name="send"))
        said += [ToolDelta(position=position, arguments=piece) for piece in draw(pieces(arguments))]
    return [*said, Finished("tool_calls" if answer.calls else "stop")]
