"""A gateway between clients and two stand-ins that repeat what they read: outside, and at home."""

import json
import re
from collections.abc import Mapping
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Self

from headgate.core.plugins import load
from headgate.core.stream import Answer
from headgate.privacy.scan import usual_labels
from headgate.wire.fold import Folder
from support.echo import echo
from support.headgate_server import HeadgateServer
from support.masked_requests import Client, Conversation
from support.responses_ways import ENVIRONMENT
from support.upstream import Upstream

DETECT = sorted(usual_labels() | {"person", "address"})
BACKENDS = {
    "openai_chat": "openai_compatible",
    "openai_responses": "openai_responses",
    "anthropic": "anthropic",
    "cohere": "cohere",
    "ollama": "ollama_native",
}
"""One for each dialect."""
_ESCAPE = re.compile(r"(?:\\u[0-9a-f]{4})+")
_OTHERS = {"openai": "openai"}
_PARSED = frozenset({"anthropic", "ollama"})
"""Whose clients send arguments as JSON, that may be written otherwise on the way."""


class Bench:
    """A gateway between clients and two stand-ins; a context manager."""

    def __init__(self, folder: Path) -> None:
        self._stack = ExitStack()
        self._folder = folder
        self.outside, self.home = Upstream(), Upstream()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.outside)
            stack.enter_context(self.home)
            self.server = stack.enter_context(
                HeadgateServer(self._folder, self._config(), env=ENVIRONMENT)
            )
            port = int(self.server.root_url.rpartition(":")[2])
            self._connection = HTTPConnection("127.0.0.1", port, timeout=30)
            stack.callback(self._connection.close)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def _config(self) -> dict[str, Any]:
        targets: dict[str, Any] = {}
        routes: dict[str, Any] = {}
        privacy = {"detect": DETECT, "actions": dict.fromkeys(DETECT, "mask")}
        for dialect, backend in (BACKENDS | _OTHERS).items():
            for place, upstream in (("outside", self.outside), ("home", self.home)):
                in_v1 = dialect.startswith("openai")
                targets[f"{dialect}-{place}-target"] = {
                    "backend": backend,
                    "base_url": upstream.base_url if in_v1 else upstream.root_url,
                    "local": place == "home",
                    "api_key": "${UPSTREAM_KEY}",
                    "model": "m",
                    "retries": 0,
                }
                routes[f"{dialect}-{place}"] = {
                    "targets": [f"{dialect}-{place}-target"],
                    "drop_unsupported": True,
                    **({"privacy": privacy} if place == "outside" else {}),
                }
        return {"targets": targets, "routes": routes}

    def ask(
        self,
        path: str,
        body: dict[str, Any],
        *,
        ascii_only: bool = False,
        headers: Mapping[str, str] = {},
    ) -> bytes:
        """The answer's bytes."""
        sent = json.dumps(body, ensure_ascii=ascii_only, separators=(",", ":")).encode()
        headers = {"content-type": "application/json", **headers}
        self._connection.request("POST", path, sent, headers)
        response = self._connection.getresponse()
        answer = response.read()
        assert response.status == 200, answer.decode()
        return answer

    def answers(
        self, client: Client, backend: str, asked: Conversation, *, stream: bool, seed: int
    ) -> tuple[Answer, Answer]:
        """What a client hears from outside, and from home."""
        body = client.body(asked, is_relayed=client.dialect == backend) | {"stream": stream}
        heard = []
        for place, upstream in (("outside", self.outside), ("home", self.home)):
            upstream.use(echo(Random(seed)))
            answer = self.ask(
                client.path,
                {"model": f"{backend}-{place}", **body},
                ascii_only=asked.ascii_only and client.dialect not in _PARSED,
            )
            heard.append(folded(client.dialect, answer, stream=stream))
        return heard[0], heard[1]


def folded(dialect: str, answer: bytes, *, stream: bool) -> Answer:
    """What an answer says in all."""
    reader = load("headgate.wire.dialects", dialect, "DIALECT")
    if not stream:
        found: Answer = reader.decode_answer("chat", answer)
        return found
    folder, decoder = Folder(), reader.stream_decoder("chat")
    for frame in decoder.feed(answer):
        for event in frame.events:
            folder.add(event)
    return folder.answer()


def told(answer: Answer) -> list[Any]:
    """All words of an answer."""
    return [
        {
            "text": _in_letters(choice.text),
            "thoughts": _in_letters("".join(each.text for each in choice.thoughts)),
            "calls": [[each.name, json.loads(each.arguments)] for each in choice.tool_calls],
            "finish": choice.finish_reason,
        }
        for choice in answer.choices
    ]


def _in_letters(text: str) -> str:
    """A text whose JSON has letters for their escapes: inside of words of its own, a model may
    be heard to quote it so.
    """
    lines = text.split("\n")
    return "\n".join(_ESCAPE.sub(_letter, line) if '{"' in line else line for line in lines)


def _letter(escape: re.Match[str]) -> str:
    return str(json.loads(f'"{escape[0]}"'))


def first_difference(one: Any, other: Any, at: str = "") -> str | None:
    """Where two answers part, with what is there: whole, they fill pages."""
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        one, other = dict(enumerate(one)), dict(enumerate(other))
    if isinstance(one, dict) and isinstance(other, dict) and list(one) == list(other):
        found = (first_difference(one[name], other[name], f"{at}.{name}") for name in one)
        return next(filter(None, found), None)
    if one == other:
        return None
    first, second = str(one), str(other)
    pairs = enumerate(zip(first, second, strict=False))
    place = next((at for at, (a, b) in pairs if a != b), min(len(first), len(second)))
    start = max(0, place - 40)
    return f"{at}: {first[start:][:99]!r} for {second[start:][:99]!r}"
