"""Names that clients choose wait for each other, and nothing else waits for them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from headgate.backends.lookups import Lookups
from unit.backends.conftest import Run

HERE = "127.0.0.1"


class Busy(ThreadPoolExecutor):
    """The loop's own threads, when all of them wait for something."""

    def submit(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("the loop's own threads were used")


def test_names_are_looked_up_beside_the_threads_that_backends_need(run: Run) -> None:
    async def test() -> None:
        with Busy(1) as threads:
            asyncio.get_running_loop().set_default_executor(threads)
            assert HERE in await Lookups()("localhost", 80)
            assert await Lookups()(HERE, 80) == [HERE]

    run(test)


def test_each_address_is_named_once_and_a_name_without_any_is_an_error(run: Run) -> None:
    async def test() -> None:
        found = await Lookups()("localhost", 80)
        assert len(found) == len(set(found))
        # Longer than any name may be: no system asks anybody about it.
        with pytest.raises((OSError, UnicodeError)):
            await Lookups()("a" * 64 + ".test", 80)

    run(test)
