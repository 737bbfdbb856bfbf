"""Of exceptions the log gets kinds and places, never their words."""

import asyncio
import logging
from collections.abc import Iterator

import pytest

from headgate.server.discreet_log import keep_logs_discreet, on_loop_fault, told_of

SECRET = "ada@corp.io"


@pytest.fixture
def discreet() -> Iterator[None]:
    before = logging.getLogRecordFactory()
    keep_logs_discreet()
    keep_logs_discreet()
    yield
    logging.setLogRecordFactory(before)


def stumble() -> None:
    try:
        int(SECRET)
    except ValueError as error:
        raise KeyError(f"no {SECRET}") from error


@pytest.mark.usefixtures("discreet")
@pytest.mark.parametrize("level", [logging.DEBUG, logging.ERROR])
def test_a_traceback_shows_where_and_not_what(caplog: pytest.LogCaptureFixture, level: int) -> None:
    with caplog.at_level(logging.DEBUG):
        try:
            stumble()
        except KeyError:
            logging.getLogger("some.library").log(level, "it failed", exc_info=True)
    assert SECRET not in caplog.text
    assert SECRET not in repr(vars(caplog.records[0]))
    assert "it failed" in caplog.text
    assert "in stumble" in caplog.text
    assert caplog.text.index("builtins.ValueError") < caplog.text.index("builtins.KeyError")


@pytest.mark.usefixtures("discreet")
def test_a_task_nobody_waited_for_says_no_more(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        stumble()

    async def told() -> None:
        asyncio.get_running_loop().set_exception_handler(on_loop_fault)
        task = asyncio.ensure_future(fail())
        await asyncio.wait([task])
        del task

    with caplog.at_level(logging.DEBUG):
        asyncio.run(told())
    assert "never retrieved" in caplog.text
    assert "in stumble" in caplog.text
    assert SECRET not in caplog.text


def test_exceptions_that_led_to_each_other_are_told_once() -> None:
    one, other = ValueError(SECRET), ValueError(SECRET)
    one.__context__, other.__context__ = other, one
    assert told_of(one).count("builtins.ValueError") == 2


@pytest.mark.usefixtures("discreet")
def test_a_line_without_an_exception_is_as_it_was(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("x").warning("all is %s", "well", exc_info=False)
    assert caplog.messages == ["all is well"]
    logging.getLogger("x").warning("no exception", exc_info=True)
    assert caplog.messages[-1] == "no exception"
