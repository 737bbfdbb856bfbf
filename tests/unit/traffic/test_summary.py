"""Good rows summed up."""

from pathlib import Path

import pytest

from headgate.estimate.traffic import TIER_EDGES
from headgate.traffic.read import read_file
from support.usage import write, write_rows

DAY_S = 86_400


def test_hours_are_shown_for_a_whole_day_and_not_for_less(tmp_path: Path) -> None:
    noon = 1_790_000_000 // DAY_S * DAY_S + DAY_S // 2
    rows = [(noon + hour * 3_600, "m", 5, 6) for hour in (0, 0, 12, 24)]
    whole = read_file(write_rows(tmp_path, rows))
    assert whole.hours_utc[12] == 0.75
    assert whole.hours_utc[0] == 0.25
    assert read_file(write_rows(tmp_path, rows[:3])).hours_utc == ()


@pytest.mark.parametrize("edge", TIER_EDGES)
def test_lengths_on_both_sides_of_a_price_edge_stay_apart(tmp_path: Path, edge: int) -> None:
    rows = [(1, "m", length, 6) for length in (edge - 1, edge, edge + 1, edge + 3)]
    found = [each.input_tokens for each in read_file(write_rows(tmp_path, rows)).classes]
    assert found == [edge - 0.5, edge + 2]


def test_a_row_of_many_requests_has_the_lengths_of_their_mean(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "timestamp,input_tokens,output_tokens,requests",
        "2026-01-01T00:00Z,1000,100,10",
        "2026-01-01T01:00Z,600000,100,2",
        "2026-01-01T02:00Z,100,10,1",
    )
    traffic = read_file(path)
    assert traffic.requests == 13
    assert [each.input_tokens for each in traffic.classes] == [100, 300_000]
    assert traffic.span_s == 3 * 3_600
    assert traffic.load_curve[0].load == pytest.approx(10 / 13 * 3)


def test_without_names_there_are_no_models(tmp_path: Path) -> None:
    assert read_file(write(tmp_path, "input_tokens,output_tokens", "1,2")).by_model == ()


def test_a_row_without_its_model_is_of_an_unknown_one(tmp_path: Path) -> None:
    path = write_rows(tmp_path, [(1, "m", 9, 9), (1, "", 1, 1)])
    assert [each.model for each in read_file(path).by_model] == ["m", "unknown"]


def test_models_without_a_cost_come_by_their_tokens(tmp_path: Path) -> None:
    path = write_rows(tmp_path, [(1, "a", 10, 5), (2, "b", 900, 5), (3, "c", 20, 500)])
    assert [each.model for each in read_file(path).by_model] == ["b", "c", "a"]
