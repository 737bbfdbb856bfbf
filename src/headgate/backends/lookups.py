"""Looks up names that a client has chosen."""

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

THREADS = 8


class Lookups:
    """Asks the system for addresses, in threads of its own.

    A name server that a client has chosen may be slow on purpose: it holds up other names that
    clients have chosen then, and no backend, whose name is looked up by the event loop's threads.
    """

    def __init__(self) -> None:
        """Threads are started when they are needed."""
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="lookup")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """The addresses of `host`, as the system knows them.

        Raises:
            OSError: It has none.
        """
        look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, look_up)
        return list(dict.fromkeys(str(address[0]) for *_, address in found))
