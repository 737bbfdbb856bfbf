"""A budget that bends, through the door: what was decided, why, and that it can be explained."""

import json
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import openai
import pytest

from support.behaviours import says
from support.headgate_server import COMMAND, HeadgateServer, isolated_environment
from support.spenders import ANSWER, COST, paid_target
from support.upstream import Upstream

HARD = "Prove step by step that the sum over all primes diverges, then refute each objection."
OWN_COST = {"watts": 300, "usd_per_kwh": 0.3}


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream(says(ANSWER)) as upstream:
        yield upstream


def config(upstream: Upstream) -> dict[str, Any]:
    keys = [
        {"name": name, "hash": f"sha256:{sha256(name.encode()).hexdigest()}", "team": team}
        for name, team in (("ann", "search"), ("ben", "search"), ("cid", "ads"))
    ]
    own = {"backend": "openai_compatible", "base_url": upstream.base_url, "local": True}
    return {
        "server": {"keys": keys},
        "targets": {
            "own": {**own, "model": "m", "cost": OWN_COST},
            "middle": paid_target(upstream),
            "strong": paid_target(upstream),
        },
        "routes": {
            "smart": {
                "tiers": [
                    {"up_to": 0.01, "targets": ["middle"]},
                    {"up_to": 0.02, "targets": ["own"]},
                    {"targets": ["strong"]},
                ]
            }
        },
        "budgets": {
            "search": {
                "usd": float(10 * COST),
                "per": "month",
                "of": {"team": "search"},
                "bend": {"tiers_down": 0.25, "local_only": 0.55},
            }
        },
    }


def ask(server: HeadgateServer, key: str) -> tuple[str, str]:
    """Who answered, and the decision."""
    with server.client(key=key) as client:
        reply = client.chat.completions.with_raw_response.create(
            model="smart", messages=[{"role": "user", "content": HARD}], max_tokens=8
        )
    return reply.headers["x-headgate-target"], reply.headers["x-headgate-decision"]


def explained(server: HeadgateServer, decision: str) -> Any:
    server.ledger_rows("decisions", where={"id": decision})
    done = subprocess.run(
        [COMMAND, "explain", decision, "--json", "--db", str(server.ledger)],
        env=isolated_environment(server.folder),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout)


def test_tiers_go_down_then_only_what_is_free_is_left(upstream: Upstream, tmp_path: Path) -> None:
    with HeadgateServer(tmp_path, config(upstream)) as server:
        served = [ask(server, "ann" if n % 2 else "ben") for n in range(8)]
        # Three at full strength, then the weakest tier, then what nothing is paid for.
        assert [name for name, _ in served] == ["strong"] * 3 + ["middle"] * 3 + ["own"] * 2
        assert ask(server, "cid")[0] == "strong"
        for _, decision in (served[0], served[3], served[6]):
            found = explained(server, decision)
            assert found["matches"]
        said = json.dumps(explained(server, served[6][1]))
        assert "budget `search` is used to 60%: only what is not paid for may be used" in said
        server.wait_for_line("budget `search` is used to .*only what is not paid", after=0)


def test_a_request_that_must_be_paid_for_is_refused_in_words(
    upstream: Upstream, tmp_path: Path
) -> None:
    data = config(upstream)
    data["routes"]["smart"] = {"targets": ["strong"]}
    with HeadgateServer(tmp_path, data) as server:
        for _ in range(6):
            ask(server, "ann")
        with server.client(key="ben") as client, pytest.raises(openai.RateLimitError) as caught:
            client.chat.completions.create(
                model="smart", messages=[{"role": "user", "content": HARD}], max_tokens=8
            )
        assert caught.value.code == "insufficient_quota"
        assert "only what is not paid for may be used until" in caught.value.message
        assert ask(server, "cid")[0] == "strong"
