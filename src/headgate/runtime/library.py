"""Headgate without a server: the same routes, decisions and ledger behind Python calls.

    from headgate import Headgate

    with Headgate() as client:
        answer = client.chat.completions.create(
            model="auto", messages=[{"role": "user", "content": "Hello"}]
        )
        print(answer.choices[0].message.content)

`AsyncHeadgate` is the same with `await` and `async for`. Answers have the shapes of the
OpenAI SDK, plus `headgate` with the decision's id, the target and the number of attempts.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import anyio
from anyio.from_thread import BlockingPortal, start_blocking_portal

from headgate.config.load import load_settings, settings_from
from headgate.config.schema import Settings
from headgate.core.errors import HeadgateError
from headgate.core.inbound import Operation
from headgate.gateway.attempts import Whole
from headgate.gateway.explain import Explanation
from headgate.gateway.handle import Call, Caller, Prepared
from headgate.gateway.job import Attempt
from headgate.gateway.relay import Relay
from headgate.runtime.build import Runtime, build
from headgate.runtime.record import Record, record, request_body
from headgate.wire.sse import EventDecoder

Config = str | Path | Mapping[str, Any] | None
LIBRARY_CALLER = Caller(name="library")


class AsyncStream:
    """Chunks of a streamed answer; leaving `async with` early cancels the backend."""

    def __init__(self, relay: Relay) -> None:
        """Read from an answer that has begun."""
        self.headgate = _about(relay.attempt)
        self._relay = relay
        self._chunks = self._read()

    def __aiter__(self) -> AsyncIterator[Record]:
        """The chunks, once; raises what broke the stream, if something did."""
        return self._chunks

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Stop reading; the backend is told at once."""
        await self._chunks.aclose()
        self._relay.close()

    async def next(self) -> Record | None:
        """The next chunk, `None` at the end."""
        return await anext(self._chunks, None)

    async def _read(self) -> AsyncGenerator[Record, None]:
        decoder = EventDecoder()
        try:
            while data := await self._relay.next():
                events = decoder.feed(data) if self._relay.error is None else []
                for event in events:
                    if event.data is not None and event.data != b"[DONE]":
                        yield record(event.data)
            if self._relay.error is not None:
                raise self._relay.error
        finally:
            self._relay.close()


class _AsyncEndpoint:
    """`create` for one operation."""

    def __init__(self, client: "AsyncHeadgate", operation: Operation) -> None:
        self._client = client
        self._operation = operation

    async def create(
        self,
        *,
        labels: Iterable[str] = (),
        extra_body: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> Any:
        """Send a request; `fields` are those of the OpenAI API.

        Args:
            labels: Privacy labels declared for this request, such as `phi`.
            extra_body: More top-level fields.

        Returns:
            A `Record`, or a stream of them with `stream=True`.

        Raises:
            HeadgateError: `Timeout`, `QualityError`, `NoTarget` and the rest.
        """
        fields.setdefault("model", "auto")
        body = request_body(fields | dict(extra_body or {}))
        return await self._client.send(self._operation, body, _labels(labels))


class _AsyncChat:
    """`chat.completions`, as the OpenAI SDK nests it."""

    def __init__(self, client: "AsyncHeadgate") -> None:
        self.completions = _AsyncEndpoint(client, "chat")


class AsyncHeadgate:
    """The gateway as an async library; `async with`, or `close()` it."""

    def __init__(self, config: Config = None) -> None:
        """`config`: a path, a mapping with the same content, or `None` to look for one."""
        self._config = config
        self._runtime: Runtime | None = None
        self._opening = anyio.Lock()
        self._is_closed = False
        self.chat = _AsyncChat(self)
        self.completions = _AsyncEndpoint(self, "completion")
        self.embeddings = _AsyncEndpoint(self, "embedding")

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> Runtime:
        """Build what the configuration describes; done by the first call otherwise.

        Raises:
            HeadgateError: It was closed.
        """
        if self._is_closed:
            raise HeadgateError("this client is closed", hint="make a new one")
        async with self._opening:
            if self._runtime is None:
                self._runtime = await build(self._settings())
        return self._runtime

    def _settings(self) -> Settings:
        config = self._config
        if isinstance(config, Mapping):
            return settings_from(config)
        return load_settings(None if config is None else Path(config))

    async def close(self) -> None:
        """Stop engines, write what the ledger still holds."""
        self._is_closed = True
        if self._runtime is not None:
            runtime, self._runtime = self._runtime, None
            await runtime.close()

    async def send(self, operation: Operation, body: bytes, labels: frozenset[str]) -> Any:
        """Answer one encoded request."""
        runtime = await self.open()
        reply = await runtime.gateway.handle(_call(runtime, operation, body, labels))
        if isinstance(reply, Relay):
            return AsyncStream(reply)
        return _whole(reply)

    async def decide(self, *, labels: Iterable[str] = (), **fields: Any) -> Prepared:
        """What would be done with a chat request; sends and records nothing."""
        runtime = await self.open()
        fields.setdefault("model", "auto")
        return runtime.gateway.prepare(
            _call(runtime, "chat", request_body(fields), _labels(labels))
        )

    async def explain(self, decision_id: str) -> Explanation:
        """Why a recorded request went where it went."""
        runtime = await self.open()
        return runtime.explain(decision_id)


class Stream:
    """Chunks of a streamed answer, without `await`."""

    def __init__(self, portal: BlockingPortal, stream: AsyncStream) -> None:
        """Read through `portal`."""
        self.headgate = stream.headgate
        self._portal = portal
        self._stream = stream

    def __iter__(self) -> Iterator[Record]:
        """The chunks, once; raises what broke the stream, if something did."""
        while (chunk := self._portal.call(self._stream.next)) is not None:
            yield chunk

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop reading; the backend is told at once."""
        self._portal.call(self._stream.close)


class _Endpoint:
    """`create` for one operation."""

    def __init__(self, portal: BlockingPortal, endpoint: _AsyncEndpoint) -> None:
        self._portal = portal
        self._endpoint = endpoint

    def create(self, **fields: Any) -> Any:
        """Send a request; see `AsyncHeadgate` for arguments, result and errors."""

        async def create() -> Any:
            return await self._endpoint.create(**fields)

        answer = self._portal.call(create)
        return Stream(self._portal, answer) if isinstance(answer, AsyncStream) else answer


class _Chat:
    """`chat.completions`, as the OpenAI SDK nests it."""

    def __init__(self, completions: _Endpoint) -> None:
        self.completions = completions


class Headgate:
    """The gateway as a library; use it as a context manager, or `close()` it.

    Its event loop runs in a thread of its own; calls may come from any thread.
    """

    def __init__(self, config: Config = None) -> None:
        """`config`: a path, a mapping with the same content, or `None` to look for one.

        Raises:
            ConfigError: The configuration cannot be used.
        """
        self._stack = ExitStack()
        self._portal = self._stack.enter_context(start_blocking_portal())
        self._client = AsyncHeadgate(config)
        try:
            self._portal.call(self._client.open)
        except BaseException:
            self._stack.close()
            raise
        self._stack.callback(self._portal.call, self._client.close)
        self.chat = _Chat(_Endpoint(self._portal, self._client.chat.completions))
        self.completions = _Endpoint(self._portal, self._client.completions)
        self.embeddings = _Endpoint(self._portal, self._client.embeddings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop engines, write what the ledger still holds. Can be called again."""
        self._stack.close()

    def decide(self, **fields: Any) -> Prepared:
        """What would be done with a chat request; sends and records nothing."""

        async def decide() -> Prepared:
            return await self._client.decide(**fields)

        return self._portal.call(decide)

    def explain(self, decision_id: str) -> Explanation:
        """Why a recorded request went where it went."""
        return self._portal.call(self._client.explain, decision_id)


def _labels(given: Iterable[str]) -> frozenset[str]:
    """`"phi"` means `["phi"]`; its letters would keep nothing local."""
    return frozenset([given] if isinstance(given, str) else given)


def _call(runtime: Runtime, operation: Operation, body: bytes, labels: frozenset[str]) -> Call:
    return Call(
        operation=operation,
        dialect=runtime.client_dialects["openai_chat"],
        body=body,
        caller=LIBRARY_CALLER,
        labels=labels,
    )


def _whole(reply: Whole) -> Record:
    answer = record(reply.body)
    answer["headgate"] = _about(reply.attempt)
    return answer


def _about(attempt: Attempt) -> Record:
    return Record(decision=attempt.job.id, target=attempt.target.name, attempts=attempt.job.tries)
