"""The life of a request up to its being sent: what is refused, what is decided, what is told."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from headgate.core.errors import (
    CallerError,
    Forbidden,
    HeadgateError,
    InvalidRequest,
    ModelNotFound,
    NoTarget,
)
from headgate.gateway.handle import Call, Caller, Limits
from headgate.wire.dialects.openai_chat import DIALECT
from support import behaviours as b
from support.gateways import Rig, box, cloud, config, gateway
from support.upstream import Upstream


def run(data: dict[str, Any], story: Callable[[Rig], Awaitable[None]]) -> None:
    async def told() -> None:
        async with gateway(data) as rig:
            await story(rig)

    asyncio.run(told())


def call(body: Any, **more: Any) -> Call:
    return Call(operation="chat", dialect=DIALECT, body=json.dumps(body).encode(), **more)


def chat(route: str = "chat", content: Any = "Hi") -> dict[str, Any]:
    return {"model": route, "messages": [{"role": "user", "content": content}]}


def test_preparing_sends_and_records_nothing_and_says_what_then_happens() -> None:
    async def story(rig: Rig) -> None:
        prepared = rig.gateway.prepare(call(chat()))
        assert prepared.decision.order == ["a", "z"]
        assert a.connections_made == z.connections_made == 0
        assert rig.recording.decisions == []
        assert (await rig.ask()).attempt.target.name == "a"

    with Upstream() as a, Upstream() as z:
        run(config({"a": box(a), "z": cloud(z)}), story)


@pytest.mark.parametrize("content", ["Write to jane.doe@example.com", "4111 1111 1111 1111"])
def test_with_no_local_target_left_the_answer_is_503_with_the_reason(content: str) -> None:
    async def story(rig: Rig) -> None:
        error = await rig.refusal(messages=chat(content=content)["messages"])
        assert isinstance(error, NoTarget)
        assert error.http_status == 503
        assert error.reasons["z"].startswith("not local, and the request holds")
        assert error.retry_after_s is None
        assert error.decision_id is not None
        (decision,) = rig.recording.decisions
        assert (decision.status, decision.http_status, decision.attempts) == ("refused", 503, 0)

    with Upstream() as z:
        run(config({"z": cloud(z)}, privacy={}), story)
        assert z.connections_made == 0


@pytest.mark.parametrize("hidden", ["jane.doe\\u0040example.com", "j\\u0061ne.doe@example.com"])
def test_an_escape_in_the_json_hides_nothing(hidden: str) -> None:
    async def story(rig: Rig) -> None:
        body = json.dumps(chat(content="PLACE")).replace("PLACE", hidden).encode()
        prepared = rig.gateway.prepare(Call(operation="chat", dialect=DIALECT, body=body))
        assert prepared.facts.local_labels == {"email"}
        assert prepared.decision.order == []

    with Upstream() as z:
        run(config({"z": cloud(z)}, privacy={"detect": ["email"]}), story)


def test_labels_of_the_key_and_of_the_request_count_alike() -> None:
    async def story(rig: Rig) -> None:
        for more in ({"caller": Caller(labels=frozenset({"phi"}))}, {"labels": frozenset({"phi"})}):
            prepared = rig.gateway.prepare(call(chat(), **more))
            assert prepared.decision.order == ["a"]

    with Upstream() as a, Upstream() as z:
        run(config({"z": cloud(z), "a": box(a)}, privacy={"labels": ["phi"]}), story)


def test_a_request_that_fits_no_target_is_the_callers_to_change() -> None:
    async def story(rig: Rig) -> None:
        error = await rig.refusal(max_tokens=1000)
        assert isinstance(error, InvalidRequest)
        assert "do not fit its context of 100" in error.message

    with Upstream() as a:
        run(config({"a": box(a, context_tokens=100)}), story)


def test_a_request_goes_past_a_model_that_cannot_answer_it() -> None:
    picture = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}

    async def story(rig: Rig) -> None:
        await rig.send(messages=[{"role": "user", "content": [picture]}])
        await rig.send(max_tokens=5000)
        await rig.send()
        assert [entry.target for entry in rig.recording.attempts] == ["new", "new", "old"]
        # What the catalogue said is in the ledger, so that the decision can be made again.
        assert b'"known"' in rig.recording.decisions[0].candidates

    with Upstream() as old, Upstream() as new:
        targets = {
            "old": cloud(old, backend="openai", model="gpt-3.5-turbo", api_key="${HOME}"),
            "new": cloud(new, backend="openai", model="gpt-4o", api_key="${HOME}"),
        }
        run(config(targets), story)


@pytest.mark.parametrize(
    ("body", "kind", "param"),
    [
        pytest.param(chat("nope"), ModelNotFound, None, id="unknown model"),
        pytest.param({"messages": []}, InvalidRequest, "model", id="no model"),
        pytest.param(chat() | {"n": 17}, InvalidRequest, "n", id="too many choices"),
        pytest.param(
            chat() | {"messages": chat()["messages"] * 11}, InvalidRequest, "messages", id="long"
        ),
        pytest.param([], InvalidRequest, None, id="a list"),
    ],
)
def test_what_is_wrong_with_a_request_is_told_before_anything_is_decided(
    body: Any, kind: type[CallerError], param: str | None
) -> None:
    async def story(rig: Rig) -> None:
        rig.gateway.limits = Limits(messages=10)
        with pytest.raises(kind) as refused:
            await rig.gateway.handle(call(body))
        assert getattr(refused.value, "param", None) == param
        assert refused.value.decision_id is None
        assert rig.recording.decisions == []

    with Upstream() as a:
        run(config({"a": box(a)}), story)
        assert a.requests == []


def test_a_key_that_may_not_use_the_route_is_refused_by_any_of_its_names() -> None:
    async def story(rig: Rig) -> None:
        caller = Caller(name="kim", routes=frozenset({"other"}))
        for name in ("chat", "auto"):
            with pytest.raises(Forbidden):
                await rig.gateway.handle(call(chat(name), caller=caller))
        assert await rig.gateway.handle(call(chat("other"), caller=caller))
        assert rig.recording.decisions[0].key_name == "kim"

    with Upstream() as a:
        data = config({"a": box(a)})
        data["routes"]["other"] = {"targets": ["a"]}
        run(data, story)


def test_ids_of_decisions_differ_and_stand_on_the_answer() -> None:
    async def story(rig: Rig) -> None:
        ids = {(await rig.ask()).attempt.job.id for _ in range(20)}
        assert len(ids) == 20
        assert ids == {entry.id for entry in rig.recording.decisions}

    with Upstream() as a:
        run(config({"a": box(a)}), story)


def test_the_model_of_the_client_is_passed_on_where_the_target_leaves_it_open() -> None:
    async def story(rig: Rig) -> None:
        await rig.ask("qwen-7b")
        assert a.requests[0].json["model"] == "qwen-7b"
        await rig.ask("chat")
        assert z.requests == []

    with Upstream() as a, Upstream() as z:
        target = box(a)
        del target["model"]
        run(config({"a": target, "z": box(z)}, models=["qwen-*"]), story)


def test_a_fault_of_our_own_is_recorded_as_one_and_holds_nothing() -> None:
    class Broken(Exception):
        """What nobody foresaw."""

    async def story(rig: Rig) -> None:
        def broken(*_: Any, **__: Any) -> Any:
            raise Broken

        dialect = type("Dialect", (), {"relay": broken, "name": "openai_chat", "forms": {}})
        rig.target("a").dialect = dialect()
        with pytest.raises(Broken):
            await rig.ask()
        assert [entry.outcome for entry in rig.recording.attempts] == ["failed"]
        (decision,) = rig.recording.decisions
        assert (decision.status, decision.http_status) == ("failed", 500)

    with Upstream() as a:
        run(config({"a": box(a)}), story)


@pytest.mark.parametrize(
    ("behaviour", "status"), [(b.SERVER_ERROR, "failed"), (b.BAD_REQUEST, "rejected")]
)
def test_the_end_of_a_request_without_an_answer_is_told_apart(
    behaviour: b.Behaviour, status: str
) -> None:
    async def story(rig: Rig) -> None:
        error = await rig.refusal()
        (decision,) = rig.recording.decisions
        assert isinstance(error, HeadgateError)
        assert (decision.status, decision.http_status) == (status, error.http_status)

    with Upstream(behaviour) as a:
        run(config({"a": box(a, retries=0)}), story)


def test_headers_that_go_along_are_read_where_the_route_looks() -> None:
    route = {"privacy": {"detect": ["email"], "actions": {"email": "mask"}}}
    given = {"x-client-name": "mail of ada@corp.io", "x-other": "plain"}

    async def looked(rig: Rig) -> None:
        asked = call(chat(), forwarded=given)
        prepared = await rig.gateway.prepared(asked)
        job = rig.gateway.job(asked, prepared, started_at=0.0, started=0.0)
        assert job.forwarded == {"x-other": "plain"}

    async def not_looked(rig: Rig) -> None:
        asked = call(chat(), forwarded=given)
        job = rig.gateway.job(asked, rig.gateway.prepare(asked), started_at=0.0, started=0.0)
        assert job.forwarded == given

    with Upstream() as a:
        run(config({"a": cloud(a)}, **route), looked)
        run(config({"a": cloud(a)}), not_looked)


def test_a_target_that_cannot_get_it_masked_is_told_apart() -> None:
    route = {"privacy": {"detect": ["card"], "actions": {"card": "mask"}}}

    async def story(rig: Rig) -> None:
        for seed, may in ((4111111111111111, False), (7, True)):
            asked = call({**chat(), "seed": seed})
            prepared = rig.gateway.prepare(asked)
            job = rig.gateway.job(asked, prepared, started_at=0.0, started=0.0)
            assert job.is_sendable_to(rig.target("z")) is may
            assert job.is_sendable_to(rig.target("a"))

    with Upstream() as a, Upstream() as z:
        run(config({"a": box(a), "z": cloud(z)}, **route), story)
