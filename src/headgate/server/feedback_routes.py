"""`POST /v1/feedback`: how good an answer was, for routes that learn."""

from typing import Literal

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from headgate.core.errors import InvalidRequest
from headgate.runtime.build import Runtime
from headgate.server.asgi import by_name
from headgate.server.auth import Keys
from headgate.server.compression import read_unpacked

LARGEST = 65_536
THUMBS = {"up": 1.0, "down": 0.0}


class Feedback(Struct):
    """One rating. Comments and whatever else is sent are not read."""

    decision: str
    """The answer's `x-headgate-decision`."""
    score: float | None = None
    """0 (useless) to 1 (as good as can be)."""
    thumb: Literal["up", "down"] | None = None


class FeedbackRoutes:
    """Ratings of answers that a key was given."""

    def __init__(self, runtime: Runtime, keys: Keys) -> None:
        """Take ratings for `runtime` from those who hold one of `keys`."""
        self._runtime = runtime
        self._keys = keys

    def routes(self) -> list[BaseRoute]:
        """Where they are taken."""
        return [Route("/v1/feedback", self.rate, methods=["POST"])]

    async def rate(self, request: Request) -> Response:
        """Take one rating."""
        headers = by_name(request.scope["headers"])
        caller = self._keys.caller(headers)
        body = await read_unpacked(headers, request.receive, LARGEST)
        try:
            given = msgspec.json.decode(body, type=Feedback)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InvalidRequest(f"not a rating: {error}") from error
        if (given.score is None) == (given.thumb is None):
            raise InvalidRequest("give either `score` (0 to 1) or `thumb` (`up` or `down`)")
        quality = given.score if given.thumb is None else THUMBS[given.thumb]
        assert quality is not None
        await self._runtime.learning.rate(given.decision, quality, caller.name)
        return Response(
            msgspec.json.encode({"decision": given.decision, "taken": True}),
            media_type="application/json",
        )
