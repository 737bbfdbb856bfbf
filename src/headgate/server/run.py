"""Start the server and see it through to its end."""

import asyncio
import gc
import socket
import sys
from collections.abc import Callable
from math import ceil
from types import FrameType

import uvicorn
from typing_extensions import override

from headgate.config.schema import Settings
from headgate.core.errors import OperatorError
from headgate.runtime.air_gap import seal
from headgate.runtime.build import Runtime, build
from headgate.server.app import create_app, dialect_endpoints
from headgate.server.auth import Keys
from headgate.server.discreet_log import keep_logs_discreet, on_loop_fault
from headgate.server.protocol import protocol_for

KEEP_ALIVE_S = 75
"""Longer than the 60 s of common load balancers, so that they close first."""


class DrainingServer(uvicorn.Server):
    """Says that it is going away as soon as it is told to stop."""

    def __init__(
        self, config: uvicorn.Config, runtime: Runtime, on_started: Callable[[], None]
    ) -> None:
        """Serve `runtime`; `on_started` is called once it accepts and signals are heeded."""
        super().__init__(config)
        self._runtime = runtime
        self._on_started = on_started

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept connections."""
        await super().startup(sockets)
        self._on_started()

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop, or stop at once. A stop that was asked for is no failure.

        uvicorn would raise the signal again after it has stopped, which would end the
        process before the ledger is written.
        """
        super().handle_exit(sig, frame)
        self._captured_signals.clear()

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let requests under way finish, up to the configured time."""
        self._runtime.is_draining = True
        await super().shutdown(sockets)
        unfinished = list(self.server_state.tasks)
        for task in unfinished:
            task.cancel()
        if unfinished:
            # Each writes what became of it, and the ledger is closed next.
            await asyncio.wait(unfinished)


def serve(settings: Settings, *, on_listening: Callable[[str], None] = lambda url: None) -> None:
    """Serve until SIGINT or SIGTERM; then let answers under way finish, up to `drain_s`.

    `on_listening` is called with the base URL once connections are accepted.

    Raises:
        OperatorError: The address cannot be listened on, or something cannot be built.
    """
    if settings.air_gapped:
        seal()
    listener = _listen(settings.server.host, settings.server.port)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(settings, listener, on_listening))


async def _serve(
    settings: Settings, listener: socket.socket, on_listening: Callable[[str], None]
) -> None:
    keep_logs_discreet()
    asyncio.get_running_loop().set_exception_handler(on_loop_fault)
    runtime = await build(settings)
    runtime.batches.start()
    _spare_the_collector()
    try:
        keys = Keys(runtime.callers)
        endpoints = dialect_endpoints(runtime, keys)
        config = uvicorn.Config(
            create_app(runtime, keys, endpoints),
            # With CORS on, every answer has to pass the middleware that adds its headers.
            http=protocol_for(
                {} if settings.server.cors_origins else endpoints,
                read_s=settings.server.limits.read_s,
            ),
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=ceil(settings.server.drain_s),
        )
        url = _url(listener)
        server = DrainingServer(config, runtime, lambda: on_listening(url))
        await server.serve(sockets=[listener])
    finally:
        await runtime.close()


def _spare_the_collector() -> None:
    """What is here now stays: look for cycles in what comes later, and less often.

    Requests leave no cycles behind, yet at Python's default of 700 new objects the
    collector would run for every few of them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise OperatorError(
            f"cannot listen on {host}:{port}: {error.strerror or error}",
            hint="choose another with `--port`, or stop what uses it",
        ) from error
    listener.listen(2048)
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop
