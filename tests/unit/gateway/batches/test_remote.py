"""Lines at providers' batch APIs: handed over once, settled once, taken back when left."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from headgate.gateway.batches.remote import MOST_SENSELESS
from headgate.gateway.batches.runner import answer_all
from support.batch_provider import BatchProvider
from support.batches import Lanes, lanes, line, text_of, work


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[BatchProvider]:
    monkeypatch.setenv("BATCH_TEST_KEY", "sk-x")
    with BatchProvider() as provider:
        yield provider


def settings(provider: BatchProvider) -> dict[str, Any]:
    def target(backend: str, url: str, model: str) -> dict[str, Any]:
        key = {"api_key": "${BATCH_TEST_KEY}", "local": False}
        return {"backend": backend, "base_url": url, "model": model, **key}

    return {
        "targets": {
            "gpt": target("openai", f"{provider.root_url}/v1", "gpt-4o-mini"),
            "claude": target("anthropic", provider.root_url, "claude-haiku-4-5"),
        },
        "routes": {"chat": {"targets": ["gpt"]}, "claude-route": {"targets": ["claude"]}},
        "ledger": {"enabled": False},
    }


def run(provider: BatchProvider, folder: Path, steps: Callable[[Lanes], Awaitable[None]]) -> None:
    async def inside() -> None:
        async with lanes(settings(provider), folder) as found:
            await steps(found)

    assert os.environ["BATCH_TEST_KEY"]
    asyncio.run(inside())


def test_lines_are_handed_over_and_settled(provider: BatchProvider, tmp_path: Path) -> None:
    async def steps(found: Lanes) -> None:
        found.add("one", "two")
        await found.remote.hand_over(work())
        assert found.store.open_lines("b") == []
        await found.remote.collect(work())
        assert [text_of(found.results()[n]) for n in (1, 2)] == ["echo: one", "echo: two"]
        entries = found.rig.recording.attempts
        assert {entry.role for entry in entries} == {"batch"}
        assert all(entry.pricing.is_batch for entry in entries)
        assert found.store.remotes("b") == []

    run(provider, tmp_path, steps)


@pytest.mark.parametrize("bound", ["lines", "bytes"])
def test_a_batch_is_no_larger_than_the_provider_takes(
    provider: BatchProvider, tmp_path: Path, bound: str
) -> None:
    async def steps(found: Lanes) -> None:
        form = found.remote.forms["openai"]
        if bound == "lines":
            form.most_lines = 2
        else:
            form.most_bytes = 200
        try:
            found.add(*map(str, range(5)))
            await found.remote.hand_over(work())
            assert max(len(lines) for lines in provider.lines.values()) <= 2
            assert sum(len(lines) for lines in provider.lines.values()) == 5
        finally:
            for name in ("most_lines", "most_bytes"):
                form.__dict__.pop(name, None)

    run(provider, tmp_path, steps)


def test_what_is_left_unanswered_is_open_again(provider: BatchProvider, tmp_path: Path) -> None:
    async def steps(found: Lanes) -> None:
        provider.forgets.add("two")
        found.add("one", "two", model="claude-route")
        await found.remote.hand_over(work())
        await found.remote.collect(work())
        assert list(found.results()) == [1]
        assert [line.number for line in found.store.open_lines("b")] == [2]

    run(provider, tmp_path, steps)


def test_it_waits_until_the_provider_is_done(provider: BatchProvider, tmp_path: Path) -> None:
    async def steps(found: Lanes) -> None:
        provider.at_once = False
        found.add("one")
        await found.remote.hand_over(work())

        async def sleep(seconds: float) -> None:
            found.slept.append(seconds)
            if len(found.slept) == 3:
                provider.finish()

        found.remote.sleep = sleep
        await found.remote.collect(work())
        assert found.slept == [found.remote.poll_s] * 3
        assert list(found.results()) == [1]

    run(provider, tmp_path, steps)


def test_senseless_answers_are_given_up_and_the_lines_come_back(
    provider: BatchProvider, tmp_path: Path
) -> None:
    async def steps(found: Lanes) -> None:
        found.add("one")
        await found.remote.hand_over(work())
        provider.files = dict.fromkeys(provider.files, b"no json\n")
        await found.remote.collect(work())
        assert len(found.slept) == MOST_SENSELESS
        assert found.results() == {}
        assert [line.number for line in found.store.open_lines("b")] == [1]

    run(provider, tmp_path, steps)


def test_results_of_lines_that_are_none_of_ours_are_passed_over(
    provider: BatchProvider, tmp_path: Path
) -> None:
    async def steps(found: Lanes) -> None:
        found.add("one")
        await found.remote.hand_over(work())
        (name,) = [name for name in provider.files if "output" in name]
        good = provider.files[name]
        for other in (b"line-7", b"other", b"line-99999999999999999999", b"line-1x"):
            provider.files[name] += b"\n" + good.replace(b"line-1", other)
        provider.files[name] += b"\n" + good
        await found.remote.collect(work())
        assert list(found.results()) == [1]
        assert len(found.rig.recording.attempts) == 1

    run(provider, tmp_path, steps)


@pytest.mark.parametrize("was_taken", [True, False])
def test_a_hand_over_that_was_cut_off_is_found_or_taken_back(
    provider: BatchProvider, tmp_path: Path, was_taken: bool
) -> None:
    """As after a kill between the provider's taking the lines and our hearing its id."""

    async def steps(found: Lanes) -> None:
        found.add("one")
        if was_taken:
            await found.remote.hand_over(work())
            (remote,) = found.store.remotes("b")
            found.store._write("UPDATE remotes SET remote_id = NULL WHERE id = ?", (remote.id,))
        else:
            found.store.hand_over("b", "gpt", [1])
        await found.remote.collect(work())
        assert list(found.results()) == ([1] if was_taken else [])
        assert len(found.store.open_lines("b")) == (0 if was_taken else 1)
        assert len(provider.batches) == int(was_taken)

    run(provider, tmp_path, steps)


def test_cancelling_asks_the_provider(provider: BatchProvider, tmp_path: Path) -> None:
    async def steps(found: Lanes) -> None:
        provider.at_once = False
        found.add("one")
        await found.remote.hand_over(work())
        await found.remote.cancel(work())
        assert provider.batches["batch_1"]["status"] == "cancelled"

    run(provider, tmp_path, steps)


def test_a_line_that_fits_no_batch_stays_open(provider: BatchProvider, tmp_path: Path) -> None:
    async def steps(found: Lanes) -> None:
        found.add("one", model="no such model")
        await found.remote.hand_over(work())
        assert provider.batches == {}
        assert len(found.store.open_lines("b")) == 1

    run(provider, tmp_path, steps)


def test_lines_that_came_back_senseless_five_times_are_asked_directly(
    provider: BatchProvider, tmp_path: Path
) -> None:
    async def steps(found: Lanes) -> None:
        found.add("one", "two")
        await found.remote.hand_over(work())
        provider.files = dict.fromkeys(provider.files, b"no json\n")
        await answer_all(found.lane, found.remote, work())
        assert [text_of(found.results()[n]) for n in (1, 2)] == ["echo: one", "echo: two"]
        assert (len(provider.direct), len(found.slept)) == (2, 5)
        assert len(provider.batches) == 1, "what came back is not handed over again"

    run(provider, tmp_path, steps)


def test_a_batch_answers_only_the_lines_that_it_was_given(
    provider: BatchProvider, tmp_path: Path
) -> None:
    """Two batches at one provider: a result in the wrong one, and one before any line."""

    async def steps(found: Lanes) -> None:
        found.add("one")
        await found.remote.hand_over(work())
        found.store.add_lines("b", [line(2, "two"), line(3, "three")])
        await found.remote.hand_over(work())
        first, second = (f"file-batch_{n}-output" for n in (1, 2))
        own = provider.files[first]
        strange = (own.replace(b"line-1", b"line-%d" % n) for n in (0, 2, 3, 4))
        provider.files[first] = b"\n".join([*strange, own])
        provider.files[second] = provider.files[second].replace(b"line-2", b"line-1")
        await found.remote.collect(work())
        assert {n: text_of(each) for n, each in found.results().items()} == {
            1: "echo: one",
            3: "echo: three",
        }
        assert [each.number for each in found.store.open_lines("b")] == [2]

    run(provider, tmp_path, steps)


@pytest.mark.parametrize(("status", "is_told"), [(400, True), (429, False), (500, False)])
def test_a_line_is_refused_for_good_or_asked_directly(
    provider: BatchProvider, tmp_path: Path, status: int, is_told: bool
) -> None:
    async def steps(found: Lanes) -> None:
        provider.refuses["one"] = status
        found.add("one")
        await found.remote.hand_over(work())
        await found.remote.collect(work())
        told = {n: each["response"]["status_code"] for n, each in found.results().items()}
        assert told == ({1: status} if is_told else {})
        assert len(found.store.open_lines("b")) == (0 if is_told else 1)
        assert [entry.role for entry in found.rig.recording.attempts] == ["batch"]

    run(provider, tmp_path, steps)


def test_a_batch_that_is_gone_is_not_waited_for(provider: BatchProvider, tmp_path: Path) -> None:
    async def steps(found: Lanes) -> None:
        found.add("one")
        mark = found.store.hand_over("b", "gpt", [1])
        found.store.submitted(mark, "no/such/batch", 1.0)
        await found.remote.collect(work())
        assert found.slept == []
        assert len(found.store.open_lines("b")) == 1

    run(provider, tmp_path, steps)


def test_lines_of_a_target_that_is_gone_come_back(provider: BatchProvider, tmp_path: Path) -> None:
    async def steps(found: Lanes) -> None:
        found.add("one")
        found.store.submitted(found.store.hand_over("b", "sold", [1]), "batch_1", 1.0)
        await found.remote.cancel(work())
        await found.remote.collect(work())
        assert len(found.store.open_lines("b")) == 1

    run(provider, tmp_path, steps)
