"""Ratings over HTTP; tests/end_to_end/test_learning.py follows what they teach."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from headgate.server.feedback_routes import THUMBS
from support.behaviours import OK
from support.headgate_server import HeadgateServer
from support.upstream import Upstream


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeadgateServer]:
    with Upstream(OK) as upstream:
        target = {"backend": "vllm", "base_url": upstream.base_url, "model": "m"}
        with HeadgateServer(tmp_path_factory.mktemp("rated"), {"targets": {"box": target}}) as made:
            yield made


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"decision": "x"}, 400),
        ({"decision": "x", "score": 1, "thumb": "up"}, 400),
        ({"decision": "x", "score": "good"}, 400),
        ({"decision": "x", "thumb": "up", "comment": "not read"}, 404),
    ],
)
def test_what_is_no_rating_is_refused(
    server: HeadgateServer, body: dict[str, Any], status: int
) -> None:
    answer = httpx.post(f"{server.base_url}/feedback", json=body)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


def test_a_route_that_does_not_learn_has_nothing_to_rate(server: HeadgateServer) -> None:
    chat = {"model": "auto", "messages": [{"role": "user", "content": "hi"}]}
    made = httpx.post(f"{server.base_url}/chat/completions", json=chat)
    rating = {"decision": made.headers["x-headgate-decision"], "thumb": "up"}
    answer = httpx.post(f"{server.base_url}/feedback", json=rating)
    assert answer.status_code == 404
    assert "routes with `learn`" in answer.text


def test_a_thumb_is_all_or_nothing() -> None:
    assert THUMBS == {"up": 1.0, "down": 0.0}
