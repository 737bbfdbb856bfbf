"""Conversations with personal data in every place there is, as clients of each API send them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from support.personal_data import LABELS, Datum, filler, sentence, some

LENGTHS = (1, 2, 4, 8, 16)
Message = dict[str, Any]


@dataclass(slots=True)
class Call:
    """A tool call with what came of it; both are JSON."""

    arguments: dict[str, Any]
    result: dict[str, Any]


@dataclass(slots=True)
class Conversation:
    """A conversation before any API has given it a shape."""

    system: str
    turns: list[str | list[str] | Call]
    """Of user and assistant in turn; several texts are parts, and calls the assistant's."""
    about: str
    """Describes the tool."""
    member: str
    """Name of a parameter of it."""
    values: list[str] = field(default_factory=list)
    """Everything in it that is somebody's."""
    user: str = ""
    topics: dict[str, str] = field(default_factory=dict)
    ascii_only: bool = False
    numbers: list[int] = field(default_factory=list)

    @property
    def tool(self) -> dict[str, Any]:
        """Parameters of the only tool."""
        properties = {
            "to": {"type": "string", "description": self.about, "enum": [self.values[0], "none"]},
            self.member: {"type": "string", "default": self.values[-1]},
        }
        return {"type": "object", "properties": properties}


class Writer:
    """Writes conversations that a `random` decides."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._data: list[Datum] = []

    def conversation(self, messages: int) -> Conversation:
        """One of so many messages."""
        random = self._random
        system = self._text()
        turns = [self._turn(number) for number in range(messages)]
        about, member, user = self._text(), self._value("email"), self._value()
        topics = {"who": self._value(), self._value("email"): "yes", "plain": "unchanged 7"}
        card = int(self._value("card").replace(" ", "").replace("-", ""))
        return Conversation(
            system=system,
            turns=turns,
            about=about,
            member=member,
            user=user,
            topics=topics,
            values=[datum.value for datum in self._data],
            ascii_only=random.random() < 0.5,
            numbers=[card, 42, 1_000_003],
        )

    def _turn(self, number: int) -> str | list[str] | Call:
        if number % 2 and self._random.random() < 0.4:
            return Call(self._members(), self._members())
        if self._random.random() < 0.3:
            return [self._text() for _ in range(self._random.randint(1, 3))]
        return self._text()

    def _members(self) -> dict[str, Any]:
        """Something a tool is called with, or gives back."""
        return {
            "to": self._value(),
            self._value("email"): {"deep": [self._text(), None, True, 2.5]},
            "plain": [filler(self._random), 17],
            "number": int(self._value("card").replace(" ", "").replace("-", "")),
        }

    def _text(self) -> str:
        """A few sentences, some of them about somebody known from before."""
        told = [sentence(self._random, self._datum()) for _ in range(self._random.randint(0, 2))]
        return " ".join([*told, filler(self._random)])

    def _value(self, label: str | None = None) -> str:
        return self._datum(label).value

    def _datum(self, label: str | None = None) -> Datum:
        known = [each for each in self._data if label in {None, each.label}]
        if known and self._random.random() < 0.3:
            return self._random.choice(known)
        datum = some(self._random, label or self._random.choice(LABELS))
        self._data.append(datum)
        return datum


def dumped(value: Any, asked: Conversation) -> str:
    """JSON as the client writes it."""
    return json.dumps(value, ensure_ascii=asked.ascii_only)


def openai_chat(asked: Conversation) -> Message:
    messages: list[Message] = [{"role": "system", "content": asked.system}]
    for number, turn in enumerate(asked.turns):
        if isinstance(turn, Call):
            call = {"name": "send", "arguments": dumped(turn.arguments, asked)}
            calls = [{"id": f"call_{number}", "type": "function", "function": call}]
            messages.append({"role": "assistant", "content": None, "tool_calls": calls})
            result = dumped(turn.result, asked)
            messages.append({"role": "tool", "tool_call_id": f"call_{number}", "content": result})
        else:
            messages.append({"role": _role(number), "content": _parts(turn, "text")})
    function = {"name": "send", "description": asked.about, "parameters": asked.tool}
    return {"messages": messages, "tools": [{"type": "function", "function": function}]}


def openai_responses(asked: Conversation) -> Message:
    items: list[Message] = []
    for number, turn in enumerate(asked.turns):
        if isinstance(turn, Call):
            known = {"call_id": f"call_{number}"}
            arguments = dumped(turn.arguments, asked)
            items.append({"type": "function_call", "name": "send", "arguments": arguments, **known})
            result = dumped(turn.result, asked)
            items.append({"type": "function_call_output", "output": result, **known})
        else:
            kind = "output_text" if number % 2 else "input_text"
            items.append({"role": _role(number), "content": _parts(turn, kind)})
    tool = {"type": "function", "name": "send", "description": asked.about, "strict": False}
    return {
        "instructions": asked.system,
        "input": items,
        "tools": [{**tool, "parameters": asked.tool}],
    }


def anthropic(asked: Conversation) -> Message:
    messages: list[Message] = []
    for number, turn in enumerate(asked.turns):
        if isinstance(turn, Call):
            known = f"toolu_{number}"
            use = {"type": "tool_use", "id": known, "name": "send", "input": turn.arguments}
            result = {"type": "tool_result", "tool_use_id": known}
            told = [{**result, "content": dumped(turn.result, asked)}]
            messages.append({"role": "assistant", "content": [use]})
            messages.append({"role": "user", "content": told})
        else:
            messages.append({"role": _role(number), "content": _parts(turn, "text")})
    tool = {"name": "send", "description": asked.about, "input_schema": asked.tool}
    return {"system": asked.system, "messages": messages, "tools": [tool], "max_tokens": 1000}


def cohere(asked: Conversation) -> Message:
    return openai_chat(asked)


def ollama(asked: Conversation) -> Message:
    messages: list[Message] = [{"role": "system", "content": asked.system}]
    for number, turn in enumerate(asked.turns):
        if isinstance(turn, Call):
            call = {"function": {"name": "send", "arguments": turn.arguments}}
            messages.append({"role": "assistant", "content": "", "tool_calls": [call]})
            result = dumped(turn.result, asked)
            messages.append({"role": "tool", "tool_name": "send", "content": result})
        else:
            text = turn if isinstance(turn, str) else "\n".join(turn)
            messages.append({"role": _role(number), "content": text})
    function = {"name": "send", "description": asked.about, "parameters": asked.tool}
    return {"messages": messages, "tools": [{"type": "function", "function": function}]}


@dataclass(frozen=True, slots=True)
class Client:
    """A client's API: where it asks, and how it writes a conversation."""

    dialect: str
    path: str
    write: Callable[[Conversation], Message]
    more: Callable[[Conversation], Message]
    """Members that only a backend of the same API is sent."""

    def body(self, asked: Conversation, *, is_relayed: bool) -> Message:
        """The request, without its model."""
        return self.write(asked) | (self.more(asked) if is_relayed else {})


CLIENTS: Mapping[str, Client] = {
    each.dialect: each
    for each in (
        Client(
            "openai_chat",
            "/v1/chat/completions",
            openai_chat,
            lambda asked: {
                "user": asked.user,
                "metadata": asked.topics,
                "stop": [asked.values[0]],
                "x_vendor": {"list": asked.numbers, asked.member: asked.numbers[0]},
            },
        ),
        Client(
            "openai_responses",
            "/v1/responses",
            openai_responses,
            lambda asked: {"user": asked.user, "metadata": asked.topics, "store": False},
        ),
        Client(
            "anthropic",
            "/v1/messages",
            anthropic,
            lambda asked: {"metadata": {"user_id": asked.user}, "stop_sequences": [asked.user]},
        ),
        Client(
            "cohere",
            "/v2/chat",
            cohere,
            lambda asked: {"documents": [{"id": asked.member, "data": {"text": asked.system}}]},
        ),
        Client(
            "ollama",
            "/api/chat",
            ollama,
            lambda asked: {"options": {"stop": [asked.user], "num_ctx": 4_000_000}},
        ),
    )
}


def _role(number: int) -> str:
    return "assistant" if number % 2 else "user"


def _parts(turn: str | list[str], kind: str) -> str | list[Message]:
    return turn if isinstance(turn, str) else [{"type": kind, "text": each} for each in turn]
