"""Files and batches of OpenAI's API, passed on to one target that has them.

What is in a file nobody here reads: it is not scanned for personal data, not priced and not
in the ledger. So these routes are closed where any route restricts where data may go, to keys
that are held to some routes, and to requests that carry a label. The client's key stays here,
the target's goes out; of the headers only those that describe the body pass, in either way.
"""

import re
from collections.abc import AsyncIterator

from msgspec.structs import replace
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from headgate.backends.exchange import Exchange, Upload
from headgate.core.errors import Forbidden, HeadgateError, InvalidRequest, UpstreamError
from headgate.gateway.attempts import for_client
from headgate.gateway.target import Target
from headgate.runtime.build import Runtime
from headgate.server.asgi import ClientGone, by_name, check_declared_length, too_large
from headgate.server.auth import Keys
from headgate.server.dialect_routes import declared_labels

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
        methods = ["GET", "POST", "DELETE"]
        return [
            route
            for name in COLLECTIONS
            for route in (
                Route(f"/v1/{name}", self.collection, methods=["GET", "POST"], name=name),
                Route(f"/v1/{name}/{{item:path}}", self.collection, methods=methods, name=name),
            )
        ]

    async def collection(self, request: Request) -> Response:
        """Pass one request on, and its answer back, both as they come."""
        headers = by_name(request.scope["headers"])
        self._check_caller(headers)
        collection = request.url.path.split("/")[2]
        target = self._target(headers, collection)
        path = target.provider.passes[collection] + _rest(request)
        limit = self._runtime.settings.server.limits.file_bytes
        upload = None
        if request.method == "POST":
            check_declared_length(headers, limit, "file_mib")
            upload = _upload(request, headers, limit)
        # A file of this size takes its time; only standing still is a fault.
        timeouts = replace(target.timeouts, total_s=None)
        try:
            exchange = await target.upstream.send(
                request.method, path, timeouts=timeouts, upload=upload
            )
        except ClientDisconnect as error:
            raise ClientGone from error
        except UpstreamError as error:
            error.target = target.name
            raise for_client(error) from error
        passed = {n: exchange.headers[n] for n in _PASSED_BACK if n in exchange.headers}
        return StreamingResponse(
            _pieces(exchange, timeouts.stall_s),
            exchange.status,
            {**passed, "x-headgate-target": target.name},
        )

    def _check_caller(self, headers: dict[bytes, bytes]) -> None:
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


def _upload(request: Request, headers: dict[bytes, bytes], limit: int) -> Upload | None:
    length = headers.get(b"content-length")
    if length == b"0" or (length is None and b"transfer-encoding" not in headers):
        return None
    return Upload(
        pieces=_limited(request.stream(), limit),
        length=int(length) if length is not None and length.isdigit() else None,
        content_type=headers.get(b"content-type", b"application/json").decode("latin-1"),
    )


async def _limited(pieces: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes]:
    """The pieces, as long as they are not too many.

    Raises:
        TooLarge: They are.
    """
    total = 0
    async for piece in pieces:
        total += len(piece)
        if total > limit:
            raise too_large(limit, "file_mib")
        yield piece


async def _pieces(exchange: Exchange, stall_s: float | None) -> AsyncIterator[bytes]:
    """The answer's body; whoever stops reading drops the backend's connection."""
    try:
        exchange.expect("stall", stall_s)
        while piece := await exchange.chunk():
            yield piece
            exchange.expect("stall", stall_s)
    except HeadgateError as error:
        # The status is out: an answer that breaks off is all that can still tell.
        raise ConnectionError(error.message) from error
    finally:
        exchange.close()
