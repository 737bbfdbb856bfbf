"""Kept responses over HTTP: read again, listed by their input, dropped.

Every key sees its own only. Responses that a backend keeps are not to be had from here:
Headgate's key to that backend would show one client what another has asked.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from headgate.core.errors import InvalidRequest
from headgate.gateway.response_store import Kept, ResponseNotFound, ResponseStore
from headgate.runtime.build import Runtime
from headgate.server.asgi import by_name
from headgate.server.auth import Keys
from headgate.wire.responses.kept import listed

DEFAULT_ITEMS = 20
MOST_ITEMS = 100
_PATH = "/v1/responses/{response_id}"


class ResponsesRoutes:
    """Behind the same keys as the request path."""

    def __init__(self, runtime: Runtime, keys: Keys) -> None:
        """Show what `runtime` keeps to those who hold one of `keys`."""
        self._store = runtime.conversations.store
        self._keys = keys

    def routes(self) -> list[Route]:
        """Paths to handlers."""
        return [
            Route(_PATH, self.read),
            Route(_PATH, self.drop, methods=["DELETE"]),
            Route(f"{_PATH}/input_items", self.items),
            Route(f"{_PATH}/cancel", self.cancel, methods=["POST"]),
        ]

    async def read(self, request: Request) -> Response:
        """A response as it was answered."""
        kept = self._kept(request)
        if request.query_params.get("stream") == "true":
            raise InvalidRequest(
                "stream: a response that is complete is not streamed again", param="stream"
            )
        return Response(kept.body, media_type="application/json")

    async def drop(self, request: Request) -> Response:
        """Drop a response; later turns that go on from it keep what they hold."""
        owner, store, identity = self._asked(request)
        if not store.forget(owner, identity):
            raise _not_found(identity)
        return _json({"id": identity, "object": "response", "deleted": True})

    async def items(self, request: Request) -> Response:
        """What a response was given, the newest first unless told otherwise."""
        kept = self._kept(request)
        found = listed(kept.items, kept.id)
        if _word(request, "order", ("desc", "asc")) == "desc":
            found.reverse()
        after = request.query_params.get("after")
        if after is not None:
            places = [index for index, item in enumerate(found) if item["id"] == after]
            if not places:
                raise InvalidRequest(f"after: there is no item `{after}`", param="after")
            found = found[places[0] + 1 :]
        limit = _limit(request)
        return _json(_page(found[:limit], has_more=len(found) > limit))

    async def cancel(self, request: Request) -> Response:
        """Refused: nothing is answered in the background."""
        self._keys.caller(by_name(request.scope["headers"]))
        raise InvalidRequest(
            "only a response in the background can be cancelled, and Headgate makes none",
            hint="close the connection of the request to end it",
        )

    def _kept(self, request: Request) -> Kept:
        owner, store, identity = self._asked(request)
        kept = store.find(owner, identity)
        if kept is None:
            raise _not_found(identity)
        return kept

    def _asked(self, request: Request) -> tuple[str | None, ResponseStore, str]:
        caller = self._keys.caller(by_name(request.scope["headers"]))
        if self._store is None:
            raise ResponseNotFound(
                "Headgate keeps no responses here",
                hint="the operator may set `server.responses.store: memory`",
            )
        return caller.name, self._store, request.path_params["response_id"]


def _not_found(identity: str) -> ResponseNotFound:
    return ResponseNotFound(f"there is no response `{identity}`, or no longer")


def _page(items: list[dict[str, Any]], *, has_more: bool) -> Mapping[str, Any]:
    return {
        "object": "list",
        "data": items,
        "first_id": items[0]["id"] if items else None,
        "last_id": items[-1]["id"] if items else None,
        "has_more": has_more,
    }


def _limit(request: Request) -> int:
    given = request.query_params.get("limit", str(DEFAULT_ITEMS))
    if not given.isdecimal() or not 1 <= int(given) <= MOST_ITEMS:
        raise InvalidRequest(f"limit: expected 1 to {MOST_ITEMS}, got `{given}`", param="limit")
    return int(given)


def _word(request: Request, name: str, words: tuple[str, ...]) -> str:
    given = request.query_params.get(name, words[0])
    if given not in words:
        wanted = " or ".join(f"`{word}`" for word in words)
        raise InvalidRequest(f"{name}: expected {wanted}, got `{given}`", param=name)
    return given


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
