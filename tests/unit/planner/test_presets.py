"""Questions to begin with: each gives a plan."""

import pytest

from headgate.catalog.apis import hosted_models
from headgate.core.errors import InvalidRequest
from headgate.planner.machine import parse_machine
from headgate.planner.presets import PRESETS, USUAL_APIS, USUAL_MACHINES, preset
from support.plans import DAY, ask


@pytest.mark.parametrize("each", PRESETS, ids=lambda each: each.id)
def test_every_preset_names_itself_and_recommends_something(each):
    assert each.question.preset == each.id
    assert preset(each.id) == each.question
    assert each.title
    assert each.about
    report = ask(each.question)
    assert report.verdict.option is not None
    assert report.question.preset == each.id


def test_an_unknown_one_is_refused_with_those_there_are():
    with pytest.raises(InvalidRequest) as caught:
        preset("quantum")
    assert caught.value.param == "preset"
    assert all(each.id in (caught.value.hint or "") for each in PRESETS)


def test_the_usual_options_are_in_the_catalogue_and_still_offered():
    for name in USUAL_APIS:
        retired = hosted_models()[name].retired
        assert retired is None or retired > DAY
    for text in USUAL_MACHINES:
        assert parse_machine(text).text == text
    assert len({*USUAL_APIS, *USUAL_MACHINES}) == len(USUAL_APIS) + len(USUAL_MACHINES)
