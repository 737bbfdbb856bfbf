"""A route's own rules, splits, sessions and hours, through the SDK and the real server."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest

from support.behaviours import OK
from support.headgate_server import HeadgateServer
from support.upstream import Upstream

ALWAYS = {"open": ["mon-sun 00:00-24:00"]}


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream(OK) as upstream:
        yield upstream


@pytest.fixture(scope="module")
def server(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    def target(**more: Any) -> dict[str, Any]:
        return {"backend": "vllm", "base_url": upstream.base_url, "model": "m", **more}

    config = {
        "targets": {
            "a": target(),
            "b": target(),
            "c": target(),
            "day": target(hours=ALWAYS),
            "closed": target(hours={"open": ["mon 00:00-00:01"]}),
        },
        "routes": {
            "ruled": {
                "targets": ["a", "b", "c"],
                "rules": [
                    {"name": "long", "when": "request.input_tokens > 100", "refuse": ["a"]},
                    {"name": "tagged", "when": "'x' in request.tags", "prefer": ["c"]},
                    {"name": "phi", "when": "'phi' in request.labels", "only": ["b"]},
                ],
            },
            "canary": {"targets": ["a", "b"], "split": {"a": 70, "b": 30}},
            "kept": {"targets": ["a", "b"], "split": {"a": 50, "b": 50}, "sticky": {}},
            "timed": {"targets": ["closed", "day"]},
            "shut": {"targets": ["closed"]},
        },
    }
    with HeadgateServer(tmp_path_factory.mktemp("rules"), config) as server:
        yield server


def ask(server: HeadgateServer, model: str, text: str = "hello", **headers: str) -> httpx.Headers:
    with server.client() as client:
        answer = client.chat.completions.with_raw_response.create(
            model=model,
            messages=[{"role": "user", "content": text}],
            extra_headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
    return answer.headers


def target_of(*args: Any, **headers: str) -> str:
    return ask(*args, **headers)["x-headgate-target"]


def test_rules_refuse_prefer_and_allow(server: HeadgateServer) -> None:
    assert target_of(server, "ruled") == "a"
    assert target_of(server, "ruled", "long " * 200) == "b"
    assert target_of(server, "ruled", x_headgate_tag="x") == "c"
    assert target_of(server, "ruled", x_headgate_tag="x", x_headgate_label="phi") == "b"


def test_an_explanation_names_the_rule(server: HeadgateServer) -> None:
    decision = ask(server, "ruled", x_headgate_label="phi")["x-headgate-decision"]
    found = httpx.get(f"{server.base_url}/decisions/{decision}").json()
    assert found["matches"]
    refused = {each["candidate"]["name"]: each["verdicts"] for each in found["decision"]["refused"]}
    assert refused["a"]["condition"]["reason"] == "rule `phi` allows only `b`"


def test_a_canary_gets_its_share_and_a_conversation_keeps_its_draw(server: HeadgateServer) -> None:
    found = Counter(target_of(server, "canary", f"question {n}") for n in range(120))
    assert found["b"] / 120 == pytest.approx(0.3, abs=0.13)
    for session in ("s-1", "s-2", "s-3"):
        drawn = {
            target_of(server, "canary", f"turn {n}", x_headgate_session=session) for n in range(4)
        }
        assert len(drawn) == 1


def test_a_session_stays_where_it_was_served(server: HeadgateServer) -> None:
    first = target_of(server, "kept", x_headgate_session="mine")
    decision = ask(server, "kept", x_headgate_session="mine")["x-headgate-decision"]
    facts = httpx.get(f"{server.base_url}/decisions/{decision}").json()["facts"]
    assert facts["held_by"] == first
    assert "mine" not in str(facts)


def test_targets_are_used_in_their_hours_only(server: HeadgateServer) -> None:
    assert target_of(server, "timed") == "day"
    with pytest.raises(openai.InternalServerError, match="outside of its hours"):
        ask(server, "shut")
