import asyncio
import os
import signal
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from headgate.core.errors import EngineError
from headgate.engine.engine import EngineSettings
from headgate.engine.states import State
from headgate.engine.supervisor import GRACE_S, Supervisor
from support.scripted_engine import NEVER_ANSWERS, NO_MEMORY, WILL_NOT_GO, World


async def becomes(supervisor: Supervisor, state: State) -> None:
    while supervisor.state != state:
        await asyncio.sleep(0.001)


async def crash(supervisor: Supervisor, pid: int, how: int = signal.SIGKILL) -> None:
    os.kill(pid, how)
    await becomes(supervisor, "failed")


def run(scenario: Coroutine[Any, Any, None]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(30):
            await scenario

    asyncio.run(limited())


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_a_worker_is_started_when_asked_for() -> None:
    async def scenario() -> None:
        world = World()
        supervisor = world.supervisor()
        assert supervisor.state == "stopped"
        running = await supervisor.ensure_ready()
        assert supervisor.state == "ready"
        assert (running.context_tokens, is_alive(running.pid)) == (512, True)
        (job,) = world.launches
        assert (str(job.socket), job.api_key) == (running.uds, running.api_key)
        assert (job.alias, len(job.api_key) > 40) == ("small", True)
        await supervisor.stop()
        assert supervisor.state == "stopped"
        assert not is_alive(running.pid)
        assert not job.socket.parent.exists()

    run(scenario())


def test_callers_at_the_same_time_share_one_start() -> None:
    async def scenario() -> None:
        world = World()
        supervisor = world.supervisor()
        found = await asyncio.gather(*(supervisor.ensure_ready() for _ in range(20)))
        assert len({running.pid for running in found}) == 1
        assert await supervisor.ensure_ready() is found[0]
        assert len(world.launches) == 1
        await supervisor.stop()

    run(scenario())


def test_a_caller_that_gives_up_does_not_end_the_start_for_others() -> None:
    async def scenario() -> None:
        world = World()
        supervisor = world.supervisor()
        hasty = asyncio.create_task(supervisor.ensure_ready())
        patient = asyncio.create_task(supervisor.ensure_ready())
        await becomes(supervisor, "starting")
        hasty.cancel()
        assert (await patient).context_tokens == 512
        assert hasty.cancelled()
        await supervisor.stop()

    run(scenario())


def test_every_worker_has_a_key_and_a_socket_of_its_own() -> None:
    async def scenario() -> None:
        world = World()
        supervisor = world.supervisor()
        first = await supervisor.ensure_ready()
        await supervisor.stop()
        second = await supervisor.ensure_ready()
        await supervisor.stop()
        assert first.api_key != second.api_key
        assert first.uds != second.uds

    run(scenario())


def test_a_crashed_worker_is_replaced_when_asked_for_after_a_pause() -> None:
    async def scenario() -> None:
        world = World()
        supervisor = world.supervisor()
        first = await supervisor.ensure_ready()
        await crash(supervisor, first.pid)
        assert len(world.launches) == 1
        again = asyncio.create_task(supervisor.ensure_ready())
        await world.ring(0.5)
        second = await again
        assert second.pid != first.pid
        await supervisor.stop()

    run(scenario())


def test_time_since_the_crash_counts_as_pause() -> None:
    async def scenario() -> None:
        world = World()
        supervisor = world.supervisor()
        await crash(supervisor, (await supervisor.ensure_ready()).pid)
        world.now += 10
        await supervisor.ensure_ready()
        await supervisor.stop()

    run(scenario())


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (signal.SIGKILL, "lost its engine: it was killed, most likely because memory ran out"),
        (signal.SIGABRT, "lost its engine: it was ended by SIGABRT"),
    ],
)
def test_a_model_that_keeps_crashing_is_given_up_for_a_minute(
    how: signal.Signals, said: str
) -> None:
    async def scenario() -> None:
        world = World(settings=EngineSettings(restarts=2))
        supervisor = world.supervisor()
        for _ in range(2):
            await crash(supervisor, (await supervisor.ensure_ready()).pid, how)
            world.now += 5
        with pytest.raises(EngineError) as caught:
            await supervisor.ensure_ready()
        assert caught.value.message == (
            f"`small.model` {said} (failed 2 times in a row; tried again in 55 s)"
        )
        assert len(world.launches) == 2
        world.now += 60
        await supervisor.ensure_ready()
        await supervisor.stop()

    run(scenario())


def test_a_failed_load_tells_everyone_the_engines_own_cause() -> None:
    async def scenario() -> None:
        supervisor = World(script=NO_MEMORY).supervisor()
        found = await asyncio.gather(
            supervisor.ensure_ready(), supervisor.ensure_ready(), return_exceptions=True
        )
        for error in found:
            assert isinstance(error, EngineError)
            assert (error.message, error.hint) == ("`small.model` does not fit", "a smaller one")
        assert supervisor.state == "failed"

    run(scenario())


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("import sys; sys.exit(7)", "cannot be loaded: the engine ended with exit code 7"),
        ("import os; os.abort()", "cannot be loaded: the engine was ended by SIGABRT"),
        ("print('hello', flush=True)", "cannot be supervised"),
        ("print('x' * 200_000, flush=True)", "cannot be loaded"),
    ],
)
def test_a_worker_that_ends_without_a_cause_is_described(script: str, complaint: str) -> None:
    async def scenario() -> None:
        world = World(script=script)
        with pytest.raises(EngineError, match=complaint):
            await world.supervisor().ensure_ready()

    run(scenario())


def test_what_failed_before_a_process_was_there_may_be_tried_again_at_once() -> None:
    async def scenario() -> None:
        world = World(refusal=EngineError("there is no model file"))
        supervisor = world.supervisor()
        for _ in range(5):
            with pytest.raises(EngineError, match=r"^there is no model file$"):
                await supervisor.ensure_ready()
        world.refusal = None
        await supervisor.ensure_ready()
        await supervisor.stop()

    run(scenario())


def test_a_load_that_takes_too_long_is_ended() -> None:
    async def scenario() -> None:
        world = World(script=NEVER_ANSWERS, settings=EngineSettings(load_timeout_s=77))
        supervisor = world.supervisor()
        waiting = asyncio.create_task(supervisor.ensure_ready())
        await world.ring(77)
        with pytest.raises(EngineError, match="was not loaded within 77 s") as caught:
            await waiting
        assert caught.value.hint == "raise `engine.load_timeout_s`"
        assert supervisor.state == "failed"

    run(scenario())


def test_the_time_to_load_is_over_once_it_answers() -> None:
    async def scenario() -> None:
        world = World(settings=EngineSettings(load_timeout_s=77))
        supervisor = world.supervisor()
        await supervisor.ensure_ready()
        assert [alarm.is_cancelled for alarm in world.alarms if alarm.delay_s == 77] == [True]
        await supervisor.stop()

    run(scenario())


def test_an_idle_model_is_unloaded_and_loaded_again_when_asked_for() -> None:
    async def scenario() -> None:
        world = World(settings=EngineSettings(idle_unload_s=900))
        supervisor = world.supervisor()
        first = await supervisor.ensure_ready()
        await world.ring(900)
        assert supervisor.state == "stopping"
        second = await supervisor.ensure_ready()
        assert not is_alive(first.pid)
        assert is_alive(second.pid)
        await supervisor.stop()

    run(scenario())


def test_what_is_shown_of_a_worker_follows_it() -> None:
    async def scenario() -> None:
        world = World(settings=EngineSettings(idle_unload_s=900))
        supervisor = world.supervisor()
        assert (supervisor.running, supervisor.unloads_in_s) == (None, None)
        assert await supervisor.ensure_ready() is supervisor.running
        world.now += 100
        assert supervisor.unloads_in_s == 800
        supervisor.using()
        assert supervisor.unloads_in_s is None
        supervisor.used()
        assert supervisor.unloads_in_s == 900
        await supervisor.stop()
        assert (supervisor.running, supervisor.unloads_in_s) == (None, None)

    run(scenario())


def test_a_worker_that_nobody_uses_can_be_let_go_before_its_time() -> None:
    async def scenario() -> None:
        supervisor = World(settings=EngineSettings(idle_unload_s=900)).supervisor()
        supervisor.let_go()
        assert supervisor.state == "stopped"
        await supervisor.ensure_ready()
        supervisor.using()
        supervisor.let_go()
        assert supervisor.state == "ready"
        supervisor.used()
        supervisor.let_go()
        assert supervisor.state == "stopping"
        await becomes(supervisor, "stopped")

    run(scenario())


def test_the_idle_clock_stands_still_while_a_request_is_under_way() -> None:
    async def scenario() -> None:
        world = World(settings=EngineSettings(idle_unload_s=900))
        supervisor = world.supervisor()

        def set_for_idling() -> int:
            return sum(a.delay_s == 900 and not a.is_cancelled for a in world.alarms)

        supervisor.using()
        await supervisor.ensure_ready()
        supervisor.using()
        assert set_for_idling() == 0
        supervisor.used()
        assert set_for_idling() == 0
        supervisor.used()
        assert set_for_idling() == 1
        supervisor.using()
        assert set_for_idling() == 0
        supervisor.used()
        await supervisor.stop()
        assert set_for_idling() == 0

    run(scenario())


def test_a_model_may_stay_loaded_for_ever() -> None:
    async def scenario() -> None:
        world = World(settings=EngineSettings(idle_unload_s=None, load_timeout_s=77))
        supervisor = world.supervisor()
        await supervisor.ensure_ready()
        assert [alarm.delay_s for alarm in world.alarms] == [77]
        await supervisor.stop()

    run(scenario())


def test_stopping_while_it_loads_tells_those_who_wait() -> None:
    async def scenario() -> None:
        world = World(script=NEVER_ANSWERS)
        supervisor = world.supervisor()
        waiting = asyncio.create_task(supervisor.ensure_ready())
        while not world.alarms:
            await asyncio.sleep(0)
        await supervisor.stop()
        with pytest.raises(EngineError, match=r"`small\.model`"):
            await waiting
        assert supervisor.state == "stopped"

    run(scenario())


def test_stopping_does_not_wait_for_the_engine_to_be_fetched() -> None:
    async def scenario() -> None:
        fetched = threading.Event()
        world = World(install=lambda: Path(str(fetched.wait(30))))
        supervisor = world.supervisor()
        waiting = asyncio.create_task(supervisor.ensure_ready())
        await becomes(supervisor, "starting")
        await supervisor.stop()
        fetched.set()
        with pytest.raises(EngineError, match=r"`small\.model` was stopped"):
            await waiting
        assert world.launches == []

    run(scenario())


def test_a_worker_that_will_not_go_is_made_to() -> None:
    async def scenario() -> None:
        world = World(script=WILL_NOT_GO)
        supervisor = world.supervisor()
        running = await supervisor.ensure_ready()
        stopping = asyncio.create_task(supervisor.stop())
        await world.ring(GRACE_S)
        await stopping
        assert not is_alive(running.pid)
        assert supervisor.state == "stopped"

    run(scenario())


def test_stopping_what_does_not_run_is_no_trouble() -> None:
    async def scenario() -> None:
        supervisor = World(script=NO_MEMORY).supervisor()
        await supervisor.stop()
        with pytest.raises(EngineError):
            await supervisor.ensure_ready()
        await supervisor.stop()
        assert supervisor.state == "failed"

    run(scenario())


def test_an_event_loop_that_ends_takes_the_worker_along() -> None:
    found: list[int] = []

    async def scenario() -> None:
        running = await World().supervisor().ensure_ready()
        found.append(running.pid)

    run(scenario())
    assert not is_alive(found[0])
