"""Logs that tell where a fault is, and never what somebody's request was.

What an exception says may quote the request it stumbled over (`invalid literal: '4111…'`), in
our code and in any library. So of exceptions the log gets their kinds and their places in the
code, whoever logs them and at whatever level.
"""

import asyncio
import logging
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]
_log = logging.getLogger(__name__)


def keep_logs_discreet() -> None:
    """From now on, for every logger of this process."""
    make = logging.getLogRecordFactory()
    if getattr(make, "is_discreet", False):
        return

    def made(*args: Any, **more: Any) -> logging.LogRecord:
        record = make(*args, **more)
        if record.exc_info:
            error = record.exc_info[1]
            record.exc_text = None if error is None else told_of(error)
            record.exc_info = None
        return record

    made.is_discreet = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(made)


def told_of(error: BaseException) -> str:
    """Kinds and places of an exception and of those that led to it, the first one first."""
    return "\n".join(_told_of_each(error))


def on_loop_fault(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What an event loop does with an exception that nobody has caught."""
    error = context.get("exception")
    # The rest of the context shows tasks, which show what their exceptions say.
    _log.error("%s", context.get("message", "a fault in the event loop"), exc_info=error)


def _told_of_each(error: BaseException) -> Iterator[str]:
    chain: list[BaseException] = []
    each: BaseException | None = error
    while each is not None and each not in chain:
        chain.append(each)
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    for each in reversed(chain):
        yield "Traceback (most recent call last):"
        yield "".join(traceback.format_tb(each.__traceback__)).rstrip()
        kind = type(each)
        yield f"{kind.__module__}.{kind.__qualname__}"
