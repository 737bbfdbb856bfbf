"""A model that repeats all it was sent, and what may have been in that.

What a client hears of it through a gateway that masks is what it hears through one that does
not: the two answers are compared, and nothing has to be known of placeholders.
"""

import html
import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from random import Random
from typing import Any, AnyStr
from urllib.parse import quote, quote_plus

from support.answers import Answer, Asked, Call
from support.behaviours import Behaviour
from support.reply import Exchange, Reply

PLACEHOLDER = r"[A-Z]+(?:_[A-Z]+)*_[A-Z0-9]{9}"
_SMALLEST_NUMBER = 10**6
_NOT_REPEATED = frozenset({"model", "stream", "stream_options"})


def echo(random: Random) -> Behaviour:
    """Says everything it reads, as words or in calls, its stream cut anywhere."""

    async def respond(reply: Reply) -> None:
        answer = repeated(reply.asked, random)
        if not reply.is_stream:
            await reply.whole(200, reply.shape.body(reply.asked, answer))
            return
        reply.start()
        for piece in cut(b"".join(frame.data for frame in reply.frames(answer)), random):
            await reply.piece(piece)
        reply.end()

    return Behaviour("echo", respond)


def repeated(asked: Asked, random: Random) -> Answer:
    """What it was sent, as an answer; the same for the same `random` and request."""
    # Drawn first: how the rest is cut depends on how long it is, masked or not.
    calls_tool, is_ascii = random.random() < 0.5, random.random() < 0.5
    seen = list(leaves({n: v for n, v in asked.body.items() if n not in _NOT_REPEATED}))
    thoughts = tuple(cut("\n".join(str(each) for each in seen[::2]), random))
    if asked.tools and calls_tool:
        names = dict.fromkeys(names_in(asked.body))
        calls = (
            # A tool's result is given to the next one as what it is, not as a text.
            Call(
                "send",
                json.dumps(
                    {"seen": [_parsed_object(each) for each in seen]}, ensure_ascii=is_ascii
                ),
            ),
            Call("send", json.dumps({name: {"it": name} for name in names}, indent=1)),
        )
        return Answer(reasoning=thoughts, calls=calls, finish="tool_calls")
    said = "\n".join(f"{each}, `{each}`, **{each}** and ({each})." for each in seen)
    return Answer(reasoning=thoughts, pieces=tuple(cut(said, random)))


def leaves(value: Any) -> Iterator[str | int]:
    """Every text and every long number of a JSON value, names of members among them."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield name
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    elif isinstance(value, str) or (
        isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _SMALLEST_NUMBER
    ):
        yield value


def names_in(value: Any) -> Iterator[str]:
    """The names of all members: texts, whatever was a number before it was masked."""
    if isinstance(value, Mapping):
        yield from value
        for each in value.values():
            yield from names_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from names_in(each)


def cut(whole: AnyStr, random: Random) -> Iterator[AnyStr]:
    """The whole in pieces of any size."""
    longest = random.choice([3, 17, 90, 700])
    longest = max(longest, len(whole) // 300)
    place = 0
    while place < len(whole):
        end = place + random.randint(1, longest)
        yield whole[place:end]
        place = end


def leaks(exchanges: Iterable[Exchange], values: Iterable[str]) -> list[str]:
    """Which values stand in anything that was received, in any usual way of writing them."""
    received = "\n".join(map(_everything, exchanges)).lower()
    return [each for each in values if any(form.lower() in received for form in written(each))]


def written(value: str) -> set[str]:
    """A value as it may be written."""
    ways = {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    ways |= {json.dumps(way)[1:-1] for way in ways}
    ways |= {quote(value), quote(value, safe=""), quote_plus(value), html.escape(value)}
    ways.add("".join(f"\\u{ord(each):04x}" for each in value if ord(each) < 0x10000))
    ways.add(b64encode(value.encode()).decode().rstrip("="))
    bare = re.sub(r"[^0-9A-Za-z]", "", value)
    # Of what has digits in groups, the bare digits are the same value.
    return ways | ({bare} if sum(map(str.isdigit, bare)) >= 9 else set())


def _everything(exchange: Exchange) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in exchange.headers.items())
    body = exchange.body.decode(errors="replace")
    return f"{exchange.method} {exchange.path}?{exchange.query}\n{headers}\n{body}"


class Masked:
    """Holds what was sent masked against what it stands for."""

    def __init__(self, values: Iterable[str]) -> None:
        forms = {way for value in values for way in _as_text(value)}
        self._values = re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))))
        self.values: dict[str, str] = {}
        """What each placeholder stands for."""

    def differences(self, sent: Any, original: Any, at: str = "") -> Iterator[str]:
        """Where `sent` is not `original` with each value replaced by a placeholder of its own."""
        match sent, original:
            case dict(), dict() if len(sent) == len(original):
                for one, other in zip(sent.items(), original.items(), strict=True):
                    yield from self._text(one[0], other[0], f"{at} (name)")
                    yield from self.differences(one[1], other[1], f"{at}.{other[0]}")
            case list(), list() if len(sent) == len(original):
                for index, (one, other) in enumerate(zip(sent, original, strict=True)):
                    yield from self.differences(one, other, f"{at}[{index}]")
            case str(), str() if isinstance(inner := parsed(original), dict):
                yield from self.differences(parsed(sent), inner, f"{at}, read")
            case str(), str() | int() if not isinstance(original, bool):
                yield from self._text(sent, str(original), at)
            case _ if sent != original or type(sent) is not type(original):
                yield f"{at}: {sent!r} for {original!r}"

    def _text(self, sent: str, original: str, at: str) -> Iterator[str]:
        found = list(self._values.finditer(original))
        pattern, end = "", 0
        for match in found:
            pattern += f"{re.escape(original[end : match.start()])}({PLACEHOLDER})"
            end = match.end()
        fits = re.fullmatch(pattern + re.escape(original[end:]), sent)
        if fits is None:
            yield f"{at}: {sent!r} for {original!r}"
            return
        for match, name in zip(found, fits.groups(), strict=True):
            known = self.values.setdefault(name, match[0])
            if known != match[0]:
                yield f"{at}: {name} is both {known!r} and {match[0]!r}"


def parsed(text: str) -> Any:
    """What JSON says; the text itself where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _parsed_object(each: str | int) -> Any:
    return parsed(each) if isinstance(each, str) and each.startswith("{") else each


def _as_text(value: str) -> set[str]:
    bare = value.replace(" ", "").replace("-", "")
    ways = {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], bare}
    return ways | {json.dumps(way)[1:-1] for way in ways}
