"""`GET /v1/budgets`: what is left, and where it is going."""

from collections.abc import Sequence
from functools import partial

import anyio
import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from headgate.gateway.handle import Caller
from headgate.ledger.budget_states import BudgetState, budget_states
from headgate.ledger.export import plain
from headgate.policy.budget.terms import Scope
from headgate.runtime.build import Runtime
from headgate.server.asgi import by_name
from headgate.server.auth import Keys


class BudgetRoutes:
    """The budgets that count what a key sends; all of them where no key is asked for."""

    def __init__(self, runtime: Runtime, keys: Keys) -> None:
        """Tell about `runtime` to those who hold one of `keys`."""
        self._runtime = runtime
        self._keys = keys
        # Reading weeks of a ledger is work: nobody can ask for it many times at once.
        self._one_at_a_time = anyio.Lock()

    def routes(self) -> list[BaseRoute]:
        """Where it is told."""
        return [Route("/v1/budgets", self.budgets)]

    async def budgets(self, request: Request) -> Response:
        """Every account, as of the last half second."""
        caller = self._keys.caller(by_name(request.scope["headers"]))
        async with self._one_at_a_time:
            states = await run_in_threadpool(self._states, caller)
        body = msgspec.json.encode({"object": "list", "data": plain(states)})
        return Response(body, media_type="application/json")

    def _states(self, caller: Caller) -> Sequence[BudgetState]:
        runtime = self._runtime
        budgets, store = runtime.gateway.budgets, runtime.writer.store
        if budgets is None or store is None:
            return []
        now = runtime.clock.now()
        return budget_states(store, budgets.terms, now, shown=partial(_may_see, caller))


def _may_see(caller: Caller, scope: Scope | None, who: str) -> bool:
    """Those of the key, its team and its tags: what others share with it, says what they spend."""
    if caller.name is None:
        return True
    match scope:
        case "key":
            return who == caller.name
        case "team":
            return who == caller.team
        case "tag":
            return who in caller.tags
        case _:
            return False
