"""A rule-based model: it does what it is asked, in whatever API it is asked.

It calls the tools that a question is about, with arguments it finds in the question; it
repeats what tools returned, with the calls that got it; it keeps to a schema; it says
which pictures it was shown. So whatever is lost on the way to it is missing in its answer.

    Say: …                          it says that
    What is the weather in Paris?   a call of `get_weather`, when it is offered
    anything else                   `GREETING`
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from support.answers import Answer, Call, called, said
from support.behaviours import OK, Behaviour
from support.heard.read import heard
from support.heard.values import Heard, Offered, fingerprint
from support.json_examples import example_of
from support.reply import Reply

CACHED_TOKENS = 5
"""Of the prompt of every answer."""
GREETING = "Hello from the upstream, in five pieces."
_WORD = re.compile(r"[a-z]+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_QUOTED = re.compile(r"['\"‘“]([^'\"’”]+)['\"’”]")
_PLACE = re.compile(r"\bin ([A-Z]\w+(?: [A-Z]\w+)*(?:, [A-Z]+)?)")
_KEYS = re.compile(r"'(\w+)'")
_SHORTEST_TELLING_WORD = 4


def truth(asked: Heard) -> Answer:
    """What the model says."""
    calls = () if asked.choice == "none" else tuple(_calls(asked))
    if calls:
        return replace(called(*calls), cached_tokens=CACHED_TOKENS)
    whole = said(_text(asked))
    answer = _cut_to(_stopped(whole, asked.stop), asked.most_tokens)
    return replace(answer, cached_tokens=CACHED_TOKENS)


async def _respond(reply: Reply) -> None:
    if reply.asked.kind != "chat":
        await OK.respond(reply)
        return
    answer = truth(heard(reply.exchange.path, reply.exchange.json))
    if not reply.is_stream:
        await reply.whole(200, reply.shape.body(reply.asked, answer))
        return
    reply.start()
    for frame in reply.frames(answer):
        await reply.piece(frame.data)
    reply.end()


TRUTHFUL = Behaviour("truthful", _respond)
"""`Upstream(TRUTHFUL)` answers every chat so, and anything else as `OK` does."""


def _text(asked: Heard) -> str:
    if asked.schema is not None:
        return json.dumps(_filled(asked.schema, asked.question), ensure_ascii=False)
    if asked.wants_json:
        keys = _KEYS.findall(asked.question) or ["greeting"]
        return json.dumps(dict.fromkeys(keys, "hello"))
    if asked.results:
        return _retold(asked)
    if asked.pictures:
        return "I see " + " and ".join(fingerprint(picture) for picture in asked.pictures) + "."
    _, marker, wanted = asked.question.partition("Say: ")
    return wanted if marker else GREETING


def _retold(asked: Heard) -> str:
    """Each result with its call: by id, or in order by name where the API has no ids."""
    calls = list(asked.calls)
    said: list[str] = []
    for result in asked.results:
        call = next((c for c in calls if result.call == (c.id or c.name)), None)
        call = call or next((c for c in calls if result.call == c.name), None)
        if call is None:
            said.append(f"{result.call} is no call of mine.")
            continue
        calls.remove(call)
        values = ", ".join(str(value) for value in call.arguments.values())
        said.append(f"{call.name}({values}) gave {result.text}.")
    return " ".join(said)


def _calls(asked: Heard) -> Iterator[Call]:
    """The calls that the question or the caller wants, and that were not made yet."""
    tools = _wanted_tools(asked)
    for tool in tools:
        found = [json.dumps(each, ensure_ascii=False) for each in _arguments(tool, asked.question)]
        for arguments in found if asked.parallel else found[:1]:
            yield Call(tool.name, arguments)


def _wanted_tools(asked: Heard) -> list[Offered]:
    named = [tool for tool in asked.tools if tool.name == asked.choice]
    if named:
        return named
    about = [tool for tool in asked.tools if _is_about(tool, asked.question)]
    if asked.choice == "required":
        fresh = [tool for tool in about or asked.tools if tool.name not in asked.made]
        wanted = fresh or about or [*asked.tools]
        return wanted if about and asked.parallel else wanted[:1]
    if asked.results:
        return []
    return about if asked.parallel else about[:1]


def _is_about(tool: Offered, question: str) -> bool:
    words = set(_WORD.findall(question.lower()))
    telling = {w for w in _WORD.findall(tool.name.lower()) if len(w) >= _SHORTEST_TELLING_WORD}
    return bool(words & telling) or "the tool" in question.lower()


def _arguments(tool: Offered, question: str) -> list[dict[str, Any]]:
    """One object for each member of an enumeration that the question names, else one in all."""
    properties = tool.parameters.get("properties") or {}
    for name, schema in properties.items():
        named = [value for value in schema.get("enum") or () if str(value) in question]
        if len(named) > 1:
            whole = _filled(tool.parameters, question)
            return [{**whole, name: value} for value in named]
    return [_filled(tool.parameters, question)]


def _filled(schema: Mapping[str, Any], question: str) -> dict[str, Any]:
    """Values for what the schema requires, from the question where it has any."""
    properties = schema.get("properties") or {}
    example = example_of(schema)
    if not isinstance(example, dict):
        return {"value": example}
    numbers = iter(_NUMBER.findall(question))
    return {
        name: _value(properties.get(name) or {}, question, numbers, otherwise)
        for name, otherwise in example.items()
    }


def _value(schema: Mapping[str, Any], question: str, numbers: Iterator[str], otherwise: Any) -> Any:
    if "enum" in schema:
        return next((value for value in schema["enum"] if str(value) in question), otherwise)
    if schema.get("type") in {"integer", "number"}:
        found = next(numbers, None)
        number = float if schema["type"] == "number" else lambda text: int(float(text))
        return otherwise if found is None else number(found)
    if schema.get("type") == "string" and not schema.get("format"):
        found = _QUOTED.search(question) or _PLACE.search(question)
        return found[1] if found else otherwise
    return otherwise


def _stopped(answer: Answer, stop: tuple[str, ...]) -> Answer:
    places = [place for word in stop if word and (place := answer.text.find(word)) >= 0]
    return said(answer.text[: min(places)]) if places else answer


def _cut_to(answer: Answer, most_tokens: int | None) -> Answer:
    if most_tokens is None or most_tokens < 1 or len(answer.pieces) <= most_tokens:
        return answer
    return Answer(pieces=answer.pieces[:most_tokens], finish="length")
