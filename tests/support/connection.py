"""One connection of the stand-in upstream: h11 reads, behaviours write."""

import asyncio
import re
from collections.abc import Callable
from time import monotonic
from typing import Any, Protocol

import h11
import msgspec
from typing_extensions import override

from support.answers import Asked, Kind
from support.anthropic_shapes import CountShape, MessageShape, models_page
from support.bedrock_shapes import ConverseShape
from support.behaviours import Behaviour
from support.cohere_shapes import CohereChat, CohereEmbeddings, CohereRanking
from support.gemini_shapes import GeminiEmbeddings, GeminiShape, gemini_models
from support.ollama_shapes import (
    OllamaEmbeddingsShape,
    OllamaEmbedShape,
    OllamaPromptShape,
    OllamaShape,
    ps_body,
    pull_lines,
    show_body,
    tags_body,
    version_body,
)
from support.openai_shapes import ChatShape, CompletionShape, EmbeddingShape, models_body
from support.reply import Exchange, Reply
from support.rerank_shapes import ModerationShape, RerankShape
from support.responses_shapes import ResponsesShape
from support.shapes import ErrorSaid, Refused, Shape

_PREFIX = r"(?:/v1|/openai/v1|/openai/deployments/[^/]+)"
_PLACES: tuple[tuple[re.Pattern[str], Shape, Kind], ...] = (
    (re.compile(_PREFIX + "/chat/completions"), ChatShape(), "chat"),
    (re.compile(_PREFIX + "/responses"), ResponsesShape(), "chat"),
    (re.compile(_PREFIX + "/completions"), CompletionShape(), "completion"),
    (re.compile(_PREFIX + "/embeddings"), EmbeddingShape(), "embedding"),
    (re.compile(_PREFIX + "/rerank"), RerankShape(), "rerank"),
    (re.compile(_PREFIX + "/moderations"), ModerationShape(), "moderation"),
    (re.compile("/v1/messages"), MessageShape(), "chat"),
    (re.compile("/v1/messages/count_tokens"), CountShape(), "count_tokens"),
    (re.compile("/api/chat"), OllamaShape(), "chat"),
    (re.compile("/api/generate"), OllamaPromptShape(), "chat"),
    (re.compile("/api/embed"), OllamaEmbedShape(), "embedding"),
    (re.compile("/api/embeddings"), OllamaEmbeddingsShape(), "embedding"),
    (re.compile("/v2/chat"), CohereChat(), "chat"),
    (re.compile("/v2/embed"), CohereEmbeddings(), "embedding"),
    (re.compile("/v2/rerank"), CohereRanking(), "rerank"),
    (re.compile("/v1(?:beta)?/models/[^/:]+:(?:g|streamG)enerateContent"), GeminiShape(), "chat"),
    (re.compile("/v1(?:beta)?/models/[^/:]+:batchEmbedContents"), GeminiEmbeddings(), "embedding"),
    (re.compile("/model/[^/]+/converse(?:-stream)?"), ConverseShape(), "chat"),
)
_MODEL_PATHS = frozenset({"/api/show", "/api/pull", "/api/delete"})
_NOT_FOUND = ErrorSaid(message="Nothing is served here", type="invalid_request_error", code="404")
_NOT_JSON = ErrorSaid(message="The body is not a JSON object", type="invalid_request_error")


class Host(Protocol):
    """Who keeps the records and knows what is next."""

    models: tuple[str, ...]

    def next_behaviour(self) -> Behaviour: ...
    def opened(self, connection: "Connection") -> int: ...
    def closed(self, connection: "Connection") -> None: ...
    def record(self, exchange: Exchange) -> None: ...
    def noted(self) -> None: ...
    def failed(self, fault: BaseException) -> None: ...


class Connection(asyncio.Protocol):
    """Reads requests one after the other and has each answered by a behaviour."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._parser = h11.Connection(h11.SERVER)
        self._number = 0
        self._head: h11.Request | None = None
        self._body = bytearray()
        self._task: asyncio.Task[None] | None = None
        self._exchange: Exchange | None = None
        self._is_closing = False
        self._drained = asyncio.Event()
        self._drained.set()

    @property
    def is_idle(self) -> bool:
        """No request is being read or answered."""
        return self._task is None and self._head is None

    def close(self) -> None:
        """Close from our side; what is under way was not aborted by the peer."""
        self._is_closing = True
        if self._task is not None:
            self._task.cancel()
        self._transport.close()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._number = self._host.opened(self)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        exchange = self._exchange
        if self._task is not None:
            self._task.cancel()
        if exchange is not None and exchange.finished_at is None and not self._is_closing:
            exchange.aborted_at = monotonic()
        self._host.closed(self)

    @override
    def pause_writing(self) -> None:
        self._drained.clear()

    @override
    def resume_writing(self) -> None:
        self._drained.set()

    @override
    def data_received(self, data: bytes) -> None:
        try:
            self._parser.receive_data(data)
            self._read()
        except h11.RemoteProtocolError as fault:
            self._host.failed(fault)
            self._transport.abort()

    def _read(self) -> None:
        """Take what the parser has; one request at a time, even if more were sent at once."""
        while self._task is None:
            event = self._parser.next_event()
            if isinstance(event, h11.Request):
                self._head, self._body = event, bytearray()
            elif isinstance(event, h11.Data):
                self._body += event.data
            elif isinstance(event, h11.EndOfMessage):
                self._task = asyncio.get_running_loop().create_task(self._serve())
            else:
                return

    async def _serve(self) -> None:
        assert self._head is not None
        exchange = self._exchange = _exchange(self._head, bytes(self._body), self._number)
        self._host.record(exchange)
        reply = Reply(exchange, self._transport, self._drained)
        try:
            await self._answer(reply)
        except Exception as fault:
            self._host.failed(fault)
            self._transport.abort()
            return
        exchange.finished_at = exchange.finished_at or monotonic()
        self._host.noted()
        if exchange.headers.get("connection", "").lower() == "close":
            self._transport.close()
        elif reply.keeps_alive:
            self._next()

    async def _answer(self, reply: Reply) -> None:
        exchange = reply.exchange
        if exchange.method == "GET":
            await self._answer_get(reply)
            return
        if exchange.path in _MODEL_PATHS:
            await self._answer_about_model(reply)
            return
        place = _place(exchange)
        if place is None:
            await reply.whole(404, ChatShape().error(_NOT_FOUND))
            return
        shape, kind = place
        body = _json_object(exchange.body)
        if body is None:
            await reply.whole(400, shape.error(_NOT_JSON))
            return
        if isinstance(shape, GeminiShape | GeminiEmbeddings | ConverseShape):
            heard = shape.heard(exchange)
            if isinstance(heard, Refused):
                await reply.whole(heard.status, shape.error(heard.error))
                return
            body = dict(heard)
        is_ollama = isinstance(shape, OllamaShape)
        asked = Asked(
            kind=kind,
            number=exchange.number,
            body=body,
            is_azure="/deployments/" in exchange.path,
        )
        is_stream = kind in {"chat", "completion"} and bool(body.get("stream", is_ollama))
        reply.about(shape, asked, is_stream=is_stream)
        behaviour = self._host.next_behaviour()
        exchange.behaviour = behaviour.name
        await behaviour.respond(reply)

    async def _answer_about_model(self, reply: Reply) -> None:
        """Ollama's own ways to show, pull and delete a model; behaviours do not apply."""
        body = reply.exchange.json
        model = str(body["model"])
        asked = Asked(kind="chat", number=reply.exchange.number, body=body)
        reply.about(OllamaShape(), asked, is_stream=bool(body.get("stream", True)))
        if reply.exchange.path == "/api/pull":
            lines = pull_lines(model)
            if reply.is_stream:
                reply.start()
                for line in lines:
                    await reply.piece(line)
                reply.end()
            else:
                await reply.whole(500 if b'"error"' in lines[-1] else 200, lines[-1])
        elif model not in self._host.models:
            error = ErrorSaid(message=f"model '{model}' not found", type="")
            await reply.whole(404, OllamaShape().error(error))
        else:
            await reply.whole(200, show_body() if reply.exchange.path == "/api/show" else b"")

    async def _answer_get(self, reply: Reply) -> None:
        pages = {
            "/v1/models": _models_page(reply.exchange)(self._host.models),
            "/v1beta/models": gemini_models(self._host.models),
            "/api/version": version_body(),
            "/api/tags": tags_body(self._host.models),
            "/api/ps": ps_body(self._host.models),
            "/health": b'{"status":"ok"}',
        }
        page = pages.get(reply.exchange.path)
        if page is None:
            await reply.whole(404, ChatShape().error(_NOT_FOUND))
        else:
            await reply.whole(200, page)

    def _next(self) -> None:
        """Go on with the next request, which may be here already."""
        rest, _ = self._parser.trailing_data
        self._parser = h11.Connection(h11.SERVER)
        self._task = self._head = self._exchange = None
        if rest:
            self._parser.receive_data(rest)
        self._read()


def _exchange(head: h11.Request, body: bytes, connection: int) -> Exchange:
    path, _, query = head.target.decode("latin-1").partition("?")
    return Exchange(
        number=0,
        connection=connection,
        method=head.method.decode(),
        path=path,
        query=query,
        headers={name.decode(): value.decode("latin-1") for name, value in head.headers},
        body=body,
        arrived_at=monotonic(),
    )


def _models_page(exchange: Exchange) -> Callable[[tuple[str, ...]], bytes]:
    """How the API that somebody speaks lists models, told by a header that only it has."""
    if "anthropic-version" in exchange.headers:
        return models_page
    return gemini_models if "x-goog-api-key" in exchange.headers else models_body


def _place(exchange: Exchange) -> tuple[Shape, Kind] | None:
    if exchange.path.startswith("/openai/deployments/") and "api-version=" not in exchange.query:
        return None
    for pattern, shape, kind in _PLACES:
        if pattern.fullmatch(exchange.path):
            return shape, kind
    return None


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None
    return found if isinstance(found, dict) else None
