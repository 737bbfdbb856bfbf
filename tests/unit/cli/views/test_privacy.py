"""An evaluation in words."""

from headgate.cli.views.privacy import as_rows, panel, show, show_clean, show_disguises
from headgate.privacy.evaluation.entities import Entities, EntityScore
from headgate.privacy.evaluation.requests import Requests
from headgate.privacy.evaluation.summary import CleanText, SpanScore, Summary

SUMMARY = Summary(
    texts=9,
    entities=Entities(
        {"AGE": EntityScore(4, 0, 0, 0), "all": EntityScore(4, 2, 1, 1)},
        {"SHOE_SIZE": 3},
        {"url": 2},
    ),
    requests=Requests(4, 3, 2, 0, 0, 5, 1),
    spans=SpanScore(0.5, 0.25, 0.28, {}),
)


def test_what_was_not_found_has_no_precision(capsys):
    show("mine", SUMMARY)
    shown = capsys.readouterr().out
    assert "AGE\t4\t–\t0.000\t0.000" in shown
    assert "no detector answers for: SHOE_SIZE (3)" in shown
    assert "not labelled in this data: url (2)" in shown
    assert "all of them covered –" in shown
    assert "noticed 0.750, all of it covered 0.500" in shown


def test_hits_in_clean_text_are_summed_without_web_addresses(capsys):
    show_clean(CleanText(4096, {"person": 1, "url": 7}))
    assert "all but `url`: 1.000 per 4 KB" in capsys.readouterr().out


def test_disguises_are_counted_by_cell(capsys):
    show_disguises({"plain": {"card": True, "ip": True}, "base64": {"card": True, "ip": False}})
    shown = capsys.readouterr().out
    assert "base64\tyes\tno" in shown
    assert "seen through: 3 of 4" in shown


def test_rows_and_bars_have_the_same_rates():
    assert as_rows(SUMMARY)["entities"]["by_entity"]["all"]["precision"] == 0.5
    assert [(bar.entity, bar.recall) for bar in panel("mine", SUMMARY).bars] == [
        ("AGE", 0.0),
        ("all", 0.25),
    ]
