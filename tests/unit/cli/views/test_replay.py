"""A replay as tables and sentences."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from headgate.cli.views.replay import MOST_MOVES, show
from headgate.planner.replay.report import Move, Quality
from support.replays import report


def shown(capsys: pytest.CaptureFixture[str], **fields: object) -> str:
    made = report()
    figures = replace(made.policies[0], **fields)
    show(replace(made, policies=(figures,)))
    return capsys.readouterr().out


def test_headline_moves_and_what_is_assumed(capsys: pytest.CaptureFixture[str]) -> None:
    out = shown(capsys)
    assert out.startswith(
        "1 requests of ledger, from 2026-11-23 12:00:00 UTC, over 2 hours; prices of a list; seed 1"
    )
    assert "  1 from cloud to local (as d1)" in out
    assert "assumed: it is so" in out
    assert "note: 2 decisions are left out" in out


def test_what_is_left_out_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    move = Move(before=None, after="a\x1b", requests=3, examples=("x",))
    quality = Quality(weaker=2, stronger=1, unknown=4, expected_lost=None, low=None, high=None)
    out = shown(
        capsys,
        failed=2,
        waited=3,
        unknown_times=4,
        reordered=5,
        quality=quality,
        moves=(move,) * (MOST_MOVES + 2),
        known_usd=Decimal(0),
        unknown_costs=9,
        notes=("a note of the policy",),
    )
    for sentence in (
        "2 fail: every target",
        "3 wait for a slot longer than they did",
        "the times of 4 are unknown and in no percentile",
        "and 2 more kinds of move: --json has them",
        "5 keep their target and would fall back on others",
        "a weaker tier answers 2, a stronger one 1; of 4 that move nobody can tell",
        "unknown (9)",
        "from nowhere to a\N{REPLACEMENT CHARACTER} (as x)",
        "  a note of the policy",
    ):
        assert sentence in out
