"""`GET /v1/budgets`: what is left, and where it is going."""

from collections.abc import Sequence

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from headgate.gateway.handle import Caller
from headgate.ledger.budget_states import BudgetState, budget_states
from headgate.ledger.export import plain
from headgate.runtime.build import Runtime
from headgate.server.asgi import by_name
from headgate.server.auth import Keys


class BudgetRoutes:
    """The budgets that count what a key sends; all of them where no key is asked for."""

    def __init__(self, runtime: Runtime, keys: Keys) -> None:
        """Tell about `runtime` to those who hold one of `keys`."""
        self._runtime = runtime
        self._keys = keys

    def routes(self) -> list[BaseRoute]:
        """Where it is told."""
        return [Route("/v1/budgets", self.budgets)]

    async def budgets(self, request: Request) -> Response:
        """Every account, as of the last half second."""
        caller = self._keys.caller(by_name(request.scope["headers"]))
        states = await run_in_threadpool(self._states)
        shown = [state for state in states if _may_see(caller, state)]
        body = msgspec.json.encode({"object": "list", "data": plain(shown)})
        return Response(body, media_type="application/json")

    def _states(self) -> Sequence[BudgetState]:
        runtime = self._runtime
        budgets, store = runtime.gateway.budgets, runtime.writer.store
        if budgets is None or store is None:
            return []
        return budget_states(store, budgets.terms, runtime.clock.now())


def _may_see(caller: Caller, state: BudgetState) -> bool:
    """Those of the key, its team and its tags: what others share with it, says what they spend."""
    if caller.name is None:
        return True
    match state.scope:
        case "key":
            return state.who == caller.name
        case "team":
            return state.who == caller.team
        case "tag":
            return state.who in caller.tags
        case _:
            return False
