"""Trials in words."""

from headgate.cli.views.cascade import panel, show, verdict
from headgate.policy.cascade.summary import BUDGETS, RouterSummary, Spread, Summary


def summary(margin=0.021, margin_at=0.95):
    quality = tuple(None if budget < 0.1 else budget for budget in BUDGETS)
    router = RouterSummary(
        router="cascade",
        apgr=Spread(0.66, 0.02),
        cpt_50=Spread(0.3, 0),
        cpt_80=None,
        quality=quality,
    )
    return Summary(
        partners={"a, b": 3, "a, c": 2},
        learned=70,
        scored=30,
        weak=Spread(0.4, 0),
        strong=Spread(0.9, 0),
        strong_usd=0.0019,
        calibration=Spread(0, 0),
        routers=(router,),
        margin=margin,
        margin_at=margin_at,
    )


def test_unknown_is_a_dash_and_never_zero(capsys):
    show("sums", summary())
    out = capsys.readouterr().out
    assert "cascade\t0.660 ± 0.020\t30%\t–\n" in out
    assert "members: a, b (3×); a, c (2×)" in out
    assert "all strong is $0.001900 a prompt" in out


def test_the_verdict_says_where_it_is_closest_or_lost():
    assert verdict(summary()).endswith("least at 95% of the strong model's dollars: by 0.021")
    assert verdict(summary(-0.01, 0.1)) == (
        "the cascade is not above every prompt-only router:"
        " -0.010 at 10% of the strong model's dollars"
    )
    assert verdict(summary(None, None)) == "no budget pays for the cascade and for a router"


def test_the_panel_has_every_budget():
    assert panel("sums", summary()).lines[0].points[0] == (0.0, None)
    assert panel("sums", summary()).lines[0].points[-1] == (1.0, 1.0)
