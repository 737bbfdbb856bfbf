"""Anthropic's SDK as a client of the real server, over a backend of its API and another.

The route `relayed` leads to the stand-in for Anthropic's API, `translated` to the one for
OpenAI's; `dropping` is the second with permission to leave out what cannot be said.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from anthropic import Anthropic
from anthropic.types import Message

from support.headgate_server import HeadgateServer
from support.upstream import Upstream

OUR_KEY = "ours-and-secret"
CLIENTS_KEY = "the-clients"
HI: Any = [{"role": "user", "content": "Hi"}]
ROUTES = ("relayed", "translated")


@contextmanager
def serving(upstream: Upstream, folder: Path) -> Iterator[HeadgateServer]:
    """A gateway over the stand-in, which nothing surprises."""
    own = {"backend": "anthropic", "base_url": upstream.root_url, "api_key": "${OURS}"}
    other = {"backend": "openai_compatible", "base_url": upstream.base_url}
    config = {
        "targets": {
            "own": {**own, "model": "claude-m", "retries": 0},
            "other": {**other, "model": "m", "retries": 0},
        },
        "routes": {
            "relayed": {"targets": ["own"]},
            "translated": {"targets": ["other"]},
            "dropping": {"targets": ["other"], "drop_unsupported": True},
        },
    }
    with HeadgateServer(folder, config, env={"OURS": OUR_KEY}) as server:
        yield server
        assert "Traceback" not in server.said


def client_of(server: HeadgateServer) -> Anthropic:
    """The official SDK, without retries of its own."""
    return Anthropic(base_url=server.root_url, api_key=CLIENTS_KEY, max_retries=0, timeout=20)


def ask(client: Anthropic, route: str, **more: Any) -> Message:
    """A whole answer, checked against the published types."""
    answer: Message = client.messages.create(
        model=route, **{"messages": HI, "max_tokens": 100, **more}
    )
    Message.model_validate(answer.model_dump(mode="python", warnings="error"), strict=True)
    return answer


def streamed(client: Anthropic, route: str, **more: Any) -> Message:
    """What the SDK makes of a stream."""
    options: dict[str, Any] = {"messages": HI, "max_tokens": 100, **more}
    with client.messages.stream(model=route, **options) as stream:
        return stream.get_final_message()


def text_of(answer: Message) -> str:
    """Everything it says."""
    return "".join(block.text for block in answer.content if block.type == "text")
