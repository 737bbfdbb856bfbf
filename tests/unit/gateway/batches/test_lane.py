"""Lines that are asked here: in idle time, again when that may help, in the clients' words."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from headgate.core.errors import (
    HeadgateError,
    InvalidRequest,
    NoTarget,
    UpstreamRejected,
    UpstreamUnavailable,
)
from headgate.gateway.batches.lane import (
    IDLE_POLL_S,
    MOST_TRIES,
    USUAL_SLOTS,
    _delay_s,
    direct,
    error_result,
)
from headgate.wire.dialects.openai_chat import DIALECT
from support.batches import Lanes, lanes, line, text_of, work
from support.behaviours import BAD_REQUEST, OK, SERVER_ERROR
from support.gateways import box, config
from support.upstream import Upstream


def run(config, folder: Path, steps: Callable[[Lanes], Awaitable[None]]) -> None:
    async def inside() -> None:
        async with lanes(config, folder) as found:
            await steps(found)

    asyncio.run(inside())


def test_every_open_line_is_answered_once(tmp_path: Path) -> None:
    async def steps(found: Lanes) -> None:
        found.add(*(f"question {n}" for n in range(100)))
        await found.lane.answer_open(work())
        assert sorted(found.results()) == list(range(1, 101))
        await found.lane.answer_open(work())
        assert len(upstream.requests) == 100

    with Upstream(OK) as upstream:
        run(config({"own": box(upstream)}), tmp_path, steps)


def test_an_own_machine_is_left_to_others_while_they_use_it(tmp_path: Path) -> None:
    async def steps(found: Lanes) -> None:
        health = found.rig.target("own").health
        health.in_flight = 1
        waits = 0

        async def sleep(seconds: float) -> None:
            nonlocal waits
            waits += 1
            assert (seconds, len(upstream.requests)) == (IDLE_POLL_S, 0)
            if waits == 5:
                health.in_flight = 0
            await asyncio.sleep(0)

        found.lane.sleep = sleep
        found.add("one")
        await found.lane.answer_open(work())
        assert waits == 5
        assert len(found.results()) == 1

    with Upstream(OK) as upstream:
        run(config({"own": box(upstream)}), tmp_path, steps)


def test_near_the_deadline_it_is_used_all_the_same(tmp_path: Path) -> None:
    async def steps(found: Lanes) -> None:
        health = found.rig.target("own").health
        health.in_flight = 1
        found.add("one")
        await found.lane.answer_open(work(expires_at=found.rig.clock.now() + 100))
        assert len(found.results()) == 1
        assert sum(found.slept) == pytest.approx(50, abs=1)
        health.in_flight = 0

    with Upstream(OK) as upstream:
        run(config({"own": box(upstream)}), tmp_path, steps)


@pytest.mark.parametrize(("slots", "most"), [(None, USUAL_SLOTS), (1, 1), (3, 3)])
def test_no_more_lines_at_once_than_a_machine_has_slots(
    tmp_path: Path, slots: int | None, most: int
) -> None:
    capacity = {} if slots is None else {"capacity": {"max_concurrency": slots}}
    seen: list[int] = []

    async def steps(found: Lanes) -> None:
        health = found.rig.target("own").health

        async def sleep(_: float) -> None:
            seen.append(health.in_flight)
            await asyncio.sleep(0.001)

        found.lane.sleep = sleep
        found.add(*map(str, range(12)))
        await found.lane.answer_open(work())
        assert len(found.results()) == 12
        assert max(seen) <= most

    with Upstream(OK) as upstream:
        run(config({"own": box(upstream, **capacity)}), tmp_path, steps)


def test_what_passes_is_asked_again_and_what_stays_is_told(tmp_path: Path) -> None:
    async def steps(found: Lanes) -> None:
        found.add("one")
        await found.lane.answer_open(work())
        assert text_of(found.results()[1])
        assert found.slept == [1.0, 2.0]
        upstream.use(BAD_REQUEST)
        found.store.add_lines("b", [line(2, "two")])
        await found.lane.answer_open(work())
        assert found.results()[2]["response"]["status_code"] == 400
        assert len(found.slept) == 2, "a wrong request is not asked again"

    with Upstream(SERVER_ERROR, SERVER_ERROR, OK) as upstream:
        run(config({"own": box(upstream, retries=0)}), tmp_path, steps)


@pytest.mark.parametrize(
    ("error", "delay"),
    [
        (UpstreamUnavailable("gone"), 1.0),
        (UpstreamRejected("no", status=429, headers={}, body=b""), 1.0),
        (UpstreamRejected("no", status=401, headers={}, body=b""), None),
        (NoTarget("none", retry_after_s=7.0), 7.0),
        (NoTarget("none", retry_after_s=7000.0), 60.0),
        (NoTarget("none"), None),
        (InvalidRequest("wrong"), None),
    ],
)
def test_how_long_to_wait(error: HeadgateError, delay: float | None) -> None:
    assert _delay_s(error, 1) == delay
    assert _delay_s(error, MOST_TRIES) is None


def test_a_failed_line_says_so_in_the_clients_dialect() -> None:
    found = error_result(DIALECT, line(3, "x"), InvalidRequest("what is wrong", param="model"))
    assert (found.number, found.is_good) == (3, False)
    assert b'"status_code":400' in found.body
    assert b"what is wrong" in found.body


def test_asked_directly_a_line_is_no_longer_deferrable() -> None:
    assert work().is_deferrable
    assert not direct(work()).is_deferrable


def test_a_line_that_is_handed_back_does_not_wait_for_idle_time_or_a_batch(tmp_path: Path) -> None:
    async def steps(found: Lanes) -> None:
        for is_deferrable in (True, False):
            call = found.lane.call(work(is_deferrable=is_deferrable), line(1, "one"))
            assert found.rig.gateway.prepare(call).facts.is_deferrable == is_deferrable

    with Upstream(OK) as upstream:
        run(config({"own": box(upstream)}), tmp_path, steps)
