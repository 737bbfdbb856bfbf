"""Which targets are tried, how often, in which order, and after which waits."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headgate.core.errors import (
    HeadgateError,
    InvalidRequest,
    NoTarget,
    UpstreamError,
    UpstreamRejected,
)
from headgate.gateway.health import FAILURES_TO_OPEN, REST_S
from headgate.gateway.relay import Relay
from support import behaviours as b
from support.behaviours import Behaviour
from support.gate import Gate
from support.gateways import Rig, box, cloud, config, gateway, rest_of
from support.upstream import Upstream


def run(data: dict[str, object], story: Callable[[Rig], Awaitable[None]]) -> None:
    """Tell `story` with a gateway of its own."""

    async def told() -> None:
        async with gateway(data) as rig:
            await story(rig)

    asyncio.run(told())


def test_the_same_target_is_tried_again_after_a_jittered_doubling_wait() -> None:
    async def story(rig: Rig) -> None:
        await rig.ask()
        for delay, longest in zip(rig.delays, (0.25, 0.5, 1.0), strict=True):
            assert longest / 2 < delay < longest
        assert rig.recording.tries() == [("a", "rejected")] * 3 + [("a", "answered")]
        assert [entry.number for entry in rig.recording.attempts] == [1, 2, 3, 4]
        assert rig.recording.decisions[0].attempts == 4

    with Upstream(b.SERVER_ERROR, b.OVERLOADED, b.RATE_LIMITED, b.OK) as a:
        run(config({"a": box(a, retries=3)}), story)


def test_without_retries_a_target_is_tried_once() -> None:
    async def story(rig: Rig) -> None:
        error = await rig.refusal()
        assert (error.http_status, error.attempts, rig.delays) == (500, 1, [])
        assert error.decision_id == rig.recording.decisions[0].id

    with Upstream(b.SERVER_ERROR) as a:
        run(config({"a": box(a, retries=0)}), story)
        assert len(a.requests) == 1


def test_a_wait_that_was_asked_for_is_kept_where_there_is_no_other_target() -> None:
    async def story(rig: Rig) -> None:
        await rig.ask()
        assert rig.delays == [3.0]

    with Upstream(b.rate_limited("3"), b.OK) as a:
        run(config({"a": box(a)}), story)


def test_another_target_is_tried_rather_than_waited_for() -> None:
    async def story(rig: Rig) -> None:
        whole = await rig.ask()
        assert (whole.attempt.target.name, rig.delays) == ("z", [])
        await rig.ask()
        rig.clock.seconds += 3
        assert (await rig.ask()).attempt.target.name == "a"

    with Upstream(b.rate_limited("3"), b.OK) as a, Upstream() as z:
        run(config({"a": box(a), "z": box(z)}), story)
        assert (len(a.requests), len(z.requests)) == (2, 2)


def test_a_wait_nobody_should_have_to_wait_is_told_to_the_client() -> None:
    async def story(rig: Rig) -> None:
        error = await rig.refusal()
        assert isinstance(error, UpstreamRejected)
        assert error.headers["retry-after"] == "60"
        resting = await rig.refusal()
        assert isinstance(resting, NoTarget)
        assert resting.retry_after_s == 60

    with Upstream(b.rate_limited("60")) as a:
        run(config({"a": box(a)}), story)
        assert len(a.requests) == 1


def test_a_burst_that_met_a_rate_limit_is_served_whole_after_the_wait() -> None:
    async def story(rig: Rig) -> None:
        async def sleep(seconds: float) -> None:
            # On a clock that jumps, a retry would else overtake the rest of the burst.
            await asyncio.to_thread(a.wait_requests, 3)
            await rig.sleep(seconds)

        rig.gateway.sender.sleep = sleep
        await asyncio.gather(*[rig.ask() for _ in range(3)])
        assert [entry.status for entry in rig.recording.decisions] == ["answered"] * 3

    with Upstream(*[b.rate_limited("1")] * 3, b.OK) as a:
        run(config({"a": box(a)}), story)
        assert len(a.requests) == 6


def test_five_failures_rest_a_target_for_ten_seconds_and_one_request_probes_it() -> None:
    async def story(rig: Rig) -> None:
        for _ in range(3):
            await rig.refusal()
        # The sixth try would have been a retry: the breaker stood open by then.
        assert len(rig.recording.attempts) == FAILURES_TO_OPEN
        resting = await rig.refusal()
        assert isinstance(resting, NoTarget)
        assert resting.retry_after_s == pytest.approx(REST_S)
        assert rig.recording.decisions[-1].status == "refused"
        rig.clock.seconds += REST_S
        await rig.ask()
        assert rig.target("a").health.breaker(rig.clock.monotonic()) == "closed"

    failures = [b.SERVER_ERROR] * FAILURES_TO_OPEN
    with Upstream(*failures, b.OK) as a:
        run(config({"a": box(a)}), story)
        assert len(a.requests) == FAILURES_TO_OPEN + 1


def test_while_one_request_probes_a_target_others_go_elsewhere() -> None:
    gate = Gate()

    async def story(rig: Rig) -> None:
        for _ in range(FAILURES_TO_OPEN):
            rig.target("a").health.failed(rig.clock.monotonic())
        rig.clock.seconds += REST_S
        probe = asyncio.create_task(rig.ask())
        await asyncio.to_thread(gate.wait_for_arrivals, 1)
        assert (await rig.ask()).attempt.target.name == "z"
        gate.open()
        assert (await probe).attempt.target.name == "a"
        assert (await rig.ask()).attempt.target.name == "a"

    with Upstream(b.gated(gate)) as a, Upstream() as z:
        run(config({"a": box(a), "z": box(z)}), story)
        assert len(z.requests) == 1


def test_streams_that_break_after_content_open_the_breaker_too() -> None:
    async def story(rig: Rig) -> None:
        for _ in range(FAILURES_TO_OPEN):
            await rest_of(await rig.stream())
        assert isinstance(await rig.refusal(), NoTarget)

    with Upstream(b.MALFORMED_AFTER_CONTENT) as a:
        run(config({"a": box(a)}), story)
        assert len(a.requests) == FAILURES_TO_OPEN


def test_a_full_target_is_passed_over_and_alone_it_says_when_to_come_back() -> None:
    gate = Gate()

    async def story(rig: Rig) -> None:
        first = asyncio.create_task(rig.ask())
        await asyncio.to_thread(gate.wait_for_arrivals, 1)
        assert (await rig.ask()).attempt.target.name == "z"
        full = await rig.refusal("alone")
        assert isinstance(full, NoTarget)
        assert (full.http_status, full.retry_after_s) == (503, 1.0)
        assert full.reasons == {"a": "its only slot is busy"}
        gate.open()
        await first

    with Upstream(b.gated(gate)) as a, Upstream() as z:
        data = config({"a": box(a, capacity={"max_concurrency": 1}), "z": box(z)})
        data["routes"]["alone"] = {"targets": ["a"]}
        run(data, story)


def test_a_target_that_came_to_rest_meanwhile_is_skipped() -> None:
    gate = Gate()

    async def story(rig: Rig) -> None:
        asked = asyncio.create_task(rig.ask())
        await asyncio.to_thread(gate.wait_for_arrivals, 1)
        for _ in range(FAILURES_TO_OPEN):
            rig.target("m").health.failed(rig.clock.monotonic())
        gate.open()
        assert (await asked).attempt.target.name == "z"
        assert rig.recording.tries() == [("a", "quality"), ("z", "answered")]

    with Upstream(b.gated(gate, lambda _: b.Answer())) as a, Upstream() as m, Upstream() as z:
        fallback = {"checks": ["empty"]}
        data = config({"a": box(a), "m": box(m), "z": box(z)}, fallback=fallback)
        run(data, story)
        assert m.requests == []


def test_a_slot_that_was_taken_during_the_wait_is_not_shared() -> None:
    gate = Gate()

    async def story(rig: Rig) -> None:
        others: list[asyncio.Task[object]] = []

        async def slot_is_taken(seconds: float) -> None:
            others.append(asyncio.create_task(rig.ask()))
            await asyncio.to_thread(gate.wait_for_arrivals, 1)

        rig.gateway.sender.sleep = slot_is_taken
        error = await rig.refusal()
        assert error.http_status == 500
        gate.open()
        await others[0]

    with Upstream(b.SERVER_ERROR, b.gated(gate)) as a:
        run(config({"a": box(a, capacity={"max_concurrency": 1})}), story)
        assert len(a.requests) == 2


@dataclass
class Cause:
    id: str
    behaviour: Behaviour


CAUSES = [
    Cause("timeout", b.SILENT),
    Cause("unavailable", b.REFUSED),
    Cause("rate_limit", b.RATE_LIMITED),
    Cause("server_error", b.SERVER_ERROR),
    Cause("cut", b.CUT),
    Cause("quality", b.EMPTY),
]


@pytest.mark.parametrize("only", [cause.id for cause in CAUSES])
@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.id)
def test_a_route_falls_back_on_the_causes_it_names_and_no_other(cause: Cause, only: str) -> None:
    async def story(rig: Rig) -> None:
        if cause.id in {only, "quality"}:
            assert (await rig.ask()).attempt.target.name == "z"
        else:
            assert (await rig.refusal()).attempts == 1

    checks = ["empty"] if "quality" in {cause.id, only} else []
    with Upstream(cause.behaviour) as a, Upstream() as z:
        first = box(a, retries=0, timeouts={"total_s": 0.1})
        fallback = {"on": [only], "checks": checks}
        run(config({"a": first, "z": box(z)}, fallback=fallback), story)


@pytest.mark.parametrize("behaviour", [b.BAD_REQUEST, b.NO_SUCH_MODEL, b.FILTERED], ids=str)
def test_what_is_the_requests_own_fault_is_tried_nowhere_else(behaviour: Behaviour) -> None:
    async def story(rig: Rig) -> None:
        error = await rig.refusal()
        assert isinstance(error, UpstreamRejected)
        assert rig.recording.decisions[0].status == "rejected"
        assert rig.target("a").health.failures_in_a_row == 0

    with Upstream(behaviour) as a, Upstream() as z:
        run(config({"a": box(a), "z": box(z)}), story)
        assert z.requests == []


def test_a_key_of_ours_that_is_refused_is_not_told_as_the_clients() -> None:
    async def story(rig: Rig) -> None:
        error = await rig.refusal()
        assert type(error) is UpstreamError
        assert (error.http_status, error.attempts) == (502, 1)
        assert error.message == "`a` refuses the key it is configured with (401)"

    with Upstream(b.UNAUTHORIZED) as a:
        run(config({"a": box(a)}), story)


def test_a_field_the_target_has_no_use_for_is_refused_or_left_out_and_named() -> None:
    async def story(rig: Rig) -> None:
        refusal = await rig.refusal(logit_bias={"1": 2})
        assert isinstance(refusal, InvalidRequest)
        assert refusal.param == "logit_bias"
        assert "drop_unsupported" in (refusal.hint or "")
        whole = await rig.ask("lenient", logit_bias={"1": 2})
        assert whole.attempt.dropped == ("logit_bias",)
        whole = await rig.ask("backed", logit_bias={"1": 2})
        assert whole.attempt.target.name == "z"
        assert whole.attempt.dropped == ()

    with Upstream() as a, Upstream() as z:
        ollama = box(a, retries=0) | {"backend": "ollama"}
        data = config({"a": ollama, "z": box(z)})
        data["routes"] = {
            "chat": {"targets": ["a"]},
            "lenient": {"targets": ["a"], "drop_unsupported": True},
            "backed": {"targets": ["a", "z"]},
        }
        run(data, story)
        assert "logit_bias" not in a.requests[0].json
        assert "logit_bias" in z.requests[0].json


def test_a_field_that_asks_for_nothing_or_changes_no_answer_is_never_refused() -> None:
    async def story(rig: Rig) -> None:
        whole = await rig.ask(logit_bias=None)
        assert whole.attempt.dropped == ()

    with Upstream() as a:
        run(config({"a": box(a) | {"backend": "ollama"}}), story)
        assert "logit_bias" not in a.requests[0].json


def test_what_a_target_cannot_be_told_is_refused_by_name_before_it_is_asked() -> None:
    async def story(rig: Rig) -> None:
        error = await rig.refusal(logprobs=True)
        assert isinstance(error, InvalidRequest)
        assert error.param == "logprobs"

    with Upstream() as a:
        native = {"backend": "ollama_native", "base_url": a.root_url, "model": "m"}
        run(config({"a": native}), story)
        assert a.requests == []


@pytest.mark.parametrize("is_local", [True, False])
def test_a_label_keeps_every_hop_at_home(is_local: bool) -> None:
    async def story(rig: Rig) -> None:
        private = frozenset({"phi"}) if is_local else frozenset[str]()
        await rig.refusal(labels=private)

    with Upstream(b.SERVER_ERROR) as a, Upstream(b.SERVER_ERROR) as c:
        run(config({"a": box(a, retries=0), "c": cloud(c, retries=0)}, privacy={}), story)
        assert len(a.requests) == 1
        assert len(c.requests) == (0 if is_local else 1)


FAULTS = [
    b.OK,
    b.SERVER_ERROR,
    b.RATE_LIMITED,
    b.CUT,
    b.MALFORMED,
    b.EMPTY,
    b.CLOSES,
    b.UNAUTHORIZED,
]
TARGETS = st.lists(st.tuples(st.booleans(), st.sampled_from(FAULTS)), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    targets=TARGETS,
    labels=st.frozensets(st.sampled_from(["phi", "internal", "email"]), min_size=1),
    stream=st.booleans(),
    retries=st.integers(0, 2),
    by_text=st.booleans(),
)
def test_no_request_with_a_label_ever_reaches_a_target_that_is_not_local(
    targets: list[tuple[bool, Behaviour]],
    labels: frozenset[str],
    stream: bool,
    retries: int,
    by_text: bool,
) -> None:
    content = "Write to jane.doe@example.com" if by_text else "Hi"

    async def story(rig: Rig) -> None:
        for _ in range(3):
            try:
                reply = await rig.send(
                    labels=frozenset() if by_text else labels,
                    messages=[{"role": "user", "content": content}],
                    stream=stream,
                )
            except HeadgateError:
                continue
            if isinstance(reply, Relay):
                await rest_of(reply)
        assert all(entry.is_local for entry in rig.recording.attempts)
        assert len(rig.recording.decisions) == 3

    with ExitStack() as stack:
        upstreams = [stack.enter_context(Upstream(fault)) for _, fault in targets]
        made = {
            f"t{index}": box(upstream, local=is_local, retries=retries)
            for index, ((is_local, _), upstream) in enumerate(zip(targets, upstreams, strict=True))
        }
        run(config(made, privacy={}, fallback={"checks": ["empty"]}), story)
        for (is_local, _), upstream in zip(targets, upstreams, strict=True):
            assert is_local or upstream.connections_made == 0
