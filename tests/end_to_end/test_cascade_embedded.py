"""A cascade with the embedded engine as a member, whole and streamed, by the official SDK."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from openai import OpenAI

from support import behaviours as b
from support.answers import said
from support.headgate_server import HeadgateServer
from support.upstream import Upstream

QUESTION = [{"role": "user", "content": "What are you?"}]
both = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])


class Rig:
    """The embedded engine, a cheap stand-in beside it, and a dear one behind both."""

    def __init__(self, stack: ExitStack, folder: Any) -> None:
        self.box = stack.enter_context(Upstream())
        self.strong = stack.enter_context(Upstream(b.says(said("I am the strong one"))))
        place = {"backend": "openai_compatible", "model": "m"}
        targets = ["laptop", "box", "strong"]
        config = {
            "targets": {
                "laptop": {"backend": "embedded", "model": "demo"},
                "box": {**place, "base_url": self.box.base_url, "local": True},
                "strong": {**place, "base_url": self.strong.base_url},
            },
            "routes": {
                "careful": {
                    "targets": targets,
                    "cascade": {"members": ["laptop", "box"], "agree": 2},
                },
                "samples": {
                    "targets": targets,
                    "cascade": {"members": ["laptop"], "samples": 2, "agree": 2},
                },
                "plain": {"targets": ["laptop"]},
            },
            "default_route": "plain",
        }
        self.server = stack.enter_context(HeadgateServer(folder, config))
        self.client: OpenAI = stack.enter_context(self.server.client(timeout_s=60))

    def ask(self, route: str, *, stream: bool) -> tuple[str, Any]:
        """Text and headers of a greedy answer."""
        raw = self.client.chat.completions.with_raw_response.create(
            model=route,
            messages=QUESTION,  # type: ignore[arg-type]
            stream=stream,
            max_tokens=24,
            temperature=0,
        )
        parsed: Any = raw.parse()
        if not stream:
            return parsed.choices[0].message.content, raw.headers
        chunks = list(parsed)
        assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] in {"stop", "length"}
        return "".join(c.choices[0].delta.content or "" for c in chunks if c.choices), raw.headers

    def roles(self, headers: Any, at_least: int) -> list[tuple[str, str, str]]:
        where = {"decision_id": headers["x-headgate-decision"]}
        rows = self.server.ledger_rows(where=where, at_least=at_least)
        return sorted((row["target"], row["role"], row["outcome"]) for row in rows)


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with ExitStack() as stack:
        yield Rig(stack, tmp_path_factory.mktemp("headgate"))


@both
def test_it_agrees_with_another_member_and_is_served(rig: Rig, stream: bool) -> None:
    own, _ = rig.ask("plain", stream=False)
    rig.box.use(b.says(said(own)))
    text, headers = rig.ask("careful", stream=stream)
    assert text == own
    assert headers["x-headgate-cascade"] == "accepted"
    assert headers["x-headgate-target"] == "laptop"
    assert rig.roles(headers, 2) == [
        ("box", "member", "answered"),
        ("laptop", "member", "answered"),
    ]


@both
def test_it_disagrees_and_the_request_is_escalated(rig: Rig, stream: bool) -> None:
    rig.box.use(b.says(said("Something else")))
    text, headers = rig.ask("careful", stream=stream)
    assert text == "I am the strong one"
    assert headers["x-headgate-cascade"] == "escalated"
    assert rig.roles(headers, 3) == [
        ("box", "member", "answered"),
        ("laptop", "member", "answered"),
        ("strong", "serve", "answered"),
    ]


@both
def test_it_is_asked_twice_and_agrees_with_itself(rig: Rig, stream: bool) -> None:
    text, headers = rig.ask("samples", stream=stream)
    assert headers["x-headgate-cascade"] == "accepted"
    assert text == rig.ask("plain", stream=False)[0]
    assert rig.roles(headers, 2) == [("laptop", "member", "answered")] * 2


@both
def test_the_page_of_the_guide_works_as_it_is_written(tmp_path: Path, stream: bool) -> None:
    page = (Path(__file__).parents[2] / "docs" / "guides" / "cascade.md").read_text()
    found = re.search(r"^```yaml\n(# headgate\.yaml\n.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert found is not None
    with Upstream(b.says(said("From the cloud"))) as cloud:
        env = {"OPENAI_BASE_URL": cloud.base_url, "OPENAI_API_KEY": "not-a-real-key"}
        # No Ollama runs here: the engine is alone, and one answer is not enough.
        with HeadgateServer(tmp_path, found[1], env=env) as server, server.client() as client:
            raw = client.chat.completions.with_raw_response.create(
                model="checked",
                messages=QUESTION,  # type: ignore[arg-type]
                stream=stream,
                max_tokens=24,
            )
            headers = raw.headers
            if stream:
                list(raw.parse())  # type: ignore[call-overload]
            assert headers["x-headgate-cascade"] == "escalated"
            assert headers["x-headgate-target"] == "gpt"
            where = {"decision_id": headers["x-headgate-decision"]}
            rows = server.ledger_rows(where=where, at_least=3)
    assert sorted((row["target"], row["role"], row["outcome"]) for row in rows) == [
        ("box", "member", "unavailable"),
        ("gpt", "serve", "answered"),
        ("laptop", "member", "answered"),
    ]
