"""What tools made for Ollama ask beside chats: is it there, which models, may I have another.

Every answer is in Ollama's shapes, errors included, and behind the same keys as the request
path. A key sees its own routes only.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import msgspec
from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope
from typing_extensions import override

from headgate.backends.exchange import Exchange
from headgate.core.errors import Forbidden, HeadgateError, InvalidRequest, UpstreamError
from headgate.engine.supervisor import Supervisor
from headgate.gateway.handle import Caller
from headgate.gateway.route import USUAL_TAG, Resolved
from headgate.runtime.build import Runtime
from headgate.server.asgi import by_name
from headgate.server.auth import Keys
from headgate.server.compression import read_unpacked
from headgate.server.ollama_keepers import Keepers
from headgate.server.ollama_models import description, running, tag, tagged
from headgate.server.problem import problem_headers
from headgate.wire.complaints import complaint
from headgate.wire.members import UNREADABLE

VERSION = "0.33.0-0+headgate"
"""Of the API that is spoken, which clients compare, and who speaks it.

It is a version to `semver`, to Python's `packaging`, and to clients that look at the numbers
before the first dash (Open WebUI); what follows the plus is no part of a comparison.
"""
IS_RUNNING = "Ollama is running"
LINES = "application/x-ndjson"
_MAX_PULL_ANSWER_BYTES = 1024 * 1024
_SUCCESS: Mapping[str, str] = {"status": "success"}
_NOT_SERVED: Mapping[str, str] = {
    "/api/create": "models cannot be made here",
    "/api/push": "models cannot be pushed from here",
    "/api/copy": "models cannot be copied here: give the route another name under `models`",
    "/api/blobs/{digest}": "files cannot be sent here",
}

Handler = Callable[[Request], Awaitable[Response]]


class _Asked(Struct):
    """A body about one model; `name` is what it was called once."""

    model: str | None = None
    name: str | None = None
    stream: bool | None = None
    insecure: bool | None = None


_asked = msgspec.json.Decoder(_Asked)


class NotForBrowsers(Route):
    """A route that leaves whoever wants a page of HTML to the next one."""

    @override
    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether it is for this request."""
        if scope["type"] == "http":
            accepted = by_name(scope["headers"]).get(b"accept", b"")
            if b"text/html" in accepted.lower():
                return Match.NONE, {}
        return super().matches(scope)


class OllamaRoutes:
    """Discovery, and the models of Ollama backends where the operator lets clients have them."""

    def __init__(self, runtime: Runtime, keys: Keys) -> None:
        """Answer about `runtime` to those who hold one of `keys`."""
        self._runtime = runtime
        self._keys = keys
        self._dialect = runtime.client_dialects["ollama"]
        self._routes = runtime.gateway.routes
        self._keepers = Keepers(self._routes, runtime.settings)

    def routes(self) -> list[BaseRoute]:
        """Paths to handlers; the one for `/` must stand before the page's."""
        posted = {"/api/show": self.show, "/api/pull": self.pull}
        return [
            NotForBrowsers("/", self.root),
            Route("/api/version", self.version),
            Route("/api/tags", self._told(self.tags)),
            Route("/api/ps", self._told(self.processes)),
            *(Route(path, self._told(each), methods=["POST"]) for path, each in posted.items()),
            Route("/api/delete", self._told(self.delete), methods=["DELETE"]),
            *(
                Route(path, self._told(self._refusal(why)), methods=["POST", "HEAD"])
                for path, why in _NOT_SERVED.items()
            ),
        ]

    async def root(self, _: Request) -> Response:
        """What clients take for a sign that they have the right address."""
        return PlainTextResponse(IS_RUNNING)

    async def version(self, _: Request) -> Response:
        """Which version's API this is; known to anybody, as with Ollama."""
        return _json({"version": VERSION})

    async def tags(self, request: Request) -> Response:
        """Every name a client may send as `model`."""
        caller = self._caller(request)

        def entries() -> list[Mapping[str, Any]]:
            names = self._routes.names(caller.routes)
            started_at = self._runtime.started_at
            return [
                tag(tagged(name, names), self._routes.resolve(name), started_at) for name in names
            ]

        return _json({"models": await run_in_threadpool(entries)})

    async def show(self, request: Request) -> Response:
        """What is known of one model: of an Ollama backend's, what that backend says."""
        caller = self._caller(request)
        name = _name(await self._body(request))
        found = self._routes.resolve(name, caller.routes)
        if (place := self._keepers.place_of(found)) is not None:
            try:
                said = await place.keeper.show(place.model)
                return Response(said, media_type="application/json")
            except UpstreamError:
                # Not pulled yet, or not there: what we know ourselves is better than nothing.
                pass
        context = self._runtime.settings.engine.context_tokens
        started_at = self._runtime.started_at

        def shown() -> Mapping[str, Any]:
            return description(name, found, started_at, context_tokens=context)

        return _json(await run_in_threadpool(shown))

    async def processes(self, request: Request) -> Response:
        """The models that are in the memory of this machine."""
        caller = self._caller(request)
        named = {name: self._routes.resolve(name) for name in self._routes.names(caller.routes)}
        entries = (self._in_memory(each, named) for each in self._runtime.models.by_path.values())
        return _json({"models": [entry for entry in entries if entry is not None]})

    async def pull(self, request: Request) -> Response:
        """Fetch a model to an Ollama backend; one that is served from elsewhere is here already."""
        caller = self._caller(request)
        asked = await self._body(request)
        name = _name(asked)
        streams = asked.stream is not False
        place = self._keepers.find(name, caller.routes)
        here = {name, name.removesuffix(USUAL_TAG)}.intersection(self._routes.names(caller.routes))
        if place is None and here:
            return _done(streams=streams)
        self._check_allowed(caller)
        if place is None:
            raise self._keepers.nowhere(name)
        exchange = await place.keeper.pull(
            place.model, insecure=bool(asked.insecure), stream=streams
        )
        if streams:
            return StreamingResponse(self._lines(exchange), media_type=LINES)
        try:
            said = await exchange.read(_MAX_PULL_ANSWER_BYTES)
        finally:
            exchange.close()
        return Response(said, media_type="application/json")

    async def delete(self, request: Request) -> Response:
        """Remove a model from an Ollama backend."""
        caller = self._caller(request)
        name = _name(await self._body(request))
        self._check_allowed(caller)
        place = self._keepers.find(name, caller.routes)
        if place is None:
            raise self._keepers.not_ours(name)
        await place.keeper.delete(place.model)
        return Response()

    def _in_memory(
        self, engine: Supervisor, named: Mapping[str, Resolved]
    ) -> Mapping[str, Any] | None:
        """An entry under the name of the model, or the first that may lead to it; or none."""
        leads = {
            name: [p.target.model for p in found.route.places if p.target.engine is engine]
            for name, found in named.items()
        }
        names = [name for name, models in leads.items() if models]
        if engine.running is None or not names:
            return None
        name = next((each for each in names if each in leads[each]), names[0])
        return running(
            tagged(name, named),
            named[name],
            engine,
            now=self._runtime.clock.now(),
            idle_unload_s=self._runtime.settings.engine.idle_unload_s,
        )

    def _refusal(self, why: str) -> Handler:
        async def refuse(request: Request) -> Response:
            self._caller(request)
            raise InvalidRequest(why)

        return refuse

    def _check_allowed(self, caller: Caller) -> None:
        if not self._runtime.settings.server.allow_model_management:
            raise Forbidden(
                "clients may not manage models here",
                hint="the operator may set `server.allow_model_management: true`",
            )
        if caller.routes is not None:
            raise Forbidden("this key is held to some routes, so it may not manage models")

    async def _lines(self, exchange: Exchange) -> AsyncIterator[bytes]:
        try:
            while data := await exchange.chunk():
                yield data
        except HeadgateError as error:
            yield self._dialect.encode_stream_error(error)
        finally:
            exchange.close()

    async def _body(self, request: Request) -> _Asked:
        headers = by_name(request.scope["headers"])
        limit = self._runtime.settings.server.limits.body_bytes
        body = await read_unpacked(headers, request.receive, limit)
        try:
            return _asked.decode(body)
        except UNREADABLE as error:
            raise complaint(error, body) from error

    def _caller(self, request: Request) -> Caller:
        return self._keys.caller(by_name(request.scope["headers"]))

    def _told(self, handler: Handler) -> Handler:
        """The handler, its errors said in Ollama's words."""

        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except HeadgateError as error:
                body = self._dialect.encode_error(error)
                response = Response(body, status_code=self._dialect.status_of(error))
                response.raw_headers.extend(problem_headers(error, self._runtime.clock.now()))
                return response

        return answer


def _name(asked: _Asked) -> str:
    name = asked.model or asked.name
    if not name:
        raise InvalidRequest("model: it is needed", param="model")
    return name


def _done(*, streams: bool) -> Response:
    said = msgspec.json.encode(_SUCCESS)
    return Response(said + b"\n", media_type=LINES) if streams else _json(_SUCCESS)


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
