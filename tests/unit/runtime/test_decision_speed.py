"""How long scoring takes is measured, of prompts as long as it says."""

import pytest

from headgate.estimate.learning.labelled import LabelledPrompt
from headgate.runtime import decision_speed
from headgate.runtime.decision_speed import LONG_CHARS, decision_latency


def test_times_are_of_every_prompt_and_of_long_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []

    def timed(model: object, prompt: str) -> float:
        lengths.append(len(prompt))
        return len(prompt) / 1000

    monkeypatch.setattr(decision_speed, "_ms", timed)
    rows = [LabelledPrompt(f"question {n} " * 20, 0.0, 1.0) for n in range(50)]
    found = decision_latency(rows)
    assert found.p50_ms <= found.p99_ms < found.p99_of_4_kb_ms
    assert found.p99_of_4_kb_ms == LONG_CHARS / 1000
    assert set(lengths[50:]) == {LONG_CHARS}


def test_real_times_are_positive() -> None:
    rows = [LabelledPrompt(f"question {n}", 0.0, 1.0) for n in range(30)]
    assert decision_latency(rows).p50_ms >= 0


def test_the_middle_and_the_end_of_times_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decision_speed, "_ms", lambda model, prompt: float(len(prompt)))
    rows = [LabelledPrompt("x" * length, 0.0, 1.0) for length in range(100, 0, -1)]
    found = decision_latency(rows)
    assert (found.p50_ms, found.p99_ms) == (51.0, 100.0)
