"""Paths to handlers, nothing else."""

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route as HttpRoute
from starlette.types import ASGIApp

from headgate.core.inbound import Operation
from headgate.gateway.conversations import DIALECT as WITH_CONVERSATIONS
from headgate.gateway.conversations import Handler
from headgate.gateway.count_tokens import TokenCounter
from headgate.gateway.loading import DIALECTS as LOADED_ON_REQUEST
from headgate.gateway.loading import ModelLoader
from headgate.runtime.build import Runtime
from headgate.server.auth import Keys
from headgate.server.batch_routes import BatchRoutes
from headgate.server.budget_routes import BudgetRoutes
from headgate.server.dialect_routes import DialectEndpoint
from headgate.server.feedback_routes import FeedbackRoutes
from headgate.server.gateway_routes import GatewayRoutes
from headgate.server.health_routes import HealthRoutes
from headgate.server.ollama_routes import OllamaRoutes
from headgate.server.openapi import openapi_routes
from headgate.server.page import page_routes
from headgate.server.pass_through_routes import PassThroughRoutes
from headgate.server.plan_routes import PlanRoutes
from headgate.server.responses_routes import ResponsesRoutes
from headgate.server.scan_routes import ScanRoutes
from headgate.wire.dialect import ClientDialect

_TOLD = (
    "x-headgate-cascade",
    "x-headgate-decision",
    "x-headgate-masked",
    "x-headgate-target",
    "x-request-id",
)
"""Headers that pages of other origins may read."""


def dialect_endpoints(runtime: Runtime, keys: Keys) -> Mapping[str, DialectEndpoint]:
    """Every operation of every client dialect, by path."""
    counter = TokenCounter(runtime.gateway)
    loader = ModelLoader(runtime.gateway)
    keep_alive_s = runtime.settings.server.keep_alive_s if _makes_wait(runtime) else None

    def handler(dialect: ClientDialect, operation: Operation) -> Handler:
        if operation == "count_tokens":
            return counter
        if operation == "chat" and dialect.name in LOADED_ON_REQUEST:
            return loader
        return runtime.conversations if dialect.name == WITH_CONVERSATIONS else runtime.gateway

    return {
        path: DialectEndpoint(
            gateway=handler(dialect, operation),
            keys=keys,
            dialect=dialect,
            operation=operation,
            body_limit_bytes=runtime.settings.server.limits.body_bytes,
            keep_alive_s=keep_alive_s,
        )
        for dialect in runtime.client_dialects.values()
        for path, operation in dialect.endpoints.items()
    }


def _makes_wait(runtime: Runtime) -> bool:
    """Whether a stream may have to wait here: for a model, for a slot, to be judged."""
    routes = runtime.gateway.routes
    return any(target.engine is not None for target in routes.targets.values()) or any(
        route.cascade is not None or route.demands.max_wait_ms is not None
        for route in routes.by_name.values()
    )


def create_app(runtime: Runtime, keys: Keys, endpoints: Mapping[str, DialectEndpoint]) -> ASGIApp:
    """The ASGI application of a runtime."""
    gateway = GatewayRoutes(runtime, keys)
    passed, has_batches = PassThroughRoutes(runtime, keys), runtime.settings.batches.enabled
    app = Starlette(
        routes=[
            *(HttpRoute(path, e, methods=["POST"]) for path, e in endpoints.items()),
            *HealthRoutes(runtime).routes(),
            HttpRoute("/health/backends", gateway.backends),
            HttpRoute("/v1/models", gateway.models),
            HttpRoute("/v1/models/{model:path}", gateway.model),
            HttpRoute("/v1/decide", gateway.decide, methods=["POST"]),
            HttpRoute("/v1/decisions/{decision_id}", gateway.explain),
            *FeedbackRoutes(runtime, keys).routes(),
            *BudgetRoutes(runtime, keys).routes(),
            *ResponsesRoutes(runtime, keys).routes(),
            *(BatchRoutes(runtime, keys, passed).routes() if has_batches else ()),
            *passed.routes(),
            *OllamaRoutes(runtime, keys).routes(),
            *PlanRoutes(runtime, keys).routes(),
            *ScanRoutes(runtime, keys).routes(),
            *openapi_routes(),
            *page_routes(),
        ],
        exception_handlers=gateway.exception_handlers,
    )
    origins = runtime.settings.server.cors_origins
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["*"],
        expose_headers=_TOLD,
    )
