"""Money kept before a call and settled after it, whatever becomes of the call."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from sqlalchemy.exc import OperationalError

from headgate.core.errors import BudgetSpent, HeadgateError, NoTarget
from headgate.core.usage import Usage
from headgate.gateway.handle import Call
from headgate.gateway.job import Attempt
from headgate.ledger.rows import cost_of
from headgate.wire.dialects.openai_chat import DIALECT
from support import behaviours as b
from support.answers import PROMPT_TOKENS
from support.budgets import ALL, PRICE, spending, spent, usd_of, with_budgets
from support.gateways import Rig, box, cloud, rest_of
from support.upstream import Upstream

pytestmark = pytest.mark.anyio

OUTPUT_TOKENS = 7
WHOLE = usd_of(PROMPT_TOKENS, OUTPUT_TOKENS)
SHORT = {"max_tokens": 10}
QUICK = {"timeouts": {"first_token_s": 0.2, "stall_s": 0.2, "total_s": 0.5}}


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream() as upstream:
        yield upstream


def paid(upstream: Upstream, **more: Any) -> dict[str, Any]:
    return cloud(upstream, price=PRICE, **more)


async def end_of(rig: Rig, *, stream: bool) -> None:
    """One request, to whatever end."""
    try:
        if stream:
            await rest_of(await rig.stream(**SHORT))
        else:
            await rig.ask(**SHORT)
    except HeadgateError:
        pass


@pytest.mark.parametrize("stream", [False, True])
async def test_an_answer_costs_what_it_cost(tmp_path: Path, upstream: Upstream, stream) -> None:
    upstream.use(b.OK)
    async with spending(with_budgets(tmp_path, {"a": paid(upstream)})) as (rig, budgets):
        await end_of(rig, stream=stream)
        assert spent(budgets) == WHOLE


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "behaviour", [b.SERVER_ERROR, b.RATE_LIMITED, b.BAD_REQUEST, b.UNAUTHORIZED], ids=str
)
async def test_an_error_costs_nothing(
    tmp_path: Path, upstream: Upstream, behaviour: b.Behaviour, stream
) -> None:
    upstream.use(behaviour)
    async with spending(with_budgets(tmp_path, {"a": paid(upstream)})) as (rig, budgets):
        await end_of(rig, stream=stream)
        assert spent(budgets) == 0


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "behaviour",
    [b.CLOSES, b.RESETS, b.CUT_BEFORE_CONTENT, b.MALFORMED, b.SILENT, b.HEADERS_THEN_SILENCE],
    ids=str,
)
async def test_what_nobody_knows_costs_all_that_was_kept(
    tmp_path: Path, upstream: Upstream, behaviour: b.Behaviour, stream
) -> None:
    upstream.use(behaviour)
    data = with_budgets(tmp_path, {"a": paid(upstream, retries=0, **QUICK)})
    async with spending(data) as (rig, budgets):
        await end_of(rig, stream=stream)
        (attempt,) = rig.recording.attempts
        costs_nothing = attempt.outcome in {"unavailable", "rejected"}
        assert (spent(budgets) == 0) == costs_nothing
        assert spent(budgets) < usd_of(100, 11)


@pytest.mark.parametrize("behaviour", [b.CUT, b.CONTENT_THEN_SILENCE, b.ERROR_AFTER_CONTENT])
async def test_a_stream_that_breaks_off_costs_what_came(
    tmp_path: Path, upstream: Upstream, behaviour: b.Behaviour
) -> None:
    upstream.use(behaviour)
    data = with_budgets(tmp_path, {"a": paid(upstream, retries=0, **QUICK)})
    async with spending(data) as (rig, budgets):
        await end_of(rig, stream=True)
        assert 0 < spent(budgets) <= usd_of(100, 10)


async def test_a_client_that_leaves_pays_for_what_came(tmp_path: Path, upstream: Upstream) -> None:
    upstream.use(b.CONTENT_THEN_SILENCE)
    async with spending(with_budgets(tmp_path, {"a": paid(upstream)})) as (rig, budgets):
        relay = await rig.stream(**SHORT)
        assert budgets.accounts["everything", "all"].reserved > 0
        relay.close()
        assert 0 < spent(budgets) < usd_of(100, 10)


async def test_a_client_that_leaves_before_anything_came_pays_what_was_kept(
    tmp_path: Path, upstream: Upstream
) -> None:
    upstream.use(b.SILENT)
    async with spending(with_budgets(tmp_path, {"a": paid(upstream)})) as (rig, budgets):
        async with anyio.create_task_group() as group:
            group.start_soon(partial(rig.ask, **SHORT))
            await anyio.to_thread.run_sync(upstream.wait_requests, 1)
            kept = budgets.accounts["everything", "all"].reserved
            group.cancel_scope.cancel()
        assert spent(budgets) == Decimal(kept) / 10**12 > 0


async def test_retries_and_fallbacks_each_keep_their_own(
    tmp_path: Path, upstream: Upstream
) -> None:
    upstream.use(b.SERVER_ERROR, b.SERVER_ERROR, b.OK)
    targets = {"a": paid(upstream, retries=1), "b": paid(upstream)}
    async with spending(with_budgets(tmp_path, targets)) as (rig, budgets):
        await rig.ask(**SHORT)
        assert rig.recording.tries() == [("a", "rejected"), ("a", "rejected"), ("b", "answered")]
        assert spent(budgets) == WHOLE


async def test_members_of_a_cascade_and_its_judge_are_counted(
    tmp_path: Path, upstream: Upstream
) -> None:
    upstream.use(b.OK)
    names = ("a", "b", "judge")
    cascade = {"members": ["a"], "judge": {"target": "judge", "when": "always"}}
    targets = {name: paid(upstream) for name in names}
    data = with_budgets(tmp_path, targets, {"everything": {**ALL, "usd": 10}}, cascade=cascade)
    async with spending(data) as (rig, budgets):
        await rig.ask(**SHORT)
        entries = rig.recording.attempts
        assert {entry.role for entry in entries} >= {"member", "judge"}
        assert spent(budgets) == WHOLE * len(entries)


async def test_a_judge_is_kept_for_by_its_own_question(tmp_path: Path, upstream: Upstream) -> None:
    """It may answer at more length than the client asked for: here, for more than there is."""
    upstream.use(b.OK)
    cascade = {"members": ["a"], "judge": {"target": "judge", "when": "always"}}
    targets = {name: paid(upstream) for name in ("a", "b", "judge")}
    async with spending(with_budgets(tmp_path, targets, cascade=cascade)) as (rig, budgets):
        await rig.ask(**SHORT)
        assert ("judge", "failed") in rig.recording.tries()
        assert spent(budgets) == 2 * WHOLE


@pytest.mark.parametrize("stream", [False, True])
async def test_who_loses_a_hedge_is_counted_too(tmp_path: Path, upstream: Upstream, stream) -> None:
    upstream.use(b.OK)
    with Upstream(b.SILENT) as slow:
        targets = {"a": paid(slow), "b": paid(upstream)}
        hedge = {"after_ms": 20, "max_share": 1}
        async with spending(with_budgets(tmp_path, targets, hedge=hedge)) as (rig, budgets):
            await end_of(rig, stream=stream)
            assert sorted(rig.recording.tries()) == [("a", "cancelled"), ("b", "answered")]
            assert WHOLE + usd_of(0, 10) < spent(budgets) < WHOLE + usd_of(100, 10)


async def test_a_mirror_is_counted(tmp_path: Path, upstream: Upstream) -> None:
    upstream.use(b.OK)
    targets = {"a": paid(upstream), "new": paid(upstream)}
    data = with_budgets(tmp_path, targets)
    data["routes"] = {"chat": {"targets": ["a"], "mirror": [{"target": "new", "share": 1}]}}
    async with spending(data) as (rig, budgets):
        await rig.ask(**SHORT)
        mirrors = rig.gateway.sender.mirrors
        assert mirrors is not None
        await asyncio.gather(*mirrors.running)
        assert {entry.role for entry in rig.recording.attempts} == {"serve", "mirror"}
        assert spent(budgets) == 2 * WHOLE


async def test_what_a_provider_did_in_a_batch_counts_once_it_is_known(
    tmp_path: Path, upstream: Upstream
) -> None:
    async with spending(with_budgets(tmp_path, {"a": paid(upstream)})) as (rig, budgets):
        body = b'{"model":"chat","messages":[{"role":"user","content":"Hi"}]}'
        call = Call(operation="chat", dialect=DIALECT, body=body)
        prepared = rig.gateway.prepare(call)
        job = rig.gateway.job(call, prepared, started_at=rig.clock.now(), started=0.0)
        attempt = Attempt(job, rig.target("a"), "m", role="batch")
        attempt.usage = Usage(input_tokens=12, output_tokens=7)
        attempt.close("answered")
        assert spent(budgets) == WHOLE


async def test_a_request_that_may_cost_too_much_is_refused(
    tmp_path: Path, upstream: Upstream
) -> None:
    upstream.use(b.OK)
    async with spending(with_budgets(tmp_path, {"a": paid(upstream)})) as (rig, budgets):
        error = await rig.refusal(max_tokens=1000)
        assert isinstance(error, BudgetSpent)
        assert (error.http_status, error.code) == (429, "insufficient_quota")
        assert error.retry_after_s is None
        assert "budget `everything` has $1 of $1 left until" in error.message
        assert (spent(budgets), upstream.requests) == (0, [])


async def test_money_kept_for_others_is_worth_coming_again_for(
    tmp_path: Path, upstream: Upstream
) -> None:
    upstream.use(b.CONTENT_THEN_SILENCE)
    async with spending(with_budgets(tmp_path, {"a": paid(upstream)})) as (rig, _):
        relay = await rig.stream(max_tokens=600)
        error = await rig.refusal(max_tokens=600)
        assert isinstance(error, BudgetSpent)
        assert error.retry_after_s is not None
        relay.close()
        rig.clock.seconds += 1
        upstream.use(b.OK)
        await rig.ask(max_tokens=600)


async def test_once_it_is_spent_what_is_free_answers(tmp_path: Path, upstream: Upstream) -> None:
    upstream.use(b.OK)
    targets = {"a": paid(upstream), "own": box(upstream)}
    tiny = {"everything": {"usd": 0.003, "per": "day"}}
    async with spending(with_budgets(tmp_path, targets, tiny)) as (rig, budgets):
        whole = await rig.ask(max_tokens=100)
        assert whole.attempt.target.name == "own"
        assert rig.recording.tries() == [("a", "failed"), ("own", "answered")]
        assert cost_of(rig.recording.attempts[0]).usd == 0
        await rig.ask(max_tokens=2)
        # Longer than it was bounded to: more was spent than there was, and nothing goes now.
        assert spent(budgets) == WHOLE
        whole = await rig.ask(max_tokens=2)
        assert whole.attempt.target.name == "own"
        assert rig.recording.tries()[3:] == [("own", "answered")]


async def test_an_unknown_price_is_not_nothing(tmp_path: Path, upstream: Upstream) -> None:
    async with spending(with_budgets(tmp_path, {"a": cloud(upstream)})) as (rig, _):
        error = await rig.refusal()
        assert isinstance(error, NoTarget)
        assert "the price of `m` at `a` is unknown, and budget `everything` counts it" in str(error)
        assert upstream.requests == []


async def test_own_machines_cost_nothing(tmp_path: Path, upstream: Upstream) -> None:
    upstream.use(b.OK)
    cost = {"watts": 300, "usd_per_kwh": 0.3}
    async with spending(with_budgets(tmp_path, {"own": box(upstream, cost=cost)})) as (
        rig,
        budgets,
    ):
        await rig.ask()
        assert spent(budgets) == 0


async def test_a_budget_of_a_target_bends_only_it(tmp_path: Path, upstream: Upstream) -> None:
    upstream.use(b.OK)
    targets = {"a": paid(upstream), "b": paid(upstream)}
    one = {"one": {**ALL, "usd": 0.012, "of": {"target": "a"}, "bend": {"local_only": 0.5}}}
    async with spending(with_budgets(tmp_path, targets, one)) as (rig, budgets):
        served = [(await rig.ask(**SHORT)).attempt.target.name for _ in range(2)]
        assert served == ["a", "b"]
        assert spent(budgets, "one", "a") == WHOLE


async def test_a_condition_may_ask_how_much_is_spent(tmp_path: Path, upstream: Upstream) -> None:
    upstream.use(b.OK)
    bent = {"everything": {**ALL, "usd": 0.02, "bend": {"tiers_down": 0.3}}}
    rule = {"name": "dear", "when": "budget.spent > 0.3", "refuse": ["a"]}
    both = {"a": paid(upstream), "b": paid(upstream)}
    data = with_budgets(tmp_path, both, bent, rules=[rule])
    async with spending(data) as (rig, _):
        served = [(await rig.ask(**SHORT)).attempt.target.name for _ in range(2)]
        assert served == ["a", "b"]


async def test_a_budget_begins_anew(tmp_path: Path, upstream: Upstream) -> None:
    upstream.use(b.OK)
    tiny = {"everything": {"usd": 0.012, "per": "day"}}
    async with spending(with_budgets(tmp_path, {"a": paid(upstream)}, tiny)) as (rig, budgets):
        await rig.ask(**SHORT)
        assert isinstance(await rig.refusal(**SHORT), BudgetSpent)
        # Past whatever day it is on this machine's clock, which the budgets began with.
        rig.clock.seconds += 1e9
        await rig.ask(**SHORT)
        assert spent(budgets) == WHOLE
        await budgets.sync()


async def test_what_was_spent_is_known_after_a_restart(tmp_path: Path, upstream: Upstream) -> None:
    upstream.use(b.OK)
    data = with_budgets(tmp_path, {"a": paid(upstream)})
    async with spending(data) as (rig, budgets):
        await rig.ask(**SHORT)
    async with spending(data) as (_, budgets):
        account = budgets.accounts["everything", "all"]
        assert Decimal(account.spent_elsewhere) / 10**12 == WHOLE
        assert account.elsewhere == account.spent_elsewhere


async def test_a_ledger_that_cannot_be_written_refuses_what_is_paid_for(
    tmp_path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise OperationalError("INSERT", {}, Exception("the disk is full"))

    async with spending(with_budgets(tmp_path, {"a": paid(upstream)})) as (rig, budgets):
        monkeypatch.setattr(budgets.leases.bank, "grant", fail)
        error = await rig.refusal(**SHORT)
        assert "budget `everything` cannot be counted" in str(error)
        assert upstream.requests == []


async def test_a_threshold_is_said_once(
    tmp_path: Path, upstream: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    upstream.use(b.OK)
    bent = {"everything": {**ALL, "usd": 0.02, "bend": {"tiers_down": 0.3}}}
    async with spending(with_budgets(tmp_path, {"a": paid(upstream)}, bent)) as (rig, budgets):
        await rig.ask(**SHORT)
        for _ in range(3):
            await budgets.sync()
    said = [record.getMessage() for record in caplog.records if "budget" in record.getMessage()]
    assert len(said) == 1
    assert said[0].startswith("budget `everything` is used to 36 %: weaker tiers and cheaper")
