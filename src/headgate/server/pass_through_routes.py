"""Files and batches of OpenAI's API, passed on to one target that has them.

What is in a file nobody here reads: it is not scanned for personal data, not priced and not
in the ledger. So these routes are closed where any route restricts where data may go, to keys
that are held to some routes, and to requests that carry a label. The client's key stays here,
the target's goes out; of the headers only those that describe the body pass, in either way.
"""

import re
from collections.abc import Awaitable

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from headgate.backends.exchange import Exchange, Upload
from headgate.core.errors import Forbidden, InvalidRequest, UpstreamError
from headgate.gateway.attempts import for_client
from headgate.gateway.handle import Caller
from headgate.gateway.target import Target
from headgate.policy.decision import RequestFacts
from headgate.runtime.build import Runtime
from headgate.server.asgi import by_name
from headgate.server.auth import Keys
from headgate.server.passing import PassedBack, passed_on
from headgate.server.said import declared_labels, said_in

COLLECTIONS = ("files", "batches")
_ITEM = re.compile(r"[A-Za-z0-9_.-]+(/(content|cancel))?")
_ONLY_DOTS = re.compile(r"\.+(/.*)?")
_QUERY = re.compile(r"[A-Za-z0-9_.~%&=+-]*")
_PASSED_BACK = ("content-type", "content-disposition")


class PassThroughRoutes:
    """`/v1/files` and `/v1/batches`, with everything under them."""

    def __init__(self, runtime: Runtime, keys: Keys) -> None:
        """Pass on to targets of `runtime` for those who hold one of `keys`."""
        self._runtime = runtime
        self._keys = keys

    def routes(self) -> list[BaseRoute]:
        """Where they are served."""
        return [
            route
            for name in COLLECTIONS
            for route in (
                self._route(f"/v1/{name}", {"GET", "POST"}),
                self._route(f"/v1/{name}/{{item:path}}", {"GET", "POST", "DELETE"}),
            )
        ]

    def _route(self, path: str, methods: set[str]) -> Route:
        route = Route(path, self.collection)
        # Not by the argument, which adds HEAD to GET: no client of this API asks so.
        route.methods = methods
        return route

    async def collection(self, request: Request) -> Response:
        """Pass one request on, and its answer back, both as they come."""
        headers = by_name(request.scope["headers"])
        caller = self._check_caller(headers)
        collection = request.url.path.split("/")[2]
        target = self._target(headers, collection)
        if request.method == "POST" and request.url.path == "/v1/batches":
            self._check_budgets(caller, headers, target)
        path = target.provider.passes[collection] + _rest(request)
        limit = self._runtime.settings.server.limits.file_bytes
        # A file of this size takes its time; only standing still is a fault.
        timeouts = replace(target.timeouts, total_s=None)

        def send(upload: Upload | None) -> Awaitable[Exchange]:
            return target.upstream.send(request.method, path, timeouts=timeouts, upload=upload)

        try:
            exchange = await passed_on(request, limit, send)
        except UpstreamError as error:
            error.target = target.name
            raise for_client(error) from error
        passed = {n: exchange.headers[n] for n in _PASSED_BACK if n in exchange.headers}
        passed["x-headgate-target"] = target.name
        return PassedBack(exchange, passed, limit=limit, stall_s=timeouts.stall_s)

    def _check_budgets(self, caller: Caller, headers: dict[bytes, bytes], target: Target) -> None:
        """Nobody here would see what such a batch costs."""
        budgets = self._runtime.gateway.budgets
        asking = RequestFacts(
            operation="chat",
            route="",
            input_tokens=0,
            expected_output_tokens=0,
            key=caller.name,
            team=caller.team,
            tags=caller.tags | said_in(headers).get("tags", frozenset()),
        )
        counted_by = None if budgets is None else budgets.counted_by(target, asking)
        if counted_by is not None:
            raise Forbidden(
                f"{counted_by} counts what is asked of `{target.name}`, and could not count this",
                hint="batches that are answered here are counted: leave `x-headgate-target` out, "
                "and `batches.enabled` true",
            )

    def _check_caller(self, headers: dict[bytes, bytes]) -> Caller:
        caller = self._keys.caller(headers)
        if caller.routes is not None:
            raise Forbidden("this key is held to some routes, and files belong to none")
        if not self._runtime.gateway.routes.open_names:
            raise Forbidden(
                "files are not looked into, and a route here restricts where data may go",
                hint="send them to the provider itself, if they may go there",
            )
        if caller.labels or declared_labels(headers):
            raise Forbidden("what carries a label stays local, and files do not")
        return caller

    def _target(self, headers: dict[bytes, bytes], collection: str) -> Target:
        routes, used = self._runtime.gateway.routes, self._runtime.settings.environment_targets
        ranked = [place.target for place in routes.default.places] + list(routes.targets.values())
        fitting = {
            target.name: target
            for target in ranked
            if collection in target.provider.passes and (used is None or target.name in used)
        }
        named = headers.get(b"x-headgate-target")
        if named is not None:
            found = fitting.get(named.decode("latin-1"))
            if found is None:
                raise InvalidRequest(
                    f"x-headgate-target: no target of that name has {collection}",
                    param="x-headgate-target",
                )
            return found
        if not fitting:
            raise InvalidRequest(
                f"no target here has {collection}: some backends of OpenAI's API do"
            )
        return next(iter(fitting.values()))


def _rest(request: Request) -> str:
    """What follows the collection's own path, where it is a path of this API.

    Raises:
        InvalidRequest: It is none.
    """
    item, query = request.path_params.get("item", ""), request.url.query
    if item and (not _ITEM.fullmatch(item) or _ONLY_DOTS.fullmatch(item)):
        raise InvalidRequest(f"there is nothing at {request.method} {request.url.path}")
    if not _QUERY.fullmatch(query):
        raise InvalidRequest("the query holds what no parameter of this API does")
    return (f"/{item}" if item else "") + (f"?{query}" if query else "")
