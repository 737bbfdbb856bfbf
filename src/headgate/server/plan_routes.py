"""The planner over HTTP: questions in, reports out."""

from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import anyio
import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from headgate.core.errors import HeadgateError, InvalidRequest
from headgate.estimate.traffic import Traffic
from headgate.planner.export import csv_text, markdown
from headgate.planner.link import from_query, question_of
from headgate.planner.question import Question
from headgate.planner.report import Report
from headgate.runtime.build import Runtime
from headgate.runtime.planning import choices, make_plan
from headgate.server.asgi import ClientGone, by_name, read_body
from headgate.server.auth import Keys
from headgate.server.report_page import report_page

T = TypeVar("T")
QUESTION_BYTES = 262_144
UPLOAD_BYTES = 2**31
PLANS_AT_ONCE = 1
"""A plan is all computing: more at once would only take the gateway's turn."""
EXPORTS: dict[str, tuple[Callable[[Report], str], str]] = {
    "csv": (csv_text, "text/csv; charset=utf-8"),
    "markdown": (markdown, "text/markdown; charset=utf-8"),
    "html": (report_page, "text/html; charset=utf-8"),
}
FILES_AT_ONCE = 1
Handler = Callable[["PlanRoutes", Request], Awaitable[Response]]


def _answering(handler: Handler) -> Handler:
    """Only for those with a key; our errors as JSON sentences."""

    @wraps(handler)
    async def answer(routes: "PlanRoutes", request: Request) -> Response:
        try:
            routes.keys.caller(by_name(request.scope["headers"]))
            return await handler(routes, request)
        except HeadgateError as error:
            return problem(error)
        except (ClientGone, ClientDisconnect):
            return Response(status_code=499)

    return answer


class PlanRoutes:
    """Behind the same keys as the request path."""

    def __init__(self, runtime: Runtime, keys: Keys) -> None:
        """Plan with what `runtime` knows, for those who hold one of `keys`."""
        self.keys = keys
        self._runtime = runtime
        self._turns = anyio.CapacityLimiter(PLANS_AT_ONCE)
        # Of its own: a large file is read for minutes, and plans go on meanwhile.
        self._reading = anyio.CapacityLimiter(FILES_AT_ONCE)

    def routes(self) -> list[BaseRoute]:
        """Where each is mounted."""
        return [
            Route("/api/plan", self.plan_link, methods=["GET"]),
            Route("/api/plan", self.plan, methods=["POST"]),
            Route("/api/plan/choices", self.choices, methods=["GET"]),
            Route("/api/plan/traffic", self.traffic, methods=["POST"]),
            Route("/api/plan/ledger", self.ledger, methods=["GET"]),
            Route("/api/plan/export", self.export, methods=["POST"]),
        ]

    @_answering
    async def plan(self, request: Request) -> Response:
        """The report of a question."""
        return _json(await self._report(await self._question(request)))

    @_answering
    async def plan_link(self, request: Request) -> Response:
        """The report of a link's query string."""
        return _json(await self._report(from_query(request.url.query)))

    @_answering
    async def choices(self, _: Request) -> Response:
        """What there is to choose from."""
        # The first time it reads the catalogue.
        return _json(await anyio.to_thread.run_sync(choices))

    @_answering
    async def export(self, request: Request) -> Response:
        """The report as text: `?as=csv`, `markdown` or `html`."""
        form = request.query_params.get("as", "")
        if form not in EXPORTS:
            raise InvalidRequest(
                f"there is no export `{form}`", param="as", hint=f"one of {', '.join(EXPORTS)}"
            )
        write, media_type = EXPORTS[form]
        question = await self._question(request)
        text = await self._in_turn(lambda: write(make_plan(question)))
        return Response(text, media_type=media_type)

    @_answering
    async def traffic(self, request: Request) -> Response:
        """A usage file, uploaded as the body, as traffic for a question."""
        from headgate.traffic.read import read_file

        name = Path(request.query_params.get("name", "upload")).name
        with TemporaryDirectory(prefix="headgate-upload-") as folder:
            path = Path(folder, "upload")
            await self._save(request, path)
            read = await anyio.to_thread.run_sync(
                lambda: read_file(path, name=name), limiter=self._reading
            )
        return _json(read)

    @_answering
    async def ledger(self, _: Request) -> Response:
        """What this gateway has served, as traffic for a question."""
        from headgate.ledger.traffic import read_traffic

        writer = self._runtime.writer
        store = writer.store
        if store is None:
            raise InvalidRequest("there is no ledger: `ledger.enabled` is false")

        def read() -> Traffic:
            writer.flush()
            return read_traffic(store)

        return _json(await anyio.to_thread.run_sync(read))

    async def _save(self, request: Request, path: Path) -> None:
        declared, received = int(request.headers.get("content-length", "0")), 0
        async with await anyio.open_file(path, "wb") as file:
            async for chunk in request.stream():
                received += len(chunk)
                if max(declared, received) > UPLOAD_BYTES:
                    raise InvalidRequest(
                        "the file is over 2 GiB", hint="use `headgate plan --from FILE`"
                    )
                await file.write(chunk)

    async def _question(self, request: Request) -> Question:
        headers = by_name(request.scope["headers"])
        body = await read_body(headers, request.receive, QUESTION_BYTES)
        try:
            return question_of(msgspec.json.decode(body or b"{}", type=dict[str, Any]))
        except (msgspec.DecodeError, RecursionError) as error:
            raise InvalidRequest(f"the question is no JSON object: {error}") from error

    async def _report(self, question: Question) -> Report:
        return await self._in_turn(lambda: make_plan(question))

    async def _in_turn(self, work: Callable[[], T]) -> T:
        """Beside the event loop, one plan after another."""
        return await anyio.to_thread.run_sync(work, limiter=self._turns)


def problem(error: HeadgateError) -> Response:
    """An error as JSON: what, the field, and the way out."""
    body: dict[str, Any] = {
        "message": error.message,
        "hint": error.hint,
        "param": getattr(error, "param", None),
        "code": error.code,
    }
    return _json({"error": body}, status=error.http_status)


def _json(value: object, *, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")
