"""Is it alive, may it get traffic, how is it doing."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from headgate.runtime.build import Runtime


class HealthRoutes:
    """For load balancers and Prometheus: no key needed, nothing of requests shown."""

    def __init__(self, runtime: Runtime) -> None:
        """Watch `runtime`."""
        self._runtime = runtime

    def routes(self) -> list[BaseRoute]:
        """Where they ask."""
        return [
            Route("/livez", self.live),
            Route("/health/liveliness", self.live),
            Route("/readyz", self.ready),
            Route("/health/readiness", self.ready),
            Route("/metrics", self.metrics),
        ]

    async def live(self, _: Request) -> Response:
        """The process answers; depends on nothing else."""
        return JSONResponse({"status": "ok"})

    async def ready(self, _: Request) -> Response:
        """Some target may be tried, and the server is not draining."""
        now = self._runtime.clock.monotonic()
        targets = self._runtime.gateway.routes.targets.values()
        usable = [t.name for t in targets if t.health.breaker(now) != "open"]
        is_ready = bool(usable) and not self._runtime.is_draining
        body = {"status": "ready" if is_ready else "not ready", "usable_targets": usable}
        return JSONResponse(body, status_code=200 if is_ready else 503)

    async def metrics(self, _: Request) -> Response:
        """Prometheus' text format."""
        body, media_type = await run_in_threadpool(self._runtime.metrics.text)
        return Response(body, media_type=media_type)
