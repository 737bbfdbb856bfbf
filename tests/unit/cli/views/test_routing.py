"""An evaluation on a terminal."""

import pytest

from headgate.cli.views.routing import panel, show
from headgate.estimate.learning.evaluation import Evaluation, Score
from headgate.runtime.decision_speed import Latency

CURVE = tuple(0.5 + place / 40 for place in range(21))
GOOD = Score(0.72, 0.01, 0.25, None, CURVE)
NONE = Score(None, None, None, None, CURVE)
FOUND = Evaluation(100, 0.5, 1.0, {"all labels": GOOD, "length": NONE})


def test_the_table_says_what_was_measured(capsys: pytest.CaptureFixture[str]) -> None:
    show("mine", FOUND, Latency(0.1, 0.2, 0.456))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "mine: 100 prompts; weak model 0.500, strong model 1.000"
    assert "all labels\t0.720\t0.010\t25%\t–" in lines
    assert "length\t–\t–\t–\t–" in lines
    assert any("on 4 KB 0.46 ms" in line for line in lines)


def test_the_curve_goes_from_none_to_all() -> None:
    line = panel("mine", FOUND).lines[0]
    assert (line.points[0], line.points[-1]) == ((0.0, 0.5), (1.0, 1.0))
