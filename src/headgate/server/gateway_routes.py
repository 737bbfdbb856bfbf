"""What can be asked about the gateway itself: its models, its targets, its decisions."""

from collections.abc import Mapping

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from headgate.core.errors import HeadgateError, InvalidRequest
from headgate.gateway.handle import Call, Caller
from headgate.ledger.export import plain
from headgate.ledger.queries import DecisionNotFound
from headgate.policy.outlook import outlooks
from headgate.policy.words import in_words
from headgate.runtime.build import Runtime
from headgate.server.asgi import ClientGone, by_name
from headgate.server.auth import Keys
from headgate.server.compression import read_unpacked
from headgate.server.model_list import anthropic_card, anthropic_page, is_anthropic
from headgate.server.problem import problem_headers
from headgate.server.said import said_in


class GatewayRoutes:
    """Behind the same keys as the request path."""

    def __init__(self, runtime: Runtime, keys: Keys) -> None:
        """Answer about `runtime` to those who hold one of `keys`."""
        self._runtime = runtime
        self._keys = keys
        self._dialect = runtime.client_dialects["openai_chat"]
        self.exception_handlers = {
            HeadgateError: self._problem,
            HTTPException: self._http_problem,
            ClientGone: _gone,
        }

    async def models(self, request: Request) -> Response:
        """Every name a client may send as `model`, in the list shape of its API."""
        names = self._names(self._caller(request))
        if is_anthropic(request.headers):
            page = anthropic_page(names, self._runtime.started_at, request.query_params)
            return _json(page)
        return _json({"object": "list", "data": [self._card(n) for n in names]})

    async def model(self, request: Request) -> Response:
        """One of them."""
        caller = self._caller(request)
        name = request.path_params["model"]
        self._runtime.gateway.routes.resolve(name, caller.routes)
        if is_anthropic(request.headers):
            return _json(anthropic_card(name, self._runtime.started_at))
        return _json(self._card(name))

    async def backends(self, request: Request) -> Response:
        """How each target has been doing, from real traffic; sends nothing."""
        self._caller(request)
        now = self._runtime.clock.monotonic()
        return _json(
            {
                target.name: {
                    "breaker": target.health.breaker(now),
                    "in_flight": target.health.in_flight,
                    "failures_in_a_row": target.health.failures_in_a_row,
                    "ttft_ms": target.health.ttft_ms,
                    "output_tokens_per_s": target.health.output_tokens_per_s,
                    "engine": target.engine.state if target.engine is not None else None,
                    **target.room(now),
                }
                for target in self._runtime.gateway.routes.targets.values()
            }
        )

    async def decide(self, request: Request) -> Response:
        """What would be done with a chat request; sends and records nothing."""
        caller = self._caller(request)
        headers = by_name(request.scope["headers"])
        limit = self._runtime.settings.server.limits.body_bytes
        call = Call(
            operation="chat",
            dialect=self._dialect,
            body=await read_unpacked(headers, request.receive, limit),
            caller=caller,
            **said_in(headers),
        )
        prepared = await self._runtime.gateway.prepared(call)
        facts, decision = prepared.facts, prepared.decision
        return _json(
            {
                "facts": facts,
                "decision": decision,
                "words": in_words(facts),
                "outlook": outlooks(facts, decision),
            }
        )

    async def explain(self, request: Request) -> Response:
        """Why a recorded request went where it went; a key sees its own requests only."""
        caller = self._caller(request)
        decision_id = request.path_params["decision_id"]
        explanation = await run_in_threadpool(self._runtime.explain, decision_id)
        if caller.name is not None and explanation.recorded.key_name != caller.name:
            raise DecisionNotFound(f"the ledger has no decision `{decision_id}` of this key")
        return _json(plain(explanation))

    def _caller(self, request: Request) -> Caller:
        return self._keys.caller(by_name(request.scope["headers"]))

    def _names(self, caller: Caller) -> list[str]:
        return self._runtime.gateway.routes.names(caller.routes)

    def _card(self, name: str) -> Mapping[str, object]:
        return {
            "id": name,
            "object": "model",
            "created": int(self._runtime.started_at),
            "owned_by": "headgate",
        }

    async def _problem(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HeadgateError)
        name = "anthropic" if is_anthropic(request.headers) else "openai_chat"
        dialect = self._runtime.client_dialects[name]
        status = dialect.status_of(error)
        response = Response(dialect.encode_error(error), status_code=status)
        response.raw_headers.extend(problem_headers(error, self._runtime.clock.now()))
        return response

    async def _http_problem(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        missing = InvalidRequest(f"there is nothing at {request.method} {request.scope['path']}")
        missing.http_status = error.status_code
        response = await self._problem(request, missing)
        response.headers.update(error.headers or {})
        return response


async def _gone(_: Request, __: Exception) -> Response:
    """Nobody is there to read it; an exception would be logged as a fault of ours."""
    return Response(status_code=499)


def _json(value: object) -> Response:
    return Response(
        msgspec.json.encode(value, order="deterministic"), media_type="application/json"
    )
