"""200 clients against one budget: never overspent, and nothing forgotten after `kill -9`."""

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

from support.behaviours import says
from support.headgate_server import HeadgateServer
from support.spenders import ANSWER, COST, MOST_RESERVED, Spenders, billed_usd, paid_target
from support.upstream import Upstream

LIMIT = Decimal("2.5")


def config(upstream: Upstream, limit: Decimal = LIMIT, **budget: Any) -> dict[str, Any]:
    everything = {"usd": float(limit), "per": "month", **budget}
    return {"targets": {"paid": paid_target(upstream)}, "budgets": {"everything": everything}}


def counted(folder: Path) -> dict[str, Decimal]:
    """What the ledger's file says of the budget: granted, and spent of it."""
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as connection:
        row = connection.execute(
            "SELECT sum(granted_pico), sum(spent_pico), count(*) FROM budget_leases"
        ).fetchone()
    return {"granted": Decimal(row[0]) / 10**12, "spent": Decimal(row[1]) / 10**12}


def test_200_clients_never_overspend_and_spend_it_all(tmp_path: Path) -> None:
    with Upstream(says(ANSWER)) as upstream:
        with HeadgateServer(tmp_path, config(upstream)) as server:
            spenders = Spenders((server.base_url,))
            spenders.run()
            assert "Traceback" not in server.said
        billed = billed_usd(upstream)
    assert spenders.answers[200] * COST == billed <= LIMIT
    assert LIMIT - billed < MOST_RESERVED
    assert set(spenders.answers) == {200, 429}
    error = spenders.refusals[0].json()["error"]
    assert error["code"] == "insufficient_quota"
    assert "budget `everything`" in error["message"]
    assert spenders.refusals[0].headers["x-should-retry"] == "false"
    # All is given back in the end: what was granted is what was spent.
    assert counted(tmp_path) == {"granted": billed, "spent": billed}


def test_a_kill_forgets_nothing(tmp_path: Path) -> None:
    limit = Decimal(4)
    with Upstream(says(ANSWER)) as upstream:
        with HeadgateServer(tmp_path, config(upstream, limit)) as server:
            spenders = Spenders((server.base_url,))

            def a_third_is_spent() -> bool:
                if billed_usd(upstream) * 3 < limit:
                    return False
                server.kill()
                return True

            spenders.run(a_third_is_spent)
        billed = billed_usd(upstream)
        assert limit / 3 <= billed < limit
        leased = counted(tmp_path)["granted"]
        assert leased >= billed
        with HeadgateServer(tmp_path, config(upstream, limit)) as again:
            rest = Spenders((again.base_url,))
            rest.run()
        # What the killed process might have spent counts as spent; the rest can be, to the end.
        assert limit - leased - MOST_RESERVED < rest.answers[200] * COST <= limit - leased
        assert billed_usd(upstream) <= limit


def test_two_processes_share_one_budget(tmp_path: Path) -> None:
    with Upstream(says(ANSWER)) as upstream:
        with (
            HeadgateServer(tmp_path, config(upstream)) as one,
            HeadgateServer(tmp_path, config(upstream)) as other,
        ):
            spenders = Spenders((one.base_url, other.base_url))
            spenders.run()
        billed = billed_usd(upstream)
    assert billed <= LIMIT
    assert LIMIT - billed < 2 * MOST_RESERVED
    assert counted(tmp_path)["spent"] == billed


def test_a_process_that_is_killed_beside_another_overspends_nothing(tmp_path: Path) -> None:
    limit = Decimal(4)
    with Upstream(says(ANSWER)) as upstream:
        with (
            HeadgateServer(tmp_path, config(upstream, limit)) as one,
            HeadgateServer(tmp_path, config(upstream, limit)) as other,
        ):

            def one_is_gone() -> bool:
                if billed_usd(upstream) * 4 > limit and one.process.poll() is None:
                    one.kill()
                return False

            spenders = Spenders((one.base_url, other.base_url))
            spenders.run(one_is_gone)
        billed = billed_usd(upstream)
    assert limit / 4 < billed <= limit
    # The one that ended well gave back what it had left; the lease of the other one stays.
    assert billed <= counted(tmp_path)["granted"] <= limit
